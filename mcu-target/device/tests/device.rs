//! The device survives whatever arrives, says what is wrong with it, and serves the next frame; its runner of `minivm`
//! does what is asked of it.

use hil_wire::frame::{DELIMITER, Damage, Frame, encode};
use hil_wire::{Case, Kind, Packer, Refusal, Reply, Request, Sequence, Task};
use mcu_target_device::host::OnHost;
use mcu_target_device::{MAX_MESSAGE, Subjects};
use proptest::prelude::*;
use vectors_minivm_wire::{Block, Canary, End, Item, Limit, MAX_STEPS, SUBJECT, Stop};

const REFERENCE: u8 = vectors_minivm_wire::Profile::Reference as u8;
const STRICT: u8 = vectors_minivm_wire::Profile::Strict as u8;

type Program<'a> = vectors_minivm_wire::Case<'a>;

struct Bench(OnHost<Subjects>);

impl Bench {
    fn new() -> Self {
        let mut device = OnHost::start(Box::default(), Subjects::NUMBERS);
        device.exchange(&[]);
        Bench(device)
    }

    /// Sends bytes; gives what is replied, by number, as bytes of postcard.
    fn send(&mut self, bytes: &[u8]) -> Vec<(u32, Vec<u8>)> {
        let sent = self.0.exchange(bytes);
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

    /// The items of the answer to a case, as text: parts and ends as the subject reads them.
    fn items(&mut self, task: Task, case: &Program<'_>) -> Vec<String> {
        let mut buffer = vec![0; 60_000];
        let bytes = postcard::to_slice(case, &mut buffer).expect("it fits").to_vec();
        let mut cases = Packer::new(&mut buffer);
        cases.push(&Case { task, bytes: &bytes }).expect("it fits");
        let request = Request::Run { subject: SUBJECT, profile: REFERENCE, cases: cases.items() };
        let replies = self.request(9, &request);
        let (done, parts) = replies.split_last().expect("there is an answer");
        assert_eq!(postcard::from_bytes(&done.1), Ok(Reply::Done));
        let mut all = Vec::new();
        for ((sequence, payload), number) in parts.iter().zip(0..) {
            let Ok(Reply::Items { case: 0, part, items }) = postcard::from_bytes(payload) else { panic!() };
            assert_eq!((*sequence, part), (9, number));
            all.extend(items.iter().map(|item| text(&item.expect("items can be read"))));
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

fn text(item: &hil_wire::Item<'_>) -> String {
    match item {
        hil_wire::Item::Part(bytes) => format!("{:?}", hil_wire::read::<Item<'_>>(bytes).expect("a part")),
        hil_wire::Item::End(end) => {
            format!("{} steps, {:?}", end.steps, hil_wire::read::<End>(end.bytes).expect("an end"))
        }
        other => format!("{other:?}"),
    }
}

fn frame(kind: Kind, sequence: u32, message: &impl serde::Serialize) -> Vec<u8> {
    let mut buffer = vec![0; 0x1_0000];
    let length = encode(kind, sequence, message, &mut buffer).expect("it fits");
    buffer.truncate(length);
    buffer
}

/// A case that runs these words.
fn case<'a>(code: &'a [u8], max_steps: u32) -> Program<'a> {
    Program {
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
    assert_eq!(bench.refusal(&frame(Kind::Reply, 5, &Reply::Done)), (0, Refusal::NotARequest));
    assert_eq!(bench.refusal(&frame(Kind::Request, 6, &[200u8; 3])), (6, Refusal::Malformed(None)));
    let too_long = [&[0][..], &[1; 2 * MAX_MESSAGE], &[0]].concat();
    let (0, Refusal::TooLong(limit)) = bench.refusal(&too_long) else { panic!("it is taken") };
    assert!(limit as usize > MAX_MESSAGE);
    bench.answers();
}

#[test]
fn what_cannot_be_run_is_refused_and_the_next_frame_is_served() {
    let mut bench = Bench::new();
    let mut refusal = |subject, profile, cases| {
        bench.refusal(&frame(Kind::Request, 8, &Request::Run { subject, profile, cases }))
    };
    let packed = |bytes: &[u8]| {
        let mut buffer = [0; 200];
        postcard::to_slice(&Case { task: Task::Outcome, bytes }, &mut buffer).unwrap().to_vec()
    };
    assert_eq!(refusal(SUBJECT, STRICT, Sequence::of_bytes(&[1, 2, 3])), (8, Refusal::Malformed(Some(0))));
    let strange = packed(&[1, 2, 3]);
    assert_eq!(refusal(SUBJECT, STRICT, Sequence::of_bytes(&strange)), (8, Refusal::Malformed(Some(0))));
    let mut buffer = [0; 200];
    let good = packed(postcard::to_slice(&case(&LOOP, 1), &mut buffer).unwrap());
    assert_eq!(refusal(SUBJECT, 200, Sequence::of_bytes(&good)), (8, Refusal::Profile(200)));
    assert_eq!(refusal(200, STRICT, Sequence::of_bytes(&good)), (8, Refusal::Subject(200)));
    let mut bird = good.clone();
    bird.splice(..1, [2, Canary::ALL.len() as u8]);
    assert_eq!(refusal(SUBJECT, STRICT, Sequence::of_bytes(&bird)), (8, Refusal::Malformed(Some(0))));
    bench.answers();
}

#[test]
fn a_case_that_does_not_fit_is_unsupported() {
    let mut bench = Bench::new();
    let mut limit = |case: &Program<'_>| bench.items(Task::Outcome, case);
    let unsupported = |limit: Limit| vec![format!("Unsupported({})", limit.number())];
    assert_eq!(limit(&case(&LOOP, MAX_STEPS + 1)), unsupported(Limit::Steps));
    let mut buffer = [0; 200];
    let mut blocks = Packer::new(&mut buffer);
    blocks.push(&Block(0xFFFF, &[1, 2])).unwrap();
    assert_eq!(limit(&Program { mem: blocks.items(), ..case(&LOOP, 1) }), unsupported(Limit::Memory));
    let calls = vec![4; 1025];
    let calls = Sequence::of_bytes(&calls);
    assert_eq!(limit(&Program { calls, ..case(&LOOP, 1) }), unsupported(Limit::Calls));
    // CALL itself, without end.
    let endless = Program { sp: 0xF000, ..case(&[0x24, 0, 0, 0], 5000) };
    assert_eq!(limit(&endless), unsupported(Limit::Calls));
    bench.answers();
}

#[test]
fn one_case_leaves_nothing_to_the_next() {
    let mut bench = Bench::new();
    let first = bench.items(Task::Outcome, &case(&LOOP, 300));
    let mut buffer = [0; 200];
    let mut blocks = Packer::new(&mut buffer);
    blocks.push(&Block(0x4000, &[0xEE; 100])).unwrap();
    let calls = Sequence::of_bytes(&[4, 8, 12]);
    let other = Program { mem: blocks.items(), calls, psw: 15, regs: [7; 16], ..case(&LOOP, 5) };
    assert_ne!(bench.items(Task::Outcome, &other), first);
    assert_eq!(bench.items(Task::Outcome, &case(&LOOP, 300)), first);
}

#[test]
fn digests_tell_states_apart_and_repeat() {
    let mut bench = Bench::new();
    let mut digests = |steps| bench.items(Task::Digests { every: 4 }, &case(&LOOP, steps));
    let (ten, twelve) = (digests(10), digests(12));
    assert_eq!((ten.len(), twelve.len()), (4, 4), "three digests and the end");
    assert_eq!(ten[..2], twelve[..2]);
    assert_ne!(ten[2], twelve[2]);
    assert_eq!(digests(10), ten);
}

#[test]
fn a_canary_is_wrong_in_one_place() {
    let mut bench = Bench::new();
    let honest = bench.items(Task::Outcome, &case(&LOOP, 5));
    for canary in Canary::ALL {
        let spoilt = bench.items(Task::Canary(canary.number()), &case(&LOOP, 5));
        assert_ne!(spoilt, honest, "{canary:?}");
    }
}

#[test]
fn rounds_are_measured_with_the_steps_that_are_asked_for() {
    let mut bench = Bench::new();
    let mut measured = |steps| bench.items(Task::Measure { rounds: 3, steps, way: 0 }, &case(&LOOP, 5));
    for steps in [0, 40] {
        let items = measured(steps);
        assert!(items[0].starts_with("Cost(Cost { ticks: 5, stack: 6, state: "), "{items:?}");
        assert!(items[1].starts_with(&format!("{steps} steps")), "{items:?}");
        assert_eq!(items.len(), 2);
    }
}

#[test]
fn a_trace_has_a_row_for_each_step() {
    let mut bench = Bench::new();
    let items = bench.items(Task::Trace, &case(&LOOP, 40));
    assert_eq!(items.iter().filter(|item| item.starts_with("Row")).count(), 40);
    assert!(items.last().unwrap().starts_with("40 steps"));
}

#[test]
fn a_return_is_told_with_its_status() {
    let mut bench = Bench::new();
    let items = bench.items(Task::Outcome, &Program { regs: [9; 16], ..case(&[0x25, 0, 0, 0], 5) });
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
    fn any_request_is_survived(payload in prop::collection::vec(any::<u8>(), 0..400), task: u8, form in 0..3) {
        let mut bench = Bench::new();
        let mut run = |bytes| {
            bench.request(4, &Request::Run { subject: SUBJECT, profile: STRICT, cases: Sequence::of_bytes(bytes) })
        };
        match form {
            0 => drop(run(&payload)),
            1 => {
                let task = if task & 1 == 0 { Task::Outcome } else { Task::Canary(task >> 1) };
                let case = postcard::to_slice(&Case { task, bytes: &payload }, &mut [0; 500]).unwrap().to_vec();
                run(&case);
            }
            _ => drop(bench.send(&frame(Kind::Request, 4, &serde_bytes::Bytes::new(&payload)))),
        }
        bench.answers();
    }

    #[test]
    fn any_case_is_survived(numbers: [u32; 4], psw: u8, reg_base: u16, regs: [u32; 16], digests: bool,
                            code in prop::collection::vec(any::<u8>(), 0..200)) {
        let [steps, pc, sp, stack_limit] = numbers;
        let task = if digests { Task::Digests { every: steps % 7 } } else { Task::Outcome };
        let case = Program { max_steps: steps % 3000, pc: pc % 256, sp, stack_limit, psw, reg_base, regs, ..case(&code, 0) };
        let items = Bench::new().items(task, &case);
        prop_assert!(items.last().unwrap().contains(" steps, End"));
    }
}
