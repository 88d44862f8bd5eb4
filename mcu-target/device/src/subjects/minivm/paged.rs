//! MiniVM in 2 KiB of lines and pages. Data memory stands for what keeps the pages.

use minivm::Memory;
use minivm::paging::{PagedCode, PagedMemory};
use vectors_minivm_wire::{Case, End, Limit, State, Stop};

use super::machine::{Calls, Machine, context, measured, set_registers};
use crate::answer::Answer;
use crate::hardware::Hardware;
use crate::runner::Unread;

/// Two lines of 512 bytes.
type Code<'c> = PagedCode<&'c [u8], 512, 2>;
/// Four pages of 256 bytes.
type Data<'m> = PagedMemory<'m, &'m mut Memory, 256, 4>;

/// Measures so many rounds of a case.
pub fn measure<P: minivm::Profile, H: Hardware>(
    profile: P,
    (case, rounds): (&Case<'_>, u16),
    (store, calls): (&mut Memory, &mut Calls),
    answer: &mut Answer<'_, H>,
) -> Result<(), Unread> {
    let mut code = Code::new(case.code);
    let mut memory = Data::new(store, &[]).map_err(|_| Unread::Malformed)?;
    let mut vm = Machine::with_memory(profile, &[], &mut memory, calls, context(case));
    set_registers(&mut vm, case);
    let beside = size_of::<Code<'_>>() + size_of::<Data<'_>>();
    let run = measured(&mut vm, &mut |vm, steps| vm.run_paged(&mut code, steps), (case, rounds), beside, answer);
    match run.stop.map_or(Some(None), |reason| Stop::of(reason).map(Some)) {
        Some(stop) => answer.finish(run.steps, &End { stop, state: State::of(&vm) }),
        None => answer.unsupported(Limit::Calls.number()),
    }
    Ok(())
}
