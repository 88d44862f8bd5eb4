//! Where events go: to the devices at once, or into a list until the next step (reference).

use crate::error::Shortage;
use crate::event::{Emit, Event};
use crate::hal::Devices;
use crate::pool::{List, Node, Pool};

/// Takes events.
pub(crate) struct Outbox<'m, D> {
    pub devices: D,
    /// Events are reported at once.
    direct: bool,
    /// Whether a task is active: without one, an event that cannot be reported at once is lost.
    pub active: bool,
    /// Events that wait for the next step.
    pub pending: List,
    pool: Pool<'m, Event>,
    limit: usize,
    pub shortage: Option<Shortage>,
}

impl<'m, D: Devices> Outbox<'m, D> {
    pub fn new(devices: D, direct: bool, limit: u32, nodes: &'m mut [Node<Event>]) -> Self {
        let (pool, limit) = (Pool::new(nodes), limit as usize);
        Outbox { devices, direct, active: false, pending: List::default(), pool, limit, shortage: None }
    }

    /// Reports what waits.
    pub fn deliver(&mut self) {
        while let Some(event) = self.pool.pop(&mut self.pending) {
            self.devices.event(&event);
        }
    }

    /// Forgets what waits.
    pub fn forget(&mut self, list: &mut List) {
        self.pool.clear(list);
    }

    /// Forgets what waits for the next step.
    pub fn forget_pending(&mut self) {
        self.pool.clear(&mut self.pending);
    }

    /// Makes `saved` what waits now.
    pub fn save(&mut self, saved: &mut List) {
        self.pool.clear(saved);
        *saved = self.copy(&self.pending.clone());
    }

    /// Puts what `saved` has before what waits now.
    pub fn restore(&mut self, saved: &List) {
        let mut list = self.copy(saved);
        self.pool.append(&mut list, self.pending);
        self.pending = list;
    }

    fn copy(&mut self, list: &List) -> List {
        let mut copy = List::default();
        let mut place = self.pool.place(list, 0);
        while let Some(index) = place {
            let event = *self.pool.get(index);
            self.keep(&mut copy, event);
            place = self.pool.after(index);
        }
        copy
    }

    fn keep(&mut self, list: &mut List, event: Event) {
        if self.pool.used() >= self.limit || self.pool.push(list, event).is_err() {
            self.lacks(Shortage::Events);
        }
    }

    /// The events of a list.
    pub fn events(&self, list: &List) -> impl Iterator<Item = &Event> {
        self.pool.refs(list)
    }

    /// How many events wait.
    pub fn used(&self) -> usize {
        self.pool.used()
    }
}

impl<D: Devices> Emit for Outbox<'_, D> {
    fn emit(&mut self, event: Event) {
        if self.direct {
            self.devices.event(&event);
        } else if self.active {
            let mut pending = self.pending;
            self.keep(&mut pending, event);
            self.pending = pending;
        }
    }

    fn lacks(&mut self, shortage: Shortage) {
        self.shortage.get_or_insert(shortage);
    }
}
