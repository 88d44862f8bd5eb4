//! Many lists of unknown length in one array of the caller's.

use core::num::NonZeroU32;

use crate::table::Full;

/// An element of a list in a [`Pool`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Node<T> {
    value: T,
    next: Option<Index>,
}

/// The place of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index(NonZeroU32);

impl Default for Index {
    fn default() -> Self {
        Index(NonZeroU32::MIN)
    }
}

impl Index {
    fn new(position: usize) -> Option<Index> {
        NonZeroU32::new(u32::try_from(position).ok()?.checked_add(1)?).map(Index)
    }

    fn position(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// A list whose nodes are in a [`Pool`]. Copying it copies no node: only one copy may be used on.
#[derive(Clone, Copy, Debug, Default)]
pub struct List {
    first: Option<Index>,
    last: Option<Index>,
    length: u32,
}

impl List {
    /// How many elements it has.
    pub fn len(&self) -> u32 {
        self.length
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

/// Room for the nodes of any number of lists.
#[derive(Debug)]
pub struct Pool<'m, T> {
    nodes: &'m mut [Node<T>],
    /// Nodes that have been used at least once.
    touched: usize,
    free: Option<Index>,
    used: usize,
}

impl<'m, T: Copy> Pool<'m, T> {
    /// A pool in which all nodes are free.
    ///
    /// ```
    /// use executive::pool::{List, Node, Pool};
    /// let mut nodes = [Node::default(); 3];
    /// let mut pool = Pool::new(&mut nodes);
    /// let (mut odd, mut even) = (List::default(), List::default());
    /// pool.push(&mut odd, 1)?;
    /// pool.push(&mut even, 2)?;
    /// pool.push(&mut odd, 3)?;
    /// assert!(pool.push(&mut even, 4).is_err());
    /// assert_eq!(pool.pop(&mut odd), Some(1));
    /// assert!(pool.iter(&odd).eq([3]) && pool.iter(&even).eq([2]));
    /// # Ok::<(), executive::table::Full>(())
    /// ```
    pub fn new(nodes: &'m mut [Node<T>]) -> Self {
        Pool { nodes, touched: 0, free: None, used: 0 }
    }

    /// How many nodes are in lists.
    pub fn used(&self) -> usize {
        self.used
    }

    /// How many nodes are free.
    pub fn room(&self) -> usize {
        self.nodes.len() - self.used
    }

    /// Keeps a value in a node of its own.
    ///
    /// # Errors
    /// [`Full`].
    pub fn allocate(&mut self, value: T) -> Result<Index, Full> {
        let index = match self.free {
            Some(index) => {
                self.free = self.nodes[index.position()].next;
                index
            }
            None => {
                let index = Index::new(self.touched).filter(|_| self.touched < self.nodes.len());
                self.touched += usize::from(index.is_some());
                index.ok_or(Full)?
            }
        };
        self.nodes[index.position()] = Node { value, next: None };
        self.used += 1;
        Ok(index)
    }

    /// Frees a node that [`Pool::allocate`] gave.
    pub fn release(&mut self, index: Index) {
        self.nodes[index.position()].next = self.free;
        self.free = Some(index);
        self.used -= 1;
    }

    /// Appends an element.
    ///
    /// # Errors
    /// [`Full`]; the list is as it was.
    pub fn push(&mut self, list: &mut List, value: T) -> Result<(), Full> {
        let index = self.allocate(value)?;
        match list.last {
            Some(last) => self.nodes[last.position()].next = Some(index),
            None => list.first = Some(index),
        }
        list.last = Some(index);
        list.length += 1;
        Ok(())
    }

    /// Puts an element in front.
    ///
    /// # Errors
    /// [`Full`]; the list is as it was.
    pub fn push_front(&mut self, list: &mut List, value: T) -> Result<(), Full> {
        let index = self.allocate(value)?;
        self.nodes[index.position()].next = list.first;
        list.first = Some(index);
        list.last = list.last.or(Some(index));
        list.length += 1;
        Ok(())
    }

    /// Takes the first element out.
    pub fn pop(&mut self, list: &mut List) -> Option<T> {
        let index = list.first?;
        let Node { value, next } = self.nodes[index.position()];
        list.first = next;
        list.length -= 1;
        if next.is_none() {
            list.last = None;
        }
        self.release(index);
        Some(value)
    }

    /// Takes all elements out.
    pub fn clear(&mut self, list: &mut List) {
        while self.pop(list).is_some() {}
    }

    /// Keeps the elements for which `keep` holds, in their order.
    pub fn retain(&mut self, list: &mut List, mut keep: impl FnMut(&T) -> bool) {
        for _ in 0..list.length {
            // The node that was just freed is the one that is taken: there is always room.
            match self.pop(list) {
                Some(value) if keep(&value) => drop(self.push(list, value)),
                _ => {}
            }
        }
    }

    /// Moves all elements of `from` behind those of `list`.
    pub fn append(&mut self, list: &mut List, from: List) {
        let Some(first) = from.first else { return };
        match list.last {
            Some(last) => self.nodes[last.position()].next = Some(first),
            None => list.first = Some(first),
        }
        list.last = from.last;
        list.length += from.length;
    }

    /// The first element.
    pub fn first(&self, list: &List) -> Option<T> {
        self.iter(list).next()
    }

    /// The elements, in order.
    pub fn iter<'a>(&'a self, list: &List) -> impl Iterator<Item = T> + use<'a, 'm, T> {
        self.refs(list).copied()
    }

    /// The elements, in order, in place.
    pub fn refs<'a>(&'a self, list: &List) -> impl Iterator<Item = &'a T> + use<'a, 'm, T> {
        let mut next = list.first;
        core::iter::from_fn(move || {
            let node = &self.nodes[next?.position()];
            next = node.next;
            Some(&node.value)
        })
    }

