//! The device survives whatever arrives, says what is wrong with it, and serves the next frame.

use device::{Device, Hardware, MAX_CALLS, Receiver};
use minivm::Memory;
use proptest::prelude::*;
use wire::frame::{DELIMITER, Damage, Frame, encode};
use wire::message::{Counter, MAX_STEPS};
use wire::{
    Block, Case, Hello, Item, Kind, Limit, Packer, Profile, Refusal, Reply, Request, Sequence, Stop, Task,
    Wrong,
};

/// Collects what is sent.
#[derive(Default)]
struct Line(Vec<u8>);

impl Hardware for Line {
    fn send(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }

    fn feed_watchdog(&mut self) {}

    fn measure(&mut self, work: &mut dyn FnMut()) -> (u32, u32) {
        work();
        (5, 6)
    }

    fn hang(&mut self) {}
}

struct Bench {
    device: Device<Box<Memory>, Line>,
    receiver: Receiver<Vec<u8>>,
}

/// The longest frame the device takes here.
const MAX_FRAME: usize = 6000;

impl Bench {
    fn new() -> Self {
        let hello = Hello {
            chip: "bench",
            build: b"build",
            max_frame: MAX_FRAME as u32,
            max_calls: MAX_CALLS as u32,
            counter: Counter::Nothing,
        };
        let device = Device::new(Line::default(), hello, Box::default());
        Bench { device, receiver: Receiver::new(vec![0; MAX_FRAME]) }
    }

    /// Sends bytes; gives what is replied, by number, as bytes of postcard.
    fn send(&mut self, bytes: &[u8]) -> Vec<(u32, Vec<u8>)> {
        for &byte in bytes {
            if let Some(arrival) = self.receiver.push(byte) {
                self.device.serve(arrival);
            }
        }
        let sent = std::mem::take(&mut self.device.hardware().0);
        let pieces = sent.split(|&byte| byte == DELIMITER).filter(|piece| !piece.is_empty());
        let reply = |piece: &[u8]| {
            let mut piece = piece.to_vec();
            let frame = Frame::decode(&mut piece).expect("what the device sends is whole");
            assert_eq!(frame.kind, Kind::Reply);
            (frame.sequence, frame.payload.to_vec())
        };
        pieces.map(reply).collect()
    }

    fn request(&mut self, sequence: u32, request: &Request<'_>) -> Vec<(u32, Vec<u8>)> {
        self.send(&frame(Kind::Request, sequence, request))
    }

    /// The refusal that the bytes get, and under which number.
    fn refusal(&mut self, bytes: &[u8]) -> (u32, Refusal) {
        let replies = self.send(bytes);
        let [(sequence, payload)] = &replies[..] else { panic!("{} replies", replies.len()) };
        match postcard::from_bytes(payload) {
            Ok(Reply::Error(refusal)) => (*sequence, refusal),
            other => panic!("{other:?}"),
        }
    }

    /// The items of the answer to a case, as text.
    fn items(&mut self, case: &Case<'_>) -> Vec<String> {
        let mut buffer = vec![0; MAX_FRAME];
        let mut cases = Packer::new(&mut buffer);
        cases.push(case).expect("it fits");
        let replies = self.request(9, &Request::Run { profile: Profile::Reference, cases: cases.items() });
        let (done, parts) = replies.split_last().expect("there is an answer");
        assert_eq!(postcard::from_bytes(&done.1), Ok(Reply::Done));
        let mut all = Vec::new();
        for ((sequence, payload), number) in parts.iter().zip(0..) {
            let Ok(Reply::Items { case: 0, part, items }) = postcard::from_bytes(payload) else { panic!() };
            assert_eq!((*sequence, part), (9, number));
            all.extend(items.iter().map(|item| format!("{:?}", item.expect("items can be read"))));
        }
        all
    }

    fn answers(&mut self) {
        let replies = self.request(77, &Request::Hello);
        assert!(
            matches!(&replies[..], [(77, hello)] if matches!(postcard::from_bytes(hello), Ok(Reply::Hello(_))))
        );
    }
}

fn frame(kind: Kind, sequence: u32, message: &impl serde::Serialize) -> Vec<u8> {
    let mut buffer = vec![0; 0x1_0000];
    let length = encode(kind, sequence, message, &mut buffer).expect("it fits");
    buffer.truncate(length);
    buffer
}

/// A case that runs these words.
fn case<'a>(code: &'a [u8], max_steps: u32) -> Case<'a> {
    Case {
        task: Task::Outcome,
        max_steps,
        pc: 0,
        sp: 0x8000,
        stack_limit: 0,
        psw: 0,
        reg_base: 0,
        regs: [0; 16],
        calls: Sequence::default(),
        mem: Sequence::default(),
        code,
    }
}

/// `LDI R1, 5; ST [R0+0x10], R1; JMP 0`.
const LOOP: [u8; 12] = [0x01, 0x10, 0x00, 0x05, 0x03, 0x00, 0x10, 0x10, 0x21, 0, 0, 0];

