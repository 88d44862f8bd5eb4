//! Running from lines of code.

use super::code::{PagedCode, Part};
use super::store::CodeSource;
use crate::call_stack::CallStack;
use crate::cpu::Cpu;
use crate::memory::LoadStore;
use crate::profile::{Profile, Switch};
use crate::stop::{Fault, Stop};
use crate::track::{Progress, Track, fetch};
use crate::vm::{Run, Vm};

impl<P: Profile, S: CallStack, M: LoadStore> Vm<'_, P, S, M> {
    /// Like [`Vm::run`], but of paged code. The code that the machine was made with is not looked at, and can be empty.
    pub fn run_paged<C: CodeSource, const LINE: usize, const BUFFERS: usize>(
        &mut self,
        code: &mut PagedCode<C, LINE, BUFFERS>,
        max_steps: u32,
    ) -> Run {
        self.run_by(max_steps, &mut |vm, way| vm.run_in_line(code, way))
    }

    /// Executes at least one instruction, and then as many as lie together behind it.
    fn run_in_line<C: CodeSource, const LINE: usize, const BUFFERS: usize>(
        &mut self,
        code: &mut PagedCode<C, LINE, BUFFERS>,
        way: &mut Progress,
    ) -> Option<Stop> {
        if code.rest(way.pc) < 4 {
            return Some(Stop::Fault(Fault::PcOutOfRange));
        }
        if self.profile.strict(Switch::Alignment) && !way.pc.is_multiple_of(4) {
            return Some(Stop::Fault(Fault::Misaligned));
        }
        let part = match code.part(way.pc) {
            Ok(part) => part,
            Err(failure) => return Some(failure.into()),
        };
        let stop = self.run_part(&part, way);
        // The literal may be in the next line, or behind the beginning of the last quarter.
        let is_cut = stop == Some(Stop::Fault(Fault::TruncatedLdi32)) && code.rest(way.pc) >= 8;
        if is_cut { None } else { stop }
    }

    fn run_part(&mut self, part: &Part<'_>, way: &mut Progress) -> Option<Stop> {
        let budget = if part.is_bridge { 1 } else { way.left.min(Track::MOST) };
        let stop = match self.context.wp {
            0 => Cpu { code: part.bytes, ..self.enter::<false, false>() }.run_part(part.address, way, budget),
            _ => Cpu { code: part.bytes, ..self.enter::<true, false>() }.run_part(part.address, way, budget),
        };
        // The line may be gone when the run ends.
        if let Some(opcode) = fetch(part.bytes, way.before.wrapping_sub(part.address)) {
            (self.last.pc, self.last.opcode) = (way.before, opcode);
        }
        stop
    }
}
