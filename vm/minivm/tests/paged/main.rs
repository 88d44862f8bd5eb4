//! Paged machines against one that is whole, in everything that a host can see; and what paging counts against a model of
//! it.
//!
//! `PROPTEST_CASES=1000000 cargo test --release -p minivm --test paged` tries a million programs.

mod counted;
mod failures;
mod model;
#[path = "../random/mod.rs"]
mod random;

use minivm::memory::{LoadStore, Memory};
use minivm::paging::{Area, Class, PagedCode, PagedMemory};
use minivm::{Context, Fault, Profile, Reference, Stop, Strict, SwitchSet, Vm};
use model::{Access, Recorder};
use proptest::prelude::*;
use random::{Calls, Start};

/// The stack and the window of registers that random programs use most.
const PINNED: [Area; 1] = [Area { addresses: 0x7F00..0x8000, class: Class::Pinned }];

/// What a host can see of a machine.
type Seen = (Context, [u32; 16], Vec<u32>, (u32, u32));

fn seen<P: Profile, M: LoadStore>(vm: &Vm<'_, P, Calls, M>) -> Seen {
    (vm.context, vm.regs(), vm.calls.addresses.clone(), (vm.last.pc, vm.last.opcode))
}

/// The instructions that a program tries in so many steps, each with its address and size.
fn attempts<P: Profile>(profile: P, start: &Start, budget: u32) -> Vec<(u32, u32)> {
    let mut memory = Box::new(Memory::new());
    start.fill(&mut memory);
    let mut vm = start.machine(profile, &start.code, &mut *memory);
    let (mut attempts, mut stop) = (Vec::new(), None);
    while stop.is_none() && (attempts.len() as u32) < budget {
        let pc = vm.context.pc;
        stop = vm.run(1).stop;
        let is_fetched = match stop {
            Some(Stop::Fault(Fault::PcOutOfRange)) => false,
            Some(Stop::Fault(Fault::Misaligned)) => pc.is_multiple_of(4),
            _ => true,
        };
        if is_fetched {
            attempts.push((pc, model::size_at(&start.code, pc)));
        }
    }
    attempts
}

/// Compares a run of whole code and memory with a paged one, and its counters with the model's.
fn compare<P: Profile, const LINE: usize, const BUFFERS: usize, const PAGE: usize, const ENTRIES: usize>(
    profile: P,
    start: &Start,
    budget: u32,
    areas: &[Area],
) -> Result<(), TestCaseError> {
    let (mut whole, mut store) = (Box::new(Memory::new()), Box::new(Memory::new()));
    start.fill(&mut whole);
    start.fill(&mut store);
    let mut vm = start.machine(profile, &start.code, &mut *whole);
    let run = vm.run(budget);
    let expected = seen(&vm);

    let mut code = PagedCode::<_, LINE, BUFFERS>::new(start.code.as_slice());
    let mut memory = PagedMemory::<_, PAGE, ENTRIES>::new(&mut *store, areas).expect("the areas suit it");
    let mut paged = start.machine(profile, &[], &mut memory);
    prop_assert_eq!(paged.run_paged(&mut code, budget), run);
    prop_assert_eq!(seen(&paged), expected.clone());
    // It goes on from where it is.
    prop_assert_eq!(paged.run_paged(&mut code, 7), vm.run(7));
    prop_assert_eq!(seen(&paged), seen(&vm));
    prop_assert_eq!(memory.flush(), Ok(()));
    prop_assert!(store.bytes() == whole.bytes());

    let mut code = PagedCode::<_, LINE, BUFFERS>::new(start.code.as_slice());
    let mut recorder = Recorder::default();
    start.fill(&mut recorder.memory);
    let mut recorded = start.machine(profile, &[], &mut recorder);
    recorded.run_paged(&mut code, budget);
    prop_assert_eq!(seen(&recorded), expected);
    let counted = model::code(&attempts(profile, start, budget), start.code.len() as u32, (LINE, BUFFERS));
    prop_assert_eq!(code.counters(), counted);

    start.fill(&mut store);
    let accesses = recorder.taken();
    let memory = PagedMemory::<_, PAGE, ENTRIES>::new(&mut *store, areas).expect("the areas suit it");
    prop_assert_eq!(replay(memory, &accesses), model::data(&accesses, (PAGE, ENTRIES), areas));
    Ok(())
}

