//! The runner of `executive` survives whatever a case says, and says what the chip has too little of.

use hil_wire::frame::{DELIMITER, Frame, encode};
use hil_wire::{Case, Item, Kind, Packer, Refusal, Reply, Request, Task};
use mcu_target_device::Subjects;
use mcu_target_device::host::OnHost;
use proptest::prelude::*;
use vectors_executive_wire::{Call, Canary, Case as Script, Limit, MAX_TURNS, Policy, SUBJECT};

/// What a device answers to one case, item by item as text, or why it answers nothing.
fn answer(profile: u8, task: Task, bytes: &[u8]) -> Result<Vec<String>, Refusal> {
    let mut device = OnHost::<Subjects>::start(Box::default(), Subjects::NUMBERS);
    device.exchange(&[]);
    let mut buffer = vec![0; 0x8000];
    let mut cases = Packer::new(&mut buffer);
    cases.push(&Case { task, bytes }).unwrap();
    let mut frame = vec![0; 0x1_0000];
    let request = Request::Run { subject: SUBJECT, profile, cases: cases.items() };
    let length = encode(Kind::Request, 7, &request, &mut frame).unwrap();
    let sent = device.exchange(&frame[..length]);
    let mut items = Vec::new();
    for piece in sent.split(|&byte| byte == DELIMITER).filter(|piece| !piece.is_empty()) {
        let mut piece = piece.to_vec();
        match Frame::decode(&mut piece).unwrap().message().unwrap() {
            Reply::Items { items: more, .. } => {
                items.extend(more.iter().map(|item: Result<Item<'_>, _>| format!("{:?}", item.unwrap())));
            }
            Reply::Error(refusal) => return Err(refusal),
            _ => {}
        }
    }
    Ok(items)
}

fn script(calls: &[Call<'_>], handlers: usize) -> Vec<u8> {
    let pack = |bytes: &mut Vec<u8>, call: &Call<'_>| {
        let mut buffer = vec![0; 0x2000];
        bytes.extend_from_slice(postcard::to_slice(call, &mut buffer).unwrap());
    };
    let mut packed = Vec::new();
    calls.iter().for_each(|call| pack(&mut packed, call));
    // Handlers without a result.
    let handlers = vec![0; handlers];
    let case = Script {
        descriptors: 256,
        handles: 64,
        capacity: 64,
        tap_rate: 0,
        libm: true,
        persisted: hil_wire::Sequence::default(),
        pin: None,
        handlers: hil_wire::Sequence::of_bytes(&handlers),
        tasks: 16,
        policy: Policy::Instruction,
        calls: hil_wire::Sequence::of_bytes(&packed),
    };
    let mut buffer = vec![0; 0x4000];
    postcard::to_slice(&case, &mut buffer).unwrap().to_vec()
}

fn unsupported(limit: Limit) -> Result<Vec<String>, Refusal> {
    Ok(vec![format!("Unsupported({})", limit.number())])
}

#[test]
fn what_cannot_be_run_is_said() {
    let turns = MAX_TURNS as u32 / 2 + 1;
    let steps = [Call::Step { n: turns, pid: None }, Call::Step { n: turns, pid: None }];
    assert_eq!(answer(0, Task::Outcome, &script(&steps, 0)), unsupported(Limit::Turns));
    assert_eq!(answer(9, Task::Outcome, &script(&[], 0)), Err(Refusal::Profile(9)));
    let malformed = Err(Refusal::Malformed(Some(0)));
    assert_eq!(answer(0, Task::Outcome, &script(&[], 9)), malformed, "more handlers than there may be");
    assert_eq!(answer(0, Task::Outcome, &[1, 2, 3]), malformed);
    assert_eq!(answer(0, Task::Canary(Canary::ALL.len() as u8), &script(&[], 0)), malformed);
}

#[test]
fn a_canary_is_wrong_in_one_place() {
    for case in [script(&[], 0), script(&[Call::Pause { pid: None }, Call::Kill { pid: 4 }], 0)] {
        for profile in 0..2 {
            let honest = answer(profile, Task::Outcome, &case).unwrap();
            for canary in Canary::ALL {
                let spoilt = answer(profile, Task::Canary(canary.number()), &case).unwrap();
                assert_ne!(spoilt, honest, "{canary:?}");
            }
        }
    }
}

proptest! {
    #[test]
    fn any_case_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..300), profile in 0u8..3, task in 0..4, cut in 0usize..60) {
        let task = match task {
            0 => Task::Outcome,
            1 => Task::Digests { every: 1 },
            2 => Task::Canary(cut as u8 % 6),
            _ => Task::Measure { rounds: 2, steps: 1, way: 0 },
        };
        let _refused = answer(profile, task, &bytes);
        let image = Call::Load(&bytes);
        let poke = Call::Poke { pid: 1, address: 0xFFF0, bytes: &bytes };
        let mut case = script(&[image, Call::Step { n: 50, pid: None }, poke], 1);
        let _answered = answer(profile, task, &case);
        case.truncate(cut);
        let _cut = answer(profile, task, &case);
    }
}
