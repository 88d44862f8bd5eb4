//! How much may be done at once: what `--jobs` counts.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// So many things at once, whoever does them: a process of Python that is at work, a machine in this program, the drawing
/// of cases, the judging of answers. Copies share one count.
///
/// With one, a run takes what one core can do; so the number says what a run costs others on the same computer.
#[derive(Clone, Debug)]
pub struct Cores(Arc<Count>);

#[derive(Debug)]
struct Count {
    most: usize,
    busy: Mutex<usize>,
    freed: Condvar,
}

/// Gives the place back, even if what was done in it panics.
struct Place<'a>(&'a Count);

impl Cores {
    /// At most `most` things at once, and at least one.
    pub fn new(most: usize) -> Self {
        Cores(Arc::new(Count { most: most.max(1), busy: Mutex::new(0), freed: Condvar::new() }))
    }

    /// How many things may be done at once.
    pub fn most(&self) -> usize {
        self.0.most
    }

    /// Does something as soon as there is room for it. It must not ask for room itself: the last place may be its own.
    pub fn busy<T>(&self, work: impl FnOnce() -> T) -> T {
        let count = &*self.0;
        let busy = count.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |busy: &mut usize| *busy == count.most;
        *count.freed.wait_while(busy, full).unwrap_or_else(PoisonError::into_inner) += 1;
        let _place = Place(count);
        work()
    }
}

impl Default for Cores {
    /// As many as the computer has.
    fn default() -> Self {
        Cores::new(std::thread::available_parallelism().map_or(1, usize::from))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.busy.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::Cores;

    #[test]
    fn no_more_is_done_at_once_than_there_is_room_for() {
        let cores = Cores::new(2);
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        cores.clone().busy(|| {
                            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                            thread::yield_now();
                            now.fetch_sub(1, Ordering::SeqCst);
                        });
                    }
                });
            }
        });
        assert!((1..=2).contains(&most.into_inner()));
    }

    #[test]
    fn a_panic_gives_its_place_back() {
        let cores = Cores::new(0);
        let panic = catch_unwind(AssertUnwindSafe(|| cores.busy(|| panic!("in the only place"))));
        assert!(panic.is_err());
        assert_eq!(cores.busy(|| 7), 7);
    }
}
