//! What threads of Python share, while one of them may have it run without the interpreter.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::yield_now;

use pyo3::prelude::*;
use pyo3::sync::MutexExt;

/// Something that one thread at a time has, for as long as no code of Python can run: a call within a call cannot find it
/// taken by itself.
pub struct Shared<T> {
    inside: Mutex<T>,
    /// How many threads wait for it. A long run lets all of them have it between two slices.
    waiting: AtomicUsize,
}

impl<T: Send> Shared<T> {
    pub fn new(inside: T) -> Self {
        Shared { inside: Mutex::new(inside), waiting: AtomicUsize::new(0) }
    }

    /// Does something short with it. If a slice runs, others have the interpreter until that is over.
    pub fn with<R>(&self, py: Python<'_>, work: impl FnOnce(&mut T) -> R) -> R {
        work(&mut self.take(|| self.inside.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)))
    }

    /// Does something long with it, while others have the interpreter. Then those have it who wait for it.
    pub fn slice<R: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut T) -> R + Send) -> R {
        py.detach(|| {
            let result = work(&mut self.take(|| self.inside.lock().unwrap_or_else(PoisonError::into_inner)));
            while self.waiting.load(Ordering::Relaxed) > 0 {
                yield_now();
            }
            result
        })
    }

    /// Takes it, by `wait` if somebody else has it. What panicked with it has been raised where it did.
    fn take<'t>(&'t self, wait: impl FnOnce() -> MutexGuard<'t, T>) -> MutexGuard<'t, T> {
        match self.inside.try_lock() {
            Ok(taken) => taken,
            Err(TryLockError::Poisoned(taken)) => taken.into_inner(),
            Err(TryLockError::WouldBlock) => {
                self.waiting.fetch_add(1, Ordering::Relaxed);
                let taken = wait();
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                taken
            }
        }
    }
}