#[test]
fn what_is_wrong_is_said_and_the_next_frame_is_served() {
    let mut bench = Bench::new();
    let hello = frame(Kind::Request, 3, &Request::Hello);
    let mut changed = hello.clone();
    changed[2] ^= 4;
    assert_eq!(bench.refusal(&changed), (0, Refusal::Damaged(Damage::Checksum)));
    bench.answers();
    // Half a frame, then whole ones: the delimiter before a frame ends what came before it.
    let replies = bench.send(&[&hello[..hello.len() / 2], &hello].concat());
    assert!(matches!(&replies[..], [(0, _), (3, _)]));
    bench.answers();
    assert_eq!(bench.refusal(&frame(Kind::Reply, 5, &Reply::Done)), (0, Refusal::NoRequest));
    assert_eq!(bench.refusal(&frame(Kind::Request, 6, &[200u8; 3])), (6, Refusal::Malformed(None)));
    let too_long = [&[0][..], &[1; MAX_FRAME + 1], &[0]].concat();
    assert_eq!(bench.refusal(&too_long), (0, Refusal::TooLong(MAX_FRAME as u32)));
    let cases = Request::Run { profile: Profile::Strict, cases: Sequence::of_bytes(&[1, 2, 3]) };
    assert_eq!(bench.refusal(&frame(Kind::Request, 8, &cases)), (8, Refusal::Malformed(Some(0))));
    bench.answers();
}

#[test]
fn a_case_that_does_not_fit_is_unsupported() {
    let mut bench = Bench::new();
    let unsupported = |limit: Limit| vec![format!("{:?}", Item::Unsupported(limit))];
    assert_eq!(bench.items(&case(&LOOP, MAX_STEPS + 1)), unsupported(Limit::Steps));
    let mut buffer = [0; 200];
    let mut blocks = Packer::new(&mut buffer);
    blocks.push(&Block(0xFFFF, &[1, 2])).unwrap();
    assert_eq!(bench.items(&Case { mem: blocks.items(), ..case(&LOOP, 1) }), unsupported(Limit::Memory));
    let calls = vec![4; MAX_CALLS + 1];
    let calls = Sequence::of_bytes(&calls);
    assert_eq!(bench.items(&Case { calls, ..case(&LOOP, 1) }), unsupported(Limit::Calls));
    // CALL itself, without end.
    let case = Case { sp: 0xF000, ..case(&[0x24, 0, 0, 0], 5000) };
    assert_eq!(bench.items(&case), unsupported(Limit::Calls));
    bench.answers();
}

#[test]
fn one_case_leaves_nothing_to_the_next() {
    let mut bench = Bench::new();
    let first = bench.items(&case(&LOOP, 300));
    let mut buffer = [0; 200];
    let mut blocks = Packer::new(&mut buffer);
    blocks.push(&Block(0x4000, &[0xEE; 100])).unwrap();
    let calls = Sequence::of_bytes(&[4, 8, 12]);
    bench.items(&Case { mem: blocks.items(), calls, psw: 15, regs: [7; 16], ..case(&LOOP, 5) });
    assert_eq!(bench.items(&case(&LOOP, 300)), first);
}

#[test]
fn digests_tell_states_apart_and_repeat() {
    let mut bench = Bench::new();
    let digests = |steps| Case { task: Task::Digests { every: 4 }, ..case(&LOOP, steps) };
    let (ten, twelve) = (bench.items(&digests(10)), bench.items(&digests(12)));
    assert_eq!((ten.len(), twelve.len()), (4, 4), "three digests and the end");
    assert_eq!(ten[..2], twelve[..2]);
    assert_ne!(ten[2], twelve[2]);
    assert_eq!(bench.items(&digests(10)), ten);
}

#[test]
fn a_canary_is_wrong_in_one_place() {
    let mut bench = Bench::new();
    let honest = bench.items(&case(&LOOP, 5));
    for wrong in Wrong::ALL {
        let canary = bench.items(&Case { task: Task::Canary(wrong), ..case(&LOOP, 5) });
        assert_ne!(canary, honest, "{wrong:?}");
    }
}

#[test]
fn rounds_are_measured() {
    let mut bench = Bench::new();
    let items = bench.items(&Case { task: Task::Measure { rounds: 3 }, ..case(&LOOP, 5) });
    assert!(items[0].starts_with("Cost(Cost { ticks: 5, stack: 6, state: "), "{items:?}");
    assert_eq!(items.len(), 2);
}

#[test]
fn a_trace_has_a_row_for_each_step() {
    let mut bench = Bench::new();
    let items = bench.items(&Case { task: Task::Trace, ..case(&LOOP, 40) });
    assert_eq!(items.iter().filter(|item| item.starts_with("Row")).count(), 40);
    assert!(items.last().unwrap().starts_with("End"));
}

#[test]
fn a_return_is_told_with_its_status() {
    let mut bench = Bench::new();
    let items = bench.items(&Case { regs: [9; 16], ..case(&[0x25, 0, 0, 0], 5) });
    assert!(items[0].contains(&format!("{:?}", Some(Stop::Returned(9)))), "{items:?}");
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let mut bench = Bench::new();
        bench.send(&bytes);
        bench.send(&[DELIMITER]);
        bench.answers();
    }

    #[test]
    fn any_request_is_survived(payload in prop::collection::vec(any::<u8>(), 0..400), cases: bool) {
        let mut bench = Bench::new();
        if cases {
            bench.request(4, &Request::Run { profile: Profile::Strict, cases: Sequence::of_bytes(&payload) });
        } else {
            bench.send(&frame(Kind::Request, 4, &serde_bytes::Bytes::new(&payload)));
        }
        bench.answers();
    }

    #[test]
    fn any_case_is_survived(numbers: [u32; 4], psw: u8, reg_base: u16, regs: [u32; 16], digests: bool,
                            code in prop::collection::vec(any::<u8>(), 0..200)) {
        let [steps, pc, sp, stack_limit] = numbers;
        let task = if digests { Task::Digests { every: steps % 7 } } else { Task::Outcome };
        let case = Case { task, max_steps: steps % 3000, pc: pc % 256, sp, stack_limit, psw, reg_base, regs, ..case(&code, 0) };
        let items = Bench::new().items(&case);
        prop_assert!(items.last().unwrap().starts_with("End"));
    }
}
