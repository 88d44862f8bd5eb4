//! Module 6: sleeping, and giving way.

use super::call::{Call, Service};
use crate::event::{Emit, Event};
use crate::executive::{Executive, System};
use crate::task::{self, Saved, State};
use minivm::control::ENOSYS;

/// Function 0: sleep for R0 ms; 0 only gives the rest of the quantum away.
pub(super) struct Sleep;

impl Service for Sleep {
    fn call<S: System, const N: usize>(executive: &mut Executive<'_, S, N>, call: Call) {
        if call.function != 0 {
            return executive.answer(call, ENOSYS);
        }
        let ms = executive.word(call, 0);
        executive.answer(call, 0);
        executive.yielded = true;
        if ms == 0 {
            executive.tasks[call.at].sleep = None;
            if !executive.overlays() {
                executive.active = Saved { running: true, condition: State::Ready };
            }
            return;
        }
        let (deadline, order) = (executive.clock.saturating_add(ms.into()), executive.sleepers);
        executive.sleepers += 1;
        executive.tasks[call.at].sleep = Some(task::Sleep { ms, deadline, order });
        executive.outbox.emit(Event::SleepRequest { pid: call.pid, ms, deadline });
        executive.halt(call.pid, State::Sleeping);
    }
}
