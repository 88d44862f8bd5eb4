//! How much may be done at once: what `--jobs` counts.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// So many things at once, whoever does them: a process of Python that is at work, a machine in this program, the drawing
/// of cases, the judging of answers. Copies share one count.
///
/// With one, a run takes what one core can do; so the number says what a run costs others on the same computer. With more, a
/// process of Python may go on with its next piece while whoever reads its answers waits for a place: for the time of a piece,
/// so many processes may be at work beside those that have a place.
#[derive(Clone, Debug)]
pub struct Cores(Arc<Count>);

#[derive(Debug)]
struct Count {
    most: usize,
    turns: Mutex<Turns>,
    freed: Condvar,
}

/// How many cores this computer has, as far as this process may use them.
pub fn of_this_computer() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Whoever comes first is let in first: what is asked for often and briefly does not keep others waiting.
#[derive(Debug, Default)]
struct Turns {
    /// How many have come.
    come: u64,
    /// How many have gone.
    gone: u64,
}

/// Gives the place back, even if what was done in it panics.
struct Place<'a>(&'a Count);

impl Cores {
    /// At most `most` things at once, and at least one.
    pub fn new(most: usize) -> Self {
        Cores(Arc::new(Count { most: most.max(1), turns: Mutex::default(), freed: Condvar::new() }))
    }

    /// How many things may be done at once.
    pub fn most(&self) -> usize {
        self.0.most
    }

    /// Does something as soon as there is room for it. It must not ask for room itself: the last place may be its own.
    pub fn busy<T>(&self, work: impl FnOnce() -> T) -> T {
        let count = &*self.0;
        let mut turns = count.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = turns.come;
        turns.come += 1;
        let full = |turns: &mut Turns| turn >= turns.gone + count.most as u64;
        drop(count.freed.wait_while(turns, full).unwrap_or_else(PoisonError::into_inner));
        let _place = Place(count);
        work()
    }
}

impl Default for Cores {
    /// As many as the computer has.
    fn default() -> Self {
        Cores::new(of_this_computer())
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.turns.lock().unwrap_or_else(PoisonError::into_inner).gone += 1;
        self.0.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Mutex;
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
    fn whoever_comes_first_is_let_in_first() {
        let (cores, order) = (Cores::new(1), Mutex::new(Vec::new()));
        let have_come = |count| {
            while cores.0.turns.lock().unwrap().come < count {
                thread::yield_now();
            }
        };
        thread::scope(|scope| {
            let (cores, order) = (&cores, &order);
            cores.busy(|| {
                for number in 0..5 {
                    scope.spawn(move || cores.busy(|| order.lock().unwrap().push(number)));
                    have_come(number + 2);
                }
            });
        });
        assert_eq!(order.into_inner().unwrap(), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_panic_gives_its_place_back() {
        let cores = Cores::new(0);
        let panic = catch_unwind(AssertUnwindSafe(|| cores.busy(|| panic!("in the only place"))));
        assert!(panic.is_err());
        assert_eq!(cores.busy(|| 7), 7);
    }
}