    /// The place of the element at `position`.
    pub fn place(&self, list: &List, position: usize) -> Option<Index> {
        let mut index = list.first;
        for _ in 0..position {
            index = self.nodes[index?.position()].next;
        }
        index
    }

    /// The place behind `index` in its list.
    pub fn after(&self, index: Index) -> Option<Index> {
        self.nodes[index.position()].next
    }

    /// The value of a node that is in use.
    pub fn get(&self, index: Index) -> &T {
        &self.nodes[index.position()].value
    }

    /// The value of a node that is in use, to change it.
    pub fn get_mut(&mut self, index: Index) -> &mut T {
        &mut self.nodes[index.position()].value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    proptest! {
        #[test]
        fn lists_are_queues(script in prop::collection::vec((0usize..3, 0u8..6, any::<u16>()), 0..200)) {
            let mut nodes = [Node::default(); 20];
            let mut pool = Pool::new(&mut nodes);
            let mut lists = [List::default(); 3];
            let mut model: [VecDeque<u16>; 3] = Default::default();
            for (which, action, value) in script {
                let used: usize = model.iter().map(VecDeque::len).sum();
                let (list, queue) = (&mut lists[which], &mut model[which]);
                match action {
                    0 | 1 => prop_assert_eq!(pool.push(list, value).is_ok(), used < 20),
                    2 => prop_assert_eq!(pool.push_front(list, value).is_ok(), used < 20),
                    3 => prop_assert_eq!(pool.pop(list), queue.pop_front()),
                    4 => {
                        pool.retain(list, |element| element % 3 != 0);
                        queue.retain(|element| element % 3 != 0);
                    }
                    _ => {
                        pool.clear(list);
                        queue.clear();
                    }
                }
                match action {
                    0 | 1 if used < 20 => queue.push_back(value),
                    2 if used < 20 => queue.push_front(value),
                    _ => {}
                }
                for (list, queue) in lists.iter().zip(&model) {
                    prop_assert!(pool.iter(list).eq(queue.iter().copied()));
                    prop_assert_eq!(list.len() as usize, queue.len());
                }
                prop_assert_eq!(pool.used(), model.iter().map(VecDeque::len).sum::<usize>());
            }
        }
    }
}
