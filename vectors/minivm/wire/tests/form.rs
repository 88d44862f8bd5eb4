//! What is written is read again, and its form does not change by accident.

use minivm::{Context, Fault, Memory, Vm};
use oracle_sequence::{Packer, Sequence, read};
use proptest::prelude::*;
use vectors_minivm_wire::{Block, Canary, Case, End, Item, Limit, Profile, State, Stop, digest};

fn written(value: &impl serde::Serialize) -> Vec<u8> {
    postcard::to_slice(value, &mut [0; 4000]).expect("it fits").to_vec()
}

proptest! {
    #[test]
    fn a_case_comes_through(
        numbers: [u32; 4], psw: u8, reg_base: u16, regs: [u32; 16],
        calls in prop::collection::vec(any::<u32>(), 0..5), code in prop::collection::vec(any::<u8>(), 0..600),
        blocks in prop::collection::vec((any::<u32>(), prop::collection::vec(any::<u8>(), 0..300)), 0..4),
    ) {
        let (mut calls_buffer, mut mem_buffer) = ([0; 100], [0; 2000]);
        let (mut packed_calls, mut packed_mem) = (Packer::new(&mut calls_buffer), Packer::new(&mut mem_buffer));
        calls.iter().for_each(|address| packed_calls.push(address).unwrap());
        blocks.iter().for_each(|(address, bytes)| packed_mem.push(&Block(*address, bytes)).unwrap());
        let [max_steps, pc, sp, stack_limit] = numbers;
        let case = Case {
            max_steps, pc, sp, stack_limit, psw, reg_base, regs,
            calls: packed_calls.items(), mem: packed_mem.items(), code: &code,
        };
        let bytes = written(&case);
        let got: Case<'_> = read(&bytes).unwrap();
        prop_assert_eq!(got, case);
        prop_assert_eq!(got.calls.iter().collect::<Result<Vec<_>, _>>().unwrap(), calls);
        let got: Vec<_> = got.mem.iter().map(Result::unwrap).map(|Block(at, bytes)| (at, bytes.to_vec())).collect();
        prop_assert_eq!(got, blocks);
    }

    #[test]
    fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(case) = read::<Case<'_>>(&bytes) {
            let _ = (case.calls.iter().count(), case.mem.iter().count());
        }
        let _ = (read::<Item<'_>>(&bytes).is_ok(), read::<End>(&bytes).is_ok());
    }
}

#[test]
fn every_stop_comes_back() {
    let faults = Fault::ALL.iter().map(|&fault| minivm::Stop::Fault(fault));
    let others = [
        minivm::Stop::Svc { module: 3, function: 200 },
        minivm::Stop::Break { code: 9 },
        minivm::Stop::Returned { status: 77 },
    ];
    for stop in faults.chain(others) {
        assert_eq!(Stop::of(stop).and_then(Stop::of_vm), Some(stop));
    }
    assert_eq!(Stop::of(minivm::Stop::CallDepth), None);
    assert_eq!(Stop::Fault(Fault::ALL.len() as u8).of_vm(), None);
}

#[test]
fn a_number_is_that_of_its_name() {
    for profile in Profile::ALL {
        assert_eq!(Profile::of(profile.number()), Some(*profile));
    }
    assert_eq!([Profile::of(2), None], [None, Profile::of(255)]);
    assert!(Canary::ALL.iter().all(|it| Canary::of(it.number()) == Some(*it)));
    assert!(Limit::ALL.iter().all(|it| Limit::of(it.number()) == Some(*it)));
}

/// The form is fixed: whatever changes these bytes is meant to.
#[test]
fn the_form_is_fixed() {
    let case = Case {
        max_steps: 300,
        pc: 4,
        sp: 0x8000,
        stack_limit: 0,
        psw: 3,
        reg_base: 0,
        regs: [0; 16],
        calls: Sequence::of_bytes(&[8]),
        mem: Sequence::of_bytes(&[16, 1, 0xEE]),
        code: &[0x25, 0, 0, 0],
    };
    let bytes = [
        &[0xAC, 2, 4, 0x80, 0x80, 2, 0, 3, 0][..],
        &[0; 16],
        &[1, 8],
        &[3, 16, 1, 0xEE],
        &[4, 0x25, 0, 0, 0],
    ];
    assert_eq!(written(&case), bytes.concat());
    let end = End { stop: Some(Stop::Fault(2)), state: State { pc: 1, sp: 2, psw: 3, regs: [0; 16] } };
    assert_eq!(written(&end), [&[1, 3, 2, 1, 2, 3][..], &[0; 16]].concat());
    assert_eq!(written(&Item::Memory(Block(2, &[7, 8]))), [2, 2, 2, 7, 8]);
}

#[test]
fn a_digest_is_of_everything() {
    let of = |memory: &mut Memory, calls: &[u32], context: Context, previous| {
        digest(previous, &Vm::new(minivm::Strict, &[], memory, Vec::new(), context), calls)
    };
    let plain = || (Memory::new(), Context::default());
    let (mut memory, context) = plain();
    let base = of(&mut memory, &[], context, 0);
    assert_eq!(of(&mut Memory::new(), &[], context, 0), base, "the same state, the same digest");
    memory.write(0x4000, [0u8]).unwrap();
    assert_eq!(of(&mut memory, &[], context, 0), base, "a zero that was written is a zero");
    memory.write(0x4000, [1u8]).unwrap();
    let mut moved = Memory::new();
    moved.write(0x4400, [1u8]).unwrap();
    let others = [
        of(&mut memory, &[], context, 0),
        of(&mut moved, &[], context, 0),
        of(&mut Memory::new(), &[4], context, 0),
        of(&mut Memory::new(), &[], Context { pc: 4, ..context }, 0),
        of(&mut Memory::new(), &[], Context { sp: 4, ..context }, 0),
        of(&mut Memory::new(), &[], Context { psw: 1, ..context }, 0),
        of(&mut Memory::new(), &[], context, 1),
        base,
    ];
    for (at, one) in others.iter().enumerate() {
        assert!(!others[..at].contains(one), "digest {at} is that of another state");
    }
}