/// What paging counts for accesses.
fn replay<const PAGE: usize, const ENTRIES: usize>(
    mut memory: PagedMemory<'_, &mut Memory, PAGE, ENTRIES>,
    accesses: &[Access],
) -> minivm::paging::DataCounters {
    for access in accesses {
        match *access {
            Access::Read { address, size: 4 } => _ = memory.read::<4>(address),
            Access::Read { address, size: 2 } => _ = memory.read::<2>(address),
            Access::Read { address, .. } => _ = memory.read::<1>(address),
            Access::Write { address, size: 4 } => _ = memory.write(address, [1; 4]),
            Access::Write { address, size: 2 } => _ = memory.write(address, [1; 2]),
            Access::Write { address, .. } => _ = memory.write(address, [1]),
            Access::Flush => memory.flush().expect("memory keeps everything"),
        }
    }
    memory.counters()
}

fn compare_in_sizes<P: Profile>(profile: P, start: &Start, budget: u32) -> Result<(), TestCaseError> {
    compare::<P, 16, 1, 16, 2>(profile, start, budget, &[])?;
    compare::<P, 16, 2, 64, 3>(profile, start, budget, &[])?;
    compare::<P, 64, 2, 256, 3>(profile, start, budget, &PINNED)?;
    compare::<P, 256, 1, 128, 4>(profile, start, budget, &PINNED)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_programs(start in random::start(), budget in 1u32..300) {
        match start.profile {
            profile if profile == SwitchSet::REFERENCE => compare_in_sizes(Reference, &start, budget)?,
            profile if profile == SwitchSet::STRICT => compare_in_sizes(Strict, &start, budget)?,
            profile => compare_in_sizes(profile, &start, budget)?,
        }
    }

    #[test]
    fn random_accesses(accesses in prop::collection::vec(access(), 0..200)) {
        accesses_agree::<16, 2>(&accesses, &[])?;
        accesses_agree::<64, 4>(&accesses, &[Area { addresses: 0x40..0xC0, class: Class::Pinned }])?;
        accesses_agree::<4096, 3>(&accesses, &[Area { addresses: 0xF000..0x1_0000, class: Class::Pinned }])?;
    }
}

fn access() -> impl Strategy<Value = (Access, u32)> {
    let address = prop_oneof![6 => 0u32..0x200, 2 => 0xFF80u32..0x1_0004, 1 => any::<u32>()];
    let access =
        (address, prop::sample::select(vec![1, 2, 4]), 0..10).prop_map(|(address, size, kind)| match kind {
            0 => Access::Flush,
            1..5 => Access::Write { address, size },
            _ => Access::Read { address, size },
        });
    (access, any::<u32>())
}

fn accesses_agree<const PAGE: usize, const ENTRIES: usize>(
    accesses: &[(Access, u32)],
    areas: &[Area],
) -> Result<(), TestCaseError> {
    let (mut whole, mut store) = (Box::new(Memory::new()), Box::new(Memory::new()));
    let mut memory = PagedMemory::<_, PAGE, ENTRIES>::new(&mut *store, areas).expect("the areas suit it");
    for &(access, value) in accesses {
        let [a, b, c, d] = value.to_le_bytes();
        match access {
            Access::Read { address, size: 4 } => {
                prop_assert_eq!(memory.read::<4>(address), whole.read(address));
                prop_assert_eq!(memory.read_aligned::<4>(address), whole.read_aligned(address));
            }
            Access::Read { address, size: 2 } => {
                prop_assert_eq!(
                    memory.read_wrapped::<2>(address),
                    whole.read(address & 0xFFFF).filter(|_| address % 2 == 0)
                );
            }
            Access::Read { address, .. } => prop_assert_eq!(memory.read::<1>(address), whole.read(address)),
            Access::Write { address, size: 4 } => {
                prop_assert_eq!(memory.write(address, [a, b, c, d]), whole.write(address, [a, b, c, d]));
            }
            Access::Write { address, size: 2 } => {
                prop_assert_eq!(memory.write_aligned(address, [a, b]), whole.write_aligned(address, [a, b]));
            }
            Access::Write { address, .. } => {
                prop_assert_eq!(memory.write(address, [a]), whole.write(address, [a]))
            }
            Access::Flush => prop_assert_eq!(memory.flush(), Ok(())),
        }
    }
    prop_assert_eq!(memory.flush(), Ok(()));
    prop_assert!(store.bytes() == whole.bytes());
    Ok(())
}
