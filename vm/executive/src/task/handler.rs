//! Running handlers of commands in their task (strict).

use super::frame::{Frame, Return};
use minivm::control::RegisterId;

use crate::event::{CommandResult, Emit, Event, Invocation};
use crate::executive::{Executive, System};
use crate::registry::Status;

impl<S: System, const N: usize> Executive<'_, S, N> {
    /// Has the owner of a command call its handler; whether it does.
    pub(crate) fn enter_handler(&mut self, call: Invocation, handler: u32, returns: Return) -> bool {
        let Some(at) = self.position(call.owner) else { return false };
        let task = &self.tasks[at];
        if task.handler.is_some() || !task.is_runnable() {
            return false;
        }
        let vm = task.vm;
        let frame = Frame {
            call,
            returns,
            regs: self.machine.regs(vm),
            psw: self.machine.special(vm, RegisterId::Psw) as u8,
            depth: self.machine.vm.depth(vm).unwrap_or(0),
        };
        let entered = self.machine.vm.call_for(vm, handler).is_ok();
        self.tasks[at].handler = entered.then_some(frame);
        entered
    }

    /// Ends the handler of a task if the instruction before has returned from it.
    pub(crate) fn leave_handler(&mut self, at: usize) {
        let vm = self.tasks[at].vm;
        let depth = self.machine.vm.depth(vm).unwrap_or(0);
        let Some(frame) = self.tasks[at].handler.take_if(|frame| depth <= frame.depth) else { return };
        let result = self.machine.reg(vm, 0);
        self.machine.set_regs(vm, frame.regs);
        self.machine.set(vm, RegisterId::Psw, frame.psw.into());
        let result_of_call = CommandResult::Integer(result.into());
        self.outbox.emit(Event::CommandCompleted { call: frame.call, status: 0, result: result_of_call });
        match frame.returns {
            Return::Call => {
                self.machine.set_reg(vm, 0, 0);
                self.machine.set_reg(vm, 1, result);
            }
            Return::Message(handle) => self.send_result(handle, frame.call.oid, Status::Ok, result_of_call),
            Return::Nobody => {}
        }
    }

    /// A task ends within a handler.
    pub(crate) fn abandon_handler(&mut self, at: usize) {
        if let Some(Frame { call, .. }) = self.tasks[at].handler.take() {
            let status = Status::Failed.code();
            self.outbox.emit(Event::CommandCompleted { call, status, result: CommandResult::Nothing });
        }
    }
}
