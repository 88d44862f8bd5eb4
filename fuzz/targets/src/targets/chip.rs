//! Any bytes to a chip: it survives them, answers what it can read, always the same, and serves the next frame.

use hil_wire::frame::{DELIMITER, Frame, encode, frame_size};
use hil_wire::{Case, Kind, Packer, Reply, Request, Task};
use mcu_target_device::Subjects as Runners;
use mcu_target_device::host::OnHost;
use oracle::fuzz::{Bench, Complaint, Rng, Target, Use};
use oracle::project::Project;

use super::wire::Raw;
use crate::subject::{ChipCase, Subjects};

struct Chip {
    device: OnHost<Runners>,
    /// What seeds are made of.
    cases: Vec<ChipCase>,
}

/// Cases of a message that are run at most, and rounds and steps of a measurement: more is allowed, but not what is tested
/// here.
const CASES: usize = 8;
const MEASURED: u64 = 2_000;

/// The target. An input is sent twice: as the message of a whole frame, and as it is.
pub fn create(subjects: Subjects<'_>, _: &Bench) -> Box<dyn Target> {
    let cases = subjects.iter().flat_map(|subject| subject.chip_cases()).collect();
    Box::new(Chip { device: OnHost::start(Box::default(), Runners::NUMBERS), cases })
}

impl Target for Chip {
    fn useful_means(&self) -> &'static str {
        "the message is a run whose cases can all be read"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        self.send(&[&[DELIMITER], input, &[DELIMITER]].concat())?;
        self.check_hello()?;
        let Some(cases) = cases(input) else { return Ok(Use::Useless) };
        let frame = framed(input);
        let (first, second) = (self.send(&frame)?, self.send(&frame)?);
        Complaint::unless(first == second, "chip", "repeats", || {
            format!("answers {first:02x?}, then {second:02x?}")
        })?;
        let last = first.last().and_then(|(_, payload)| postcard::from_bytes(payload).ok());
        let ended = matches!(last, Some(Reply::Done | Reply::Hello(_) | Reply::Error(_)));
        Complaint::unless(ended, "chip", "end", || format!("the last reply is {last:?}"))?;
        self.check_hello()?;
        Ok(Use::from(cases > 0))
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

    fn seeds(&self, _: &Project) -> Result<Vec<Vec<u8>>, String> {
        let tasks = [
            Task::Outcome,
            Task::Trace,
            Task::Digests { every: 3 },
            Task::Measure { rounds: 2, steps: 1, way: 0 },
        ];
        let requests = |case| tasks.into_iter().filter_map(move |task| request(case, task));
        Ok(self.cases.iter().flat_map(requests).collect())
    }
}

impl Chip {
    /// Sends bytes. Gives the replies: their numbers and messages.
    fn send(&mut self, bytes: &[u8]) -> Result<Vec<(u32, Vec<u8>)>, Complaint> {
        let mut sent = self.device.exchange(bytes);
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

/// How many cases the message asks for; `None` if it is no request to be answered, or one that takes too long.
fn cases(message: &[u8]) -> Option<usize> {
    let cases = match postcard::from_bytes(message).ok()? {
        Request::Run { cases, .. } => cases,
        Request::Hello => return Some(0),
        // Obeyed, there would be no answer.
        Request::Hang => return None,
    };
    let mut count = 0;
    for case in cases.iter() {
        let is_long = match case.ok()?.task {
            Task::Measure { rounds, steps, .. } => u64::from(rounds) * u64::from(steps) > MEASURED,
            _ => false,
        };
        count += 1;
        if is_long || count > CASES {
            return None;
        }
    }
    Some(count)
}

/// A run of this case; `None` if it is too long.
fn request(case: &ChipCase, task: Task) -> Option<Vec<u8>> {
    let mut buffer = vec![0; 1024];
    let mut cases = Packer::new(&mut buffer);
    cases.push(&Case { task, bytes: &case.bytes }).ok()?;
    let request = Request::Run { subject: case.subject, profile: case.profile, cases: cases.items() };
    let mut message = vec![0; 1100];
    Some(postcard::to_slice(&request, &mut message).ok()?.to_vec())
}
