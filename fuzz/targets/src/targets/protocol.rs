//! Any line to a machine: it answers each with one line that the protocol knows, and goes on.

use oracle::fuzz::mutation::edgy;
use oracle::fuzz::{Bench, Complaint, FuzzedCase, ModelUse, Rng, Target, Use};
use oracle::project::Project;
use oracle::protocol::{self, HelloOne, HelloTwo, Reply, Version};
use oracle::random::pick;
use oracle::server::{Service, serve};
use serde_json::json;

use crate::subject::{FuzzedSubject, Subjects};

struct Protocol {
    subjects: Vec<&'static dyn FuzzedSubject>,
    services: Vec<Box<dyn Service>>,
    reply: Vec<u8>,
}

/// A case may ask for a million steps, and for a trace of them. That is allowed, but not what is tested here.
const STEPS: u32 = 500;

/// The target, which serves the native machines of these subjects.
pub fn create(subjects: Subjects<'_>, _: &Bench) -> Box<dyn Target> {
    let services = subjects.iter().filter_map(|subject| subject.service(STEPS)).collect();
    Box::new(Protocol { subjects: subjects.to_vec(), services, reply: Vec::new() })
}

/// Pieces of messages.
const PHRASES: [&str; 17] = [
    "\"op\":\"run\"",
    "\"op\":\"hello\"",
    "\"protocol\":1",
    "\"protocol\":2",
    "\"id\":\"x\"",
    "\"subject\":\"nobody\"",
    "\"profile\":\"nobody\"",
    "\"case\":{}",
    "\"trace\":true",
    "null",
    "[]",
    "{}",
    "-1",
    "1e9",
    "4294967296",
    "\"\\ud800\"",
    "\n",
];

impl Target for Protocol {
    fn useful_means(&self) -> &'static str {
        "a request is understood"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        self.reply.clear();
        let served = serve(&mut self.services, input, &mut self.reply);
        Complaint::unless(served.is_ok(), "serve", "error", || format!("{served:?}"))?;
        let asked = input.split_inclusive(|&byte| byte == b'\n').count();
        let text = std::str::from_utf8(&self.reply);
        let text = text.map_err(|error| Complaint::new("reply", "utf-8", error.to_string()))?;
        let replies: Vec<&str> = text.split_terminator('\n').collect();
        Complaint::unless(replies.len() == asked, "reply", "count", || {
            format!("{} replies to {asked} lines: {text}", replies.len())
        })?;
        let mut useful = false;
        for reply in replies {
            useful |= understood(reply)?;
        }
        // The other side reads what any program answers.
        if let Ok(line) = std::str::from_utf8(input) {
            let _ = protocol::parse_object::<Reply<'_>>(line);
            let _ = is_hello(line);
        }
        Ok(Use::from(useful))
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        let numbers = |byte: &u8| byte.is_ascii_digit();
        let digits: Vec<usize> = (0..input.len()).filter(|&at| numbers(&input[at])).collect();
        match rng.u8(..4) {
            0 => basic(input),
            1 => {
                // Between members, where something else can stand.
                let places: Vec<usize> =
                    (0..input.len()).filter(|&at| matches!(input[at], b',' | b'{' | b':')).collect();
                let at = if places.is_empty() { input.len() } else { pick(rng, &places) + 1 };
                let phrase = format!("{},", pick(rng, &PHRASES));
                input.splice(at.min(input.len())..at.min(input.len()), phrase.bytes());
            }
            2 if !digits.is_empty() => input[pick(rng, &digits)] = b'0' + rng.u8(..10),
            3 if !digits.is_empty() => {
                let start = pick(rng, &digits);
                let length = input[start..].iter().take_while(|byte| numbers(byte)).count();
                let number = edgy(rng).to_string();
                input.splice(start..start + length, number.bytes());
            }
            _ => basic(input),
        }
    }

    fn seeds(&self, project: &Project) -> Result<Vec<Vec<u8>>, String> {
        let hello = |version: Version| json!({"op": "hello", "protocol": version.number()});
        let mut messages = vec![hello(Version::One), hello(Version::Two)];
        let bench = Bench { model: ModelUse::Never, project: None };
        for subject in &self.subjects {
            let run = |FuzzedCase { subject, profile, case }| json!({"op": "run", "id": "1", "subject": subject, "profile": profile, "case": case});
            messages.extend(subject.cases(&bench).seeds(project)?.into_iter().map(run));
        }
        Ok(messages.iter().map(|message| message.to_string().into_bytes()).collect())
    }
}

fn is_hello(line: &str) -> bool {
    protocol::parse_object::<HelloOne>(line).is_ok() || protocol::parse_object::<HelloTwo>(line).is_ok()
}

/// Whether a reply is one to a request that was understood.
fn understood(reply: &str) -> Result<bool, Complaint> {
    if is_hello(reply) {
        return Ok(true);
    }
    let parsed: Reply<'_> = protocol::parse_object(reply)
        .map_err(|error| Complaint::new("reply", "form", format!("{error}: {reply}")))?;
    let said = [parsed.outcome.is_some(), parsed.unsupported.is_some(), parsed.error.is_some()];
    let one = said.into_iter().filter(|&said| said).count() == 1;
    Complaint::unless(one, "reply", "members", || reply.to_owned())?;
    Ok(said[0] || said[1])
}
