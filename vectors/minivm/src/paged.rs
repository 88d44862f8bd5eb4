//! Machine `rust-paged`: the VM of `vm/minivm`, in process, from the smallest lines of code and pages of data that it can
//! have.

use minivm::memory::Memory;
use minivm::paging::{PagedCode, PagedMemory};
use oracle::machine::FailureKind;
use oracle::subject::Cases;
use oracle::{Answer, Machine, Profile};

use crate::case::Case;
use crate::cases::MiniVm;
use crate::native::{answer, ended, fill, start, stuck, traced};
use crate::outcome::Outcome;
use crate::profile;

/// Bytes of a line of code, of which one is at hand, and of a page of data, of which two are. Four instructions fill a
/// line, and a window of registers four pages.
const BYTES: usize = 16;

/// What keeps the pages, and what it held at the start. Both are reset by what was written.
#[derive(Default)]
pub struct PagedVm {
    store: Box<Memory>,
    initial: Box<Memory>,
}

impl Machine<MiniVm> for PagedVm {
    fn name(&self) -> &str {
        "rust-paged"
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").into()
    }

    fn profiles(&self) -> &[Profile] {
        MiniVm::PROFILES
    }

    fn run(&mut self, profile: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        cases.iter().map(|case| profile::with!(profile, |it| self.execute(it, case))).collect()
    }
}

impl PagedVm {
    fn execute(&mut self, profile: impl minivm::Profile, case: &Case) -> Answer<Outcome> {
        fill(&mut self.store, case);
        fill(&mut self.initial, case);
        let mut memory = match PagedMemory::<_, BYTES, 2>::new(&mut *self.store, &[]) {
            Ok(memory) => memory,
            Err(error) => return Answer::broken(FailureKind::Crash, error.to_string()),
        };
        let mut code = PagedCode::<_, BYTES, 1>::new(case.code.as_slice());
        let mut vm = start(profile, case, &[], &mut memory);
        let (run, trace) = if case.trace {
            traced(&mut vm, case.max_steps, |vm| vm.run_paged(&mut code, 1).stop)
        } else {
            (vm.run_paged(&mut code, case.max_steps), None)
        };
        let ended = ended(&mut vm, run, trace);
        if let Err(failure) = memory.flush() {
            return stuck(failure);
        }
        answer(ended, (&self.initial, &self.store))
    }
}
