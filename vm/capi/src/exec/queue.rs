//! What waits until the caller fetches it.

/// A queue in an array that it alone has.
pub(super) struct Queue<T: 'static> {
    slots: &'static mut [T],
    first: usize,
    length: usize,
    lost: u32,
}

impl<T: Copy> Queue<T> {
    /// An empty one.
    pub fn new(slots: &'static mut [T]) -> Self {
        Queue { slots, first: 0, length: 0, lost: 0 }
    }

    /// Appends an element. If there is no room it is lost, and counted.
    pub fn push(&mut self, element: T) {
        if self.length == self.slots.len() {
            self.lost = self.lost.saturating_add(1);
            return;
        }
        let at = (self.first + self.length) % self.slots.len();
        self.slots[at] = element;
        self.length += 1;
    }

    /// The oldest element.
    pub fn first(&self) -> Option<T> {
        if self.length == 0 { None } else { Some(self.slots[self.first]) }
    }

    /// Takes the oldest element out.
    pub fn pop(&mut self) -> Option<T> {
        let element = self.first()?;
        self.first = (self.first + 1) % self.slots.len();
        self.length -= 1;
        Some(element)
    }

    /// How many elements were lost.
    pub fn lost(&self) -> u32 {
        self.lost
    }
}

#[cfg(test)]
mod tests {
    use std::boxed::Box;

    use super::*;

    #[test]
    fn the_newest_are_lost() {
        let mut queue = Queue::new(Box::leak(Box::new([0; 2])));
        (1..=3).for_each(|number| queue.push(number));
        assert_eq!((queue.pop(), queue.lost()), (Some(1), 1));
        queue.push(4);
        assert_eq!([queue.pop(), queue.pop(), queue.pop()], [Some(2), Some(4), None]);
    }
}
