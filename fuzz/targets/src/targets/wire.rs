//! Any bytes on the line between host and chip, and any bytes in a whole frame: what is understood survives being sent
//! again, what is damaged is noticed.
//!
//! The first byte of an input says which bit of the frame is damaged, the second the kind; the message follows.

use hil_wire::frame::{Frame, Kind, encode, frame_size};
use hil_wire::{Case, Item, Packer, Reply, Request, Task};
use oracle::fuzz::{Bench, Complaint, Rng, Target, Use};
use oracle::project::Project;
use oracle::random::one_in;
use serde::ser::{Serialize, SerializeTuple, Serializer};

use crate::subject::{ChipCase, Subjects};

#[derive(Default)]
struct Wire {
    /// What seeds are made of.
    cases: Vec<ChipCase>,
    frame: Vec<u8>,
    damaged: Vec<u8>,
}

/// The target.
pub fn create(subjects: Subjects<'_>, _: &Bench) -> Box<dyn Target> {
    let cases = subjects.iter().flat_map(|subject| subject.chip_cases()).collect();
    Box::new(Wire { cases, ..Wire::default() })
}

/// The number of every request.
const SEQUENCE: u32 = 0x0102_0304;
/// The longest message.
const LONGEST: usize = 4096;

impl Target for Wire {
    fn useful_means(&self) -> &'static str {
        "the message is a request or a reply"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        // As it came, without a frame around it.
        let _ = Frame::decode(&mut input.to_vec());
        let [place, kind, message @ ..] = input else { return Ok(Use::Useless) };
        let kind = if kind & 1 == 0 { Kind::Request } else { Kind::Reply };
        let message = &message[..message.len().min(LONGEST)];
        self.send(kind, &Raw(message))?;
        self.damage(*place)?;
        let inside = self.inside();
        let frame = Frame::decode(inside).map_err(|damage| complaint("whole", format!("{damage:?}")))?;
        law((frame.kind, frame.sequence, frame.payload) == (kind, SEQUENCE, message), "frame", &frame)?;
        let payload = frame.payload.to_vec();
        match kind {
            Kind::Request => self.request(&payload),
            Kind::Reply => self.reply(&payload),
        }
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        match input.get_mut(2..6) {
            // Which message, which profile or case, how long.
            Some(start) if one_in(rng, 4) => start[rng.usize(..4)] = rng.u8(..6),
            _ => basic(input),
        }
    }

    fn seeds(&self, _: &Project) -> Result<Vec<Vec<u8>>, String> {
        let mut seeds = vec![vec![0, 0, 0], vec![9, 1, 2], vec![3, 0, 2]];
        let mut other = Wire::default();
        for case in &self.cases {
            seeds.extend(other.request_of(case).map(|payload| [vec![0, 0], payload].concat()));
        }
        Ok(seeds)
    }

    fn describe(&self, input: &[u8]) -> String {
        let [_, kind, message @ ..] = input else { return format!("{input:02x?}") };
        let frame = Frame { kind: Kind::Reply, sequence: SEQUENCE, payload: message };
        match kind & 1 {
            0 => format!("{message:02x?}\n{:?}", frame.message::<Request<'_>>()),
            _ => format!("{message:02x?}\n{:?}", frame.message::<Reply<'_>>()),
        }
    }
}

impl Wire {
    /// Makes a frame of a message.
    fn send(&mut self, kind: Kind, message: &impl Serialize) -> Result<(), Complaint> {
        self.frame.resize(frame_size(2 * LONGEST), 0);
        let length = encode(kind, SEQUENCE, message, &mut self.frame);
        let length = length.map_err(|error| complaint("room", error.to_string()))?;
        self.frame.truncate(length);
        let delimited = matches!(&self.frame[..], [0, inside @ .., 0] if !inside.contains(&0));
        law(delimited, "delimiters", &self.frame)
    }

    /// The frame without its delimiters.
    fn inside(&mut self) -> &mut [u8] {
        let end = self.frame.len() - 1;
        &mut self.frame[1..end]
    }

    /// A frame with one bit changed is no frame.
    fn damage(&mut self, place: u8) -> Result<(), Complaint> {
        self.damaged.clear();
        self.damaged.extend(&self.frame[1..self.frame.len() - 1]);
        let at = usize::from(place / 8) % self.damaged.len();
        self.damaged[at] ^= 1 << (place % 8);
        let through = Frame::decode(&mut self.damaged);
        law(through.is_err(), "damage", &through)
    }

    fn request(&mut self, payload: &[u8]) -> Result<Use, Complaint> {
        let Some(request) = read::<Request<'_>>(payload) else { return Ok(Use::Useless) };
        if let Request::Run { cases, .. } = request {
            let bytes: usize = cases.iter().flatten().map(|case| case.bytes.len()).sum();
            law(bytes <= payload.len(), "items", &cases)?;
        }
        self.send(Kind::Request, &request)?;
        let again = Frame::decode(self.inside()).ok().and_then(|frame| frame.message().ok());
        law(again == Some(request), "again", &again)?;
        Ok(Use::Useful)
    }

    fn reply(&mut self, payload: &[u8]) -> Result<Use, Complaint> {
        let Some(reply) = read::<Reply<'_>>(payload) else { return Ok(Use::Useless) };
        if let Reply::Items { items, .. } = reply {
            let all = items.iter().take_while(|item| !matches!(item, Ok(Item::End(_)))).count();
            law(all <= payload.len(), "items", &items)?;
        }
        self.send(Kind::Reply, &reply)?;
        let again = Frame::decode(self.inside()).ok().and_then(|frame| frame.message().ok());
        law(again == Some(reply), "again", &again)?;
        Ok(Use::Useful)
    }

    /// The message that asks for a run of this case; `None` if it is too long.
    fn request_of(&mut self, case: &ChipCase) -> Option<Vec<u8>> {
        let mut cases = [0; 2048];
        let mut packed = Packer::new(&mut cases);
        packed.push(&Case { task: Task::Outcome, bytes: &case.bytes }).ok()?;
        let request = Request::Run { subject: case.subject, profile: case.profile, cases: packed.items() };
        self.send(Kind::Request, &request).ok()?;
        Frame::decode(self.inside()).ok().map(|frame| frame.payload.to_vec())
    }
}

/// Bytes as they are, with no length before them.
pub(super) struct Raw<'b>(pub(super) &'b [u8]);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        self.0.iter().try_for_each(|byte| tuple.serialize_element(byte))?;
        tuple.end()
    }
}

fn read<'p, T: serde::Deserialize<'p>>(payload: &'p [u8]) -> Option<T> {
    Frame { kind: Kind::Reply, sequence: SEQUENCE, payload }.message().ok()
}

fn complaint(field: &str, message: String) -> Complaint {
    Complaint::new("wire", field, message)
}

fn law(holds: bool, field: &str, what: &impl std::fmt::Debug) -> Result<(), Complaint> {
    Complaint::unless(holds, "wire", field, || format!("{what:?}"))
}
