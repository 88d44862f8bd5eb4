//! Any bytes to a chip: it survives them, answers what it can read, always the same, and serves the next frame.

use device::{Device, Hardware, Receiver};
use fastrand::Rng;
use minivm::Memory;
use wire::frame::{DELIMITER, Frame, encode, frame_size};
use wire::message::Counter;
use wire::{Case, Hello, Kind, Packer, Profile, Reply, Request, Sequence, Task};

use crate::judge::Effort;
use crate::target::{Complaint, Known, Target, Use};

struct Chip {
    device: Device<Box<Memory>, Line>,
    receiver: Receiver<Vec<u8>>,
}

/// Keeps what is sent.
#[derive(Default)]
struct Line(Vec<u8>);

impl Hardware for Line {
    fn send(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }

    fn feed_watchdog(&mut self) {}

    fn measure(&mut self, work: &mut dyn FnMut()) -> (u32, u32) {
        work();
        (0, 0)
    }

    fn hang(&mut self) {}
}

/// The longest frame that the chip takes here.
const MAX_FRAME: usize = 4096;
/// Steps that are run at most: more is allowed, but not what is tested here.
const STEPS: u64 = 2_000;

/// The target. An input is sent twice: as the message of a whole frame, and as it is.
pub fn create(_: Effort) -> Box<dyn Target> {
    let hello = Hello {
        chip: "fuzzed",
        build: b"build",
        max_frame: MAX_FRAME as u32,
        max_calls: device::MAX_CALLS as u32,
        counter: Counter::Nothing,
    };
    let device = Device::new(Line::default(), hello, Box::default());
    Box::new(Chip { device, receiver: Receiver::new(vec![0; MAX_FRAME]) })
}

impl Target for Chip {
    fn name(&self) -> &'static str {
        "chip"
    }

    fn useful_means(&self) -> &'static str {
        "the message is a run whose cases can all be read"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        self.send(&[&[DELIMITER], input, &[DELIMITER]].concat())?;
        self.check_hello()?;
        let Some(steps) = steps(input).filter(|&steps| steps <= STEPS) else { return Ok(Use::Useless) };
        let frame = framed(input);
        let (first, second) = (self.send(&frame)?, self.send(&frame)?);
        Complaint::unless(first == second, "chip", "repeats", || {
            format!("answers {first:02x?}, then {second:02x?}")
        })?;
        let last = first.last().and_then(|(_, payload)| postcard::from_bytes(payload).ok());
        let ended = matches!(last, Some(Reply::Done | Reply::Hello(_) | Reply::Error(_)));
        Complaint::unless(ended, "chip", "end", || format!("the last reply is {last:?}"))?;
        self.check_hello()?;
        Ok(Use::from(steps > 0))
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        match rng.u8(..4) {
            0 => basic(input),
            // Lengths stand in front, so what keeps the length keeps the meaning.
            _ if !input.is_empty() => {
                let place = rng.usize(..input.len());
                input[place] ^= 1 << rng.u32(..8);
            }
            _ => {}
        }
    }

    fn seeds(&self, known: &Known) -> Vec<Vec<u8>> {
        let tasks = [Task::Outcome, Task::Trace, Task::Digests { every: 3 }, Task::Measure { rounds: 2 }];
        let short = known.cases.iter().filter(|case| case.code.len() < 200 && case.max_steps < 200);
        short.step_by(8).zip(tasks.into_iter().cycle()).map(|(case, task)| request(case, task)).collect()
    }
}

impl Chip {
    /// Sends bytes. Gives the replies: their numbers and messages.
    fn send(&mut self, bytes: &[u8]) -> Result<Vec<(u32, Vec<u8>)>, Complaint> {
        for &byte in bytes {
            if let Some(arrival) = self.receiver.push(byte) {
                self.device.serve(arrival);
            }
        }
        let mut sent = std::mem::take(&mut self.device.hardware().0);
        let pieces = sent.split_mut(|&byte| byte == DELIMITER).filter(|piece| !piece.is_empty());
        pieces
            .map(|piece| match Frame::decode(piece) {
                Ok(Frame { kind: Kind::Reply, sequence, payload }) => Ok((sequence, payload.to_vec())),
                other => Err(Complaint::new("chip", "frame", format!("sends {other:?}"))),
            })
            .collect()
    }

    fn check_hello(&mut self) -> Result<(), Complaint> {
        let replies = self.send(&framed(&[0]))?;
        let answered = matches!(&replies[..], [(1, hello)] if matches!(postcard::from_bytes(hello), Ok(Reply::Hello(_))));
        Complaint::unless(answered, "chip", "hello", || format!("answers hello with {replies:02x?}"))
    }
}

/// A message in a frame of number 1.
fn framed(message: &[u8]) -> Vec<u8> {
    let mut buffer = vec![0; frame_size(message.len())];
    let length = encode(Kind::Request, 1, &Raw(message), &mut buffer).expect("the buffer is large enough");
    buffer.truncate(length);
    buffer
}

/// Bytes that are in postcard already.
struct Raw<'a>(&'a [u8]);

impl serde::Serialize for Raw<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeTuple;
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        self.0.iter().try_for_each(|byte| tuple.serialize_element(byte))?;
        tuple.end()
    }
}

/// How many steps the message asks for; nothing where it is no request to be answered, or a case of it cannot be read.
fn steps(message: &[u8]) -> Option<u64> {
    let cases = match postcard::from_bytes(message).ok()? {
        Request::Run { cases, .. } => cases,
        Request::Hello => return Some(0),
        // Obeyed, there would be no answer.
        Request::Hang => return None,
    };
    let mut all = 0;
    for case in cases.iter() {
        let case = case.ok()?;
        let rounds = if let Task::Measure { rounds } = case.task { u64::from(rounds) } else { 1 };
        all += u64::from(case.max_steps) * rounds.max(1);
    }
    Some(all)
}

/// A run of a case's code, from a plain state.
fn request(case: &vectors::minivm::Case, task: Task) -> Vec<u8> {
    let mut buffer = vec![0; 1024];
    let mut cases = Packer::new(&mut buffer);
    let plain = Case {
        task,
        max_steps: case.max_steps,
        pc: case.pc,
        sp: case.sp,
        stack_limit: case.stack_limit,
        psw: case.psw,
        reg_base: case.reg_base,
        regs: case.regs,
        calls: Sequence::default(),
        mem: Sequence::default(),
        code: &case.code,
    };
    cases.push(&plain).expect("short cases fit");
    let request = Request::Run { profile: Profile::Reference, cases: cases.items() };
    let mut message = vec![0; 1100];
    postcard::to_slice(&request, &mut message).expect("so do their requests").to_vec()
}
