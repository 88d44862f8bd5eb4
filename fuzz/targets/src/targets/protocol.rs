//! Any line to a machine: it answers each with one line that the protocol knows, and goes on.

use fastrand::Rng;
use oracle::machines::rust::Rust;
use oracle::protocol::{self, Hello, Reply};
use oracle::server::{Service, serve};
use oracle::{Answer, Machine};
use serde_json::json;
use vectors::minivm::{Case, MiniVm, Outcome};
use vectors::{Profile, Subject, hxe};

use crate::judge::Effort;
use crate::mutation::{self, pick};
use crate::target::{Complaint, Known, Target, Use};

struct Protocol {
    services: Vec<Box<dyn Service>>,
    reply: Vec<u8>,
}

/// The target.
pub fn create(_: Effort) -> Box<dyn Target> {
    let minivm: Box<dyn Machine<MiniVm>> = Box::new(Short(Rust::default()));
    let hxe: Box<dyn Machine<hxe::Hxe>> = <hxe::Hxe as oracle::native::Native>::machine();
    Box::new(Protocol { services: vec![Box::new(minivm), Box::new(hxe)], reply: Vec::new() })
}

/// A case may ask for a million steps, and for a row of trace of each. That is allowed, but not what is tested here.
const STEPS: u32 = 500;

/// The VM for short cases only.
struct Short(Rust);

impl Machine<MiniVm> for Short {
    fn name(&self) -> &str {
        "rust"
    }

    fn profiles(&self) -> &[Profile] {
        &Profile::ALL
    }

    fn run(&mut self, profile: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        let run = |case: &Case| {
            if case.max_steps > STEPS {
                return vec![Answer::Unsupported("too long".into())];
            }
            self.0.run(profile, std::slice::from_ref(case))
        };
        cases.iter().flat_map(run).collect()
    }
}

/// Pieces of messages.
const PHRASES: [&str; 24] = [
    "\"op\":\"run\"",
    "\"op\":\"hello\"",
    "\"protocol\":1",
    "\"id\":\"x\"",
    "\"subject\":\"minivm\"",
    "\"subject\":\"hxe\"",
    "\"profile\":\"strict\"",
    "\"profile\":\"reference\"",
    "\"case\":{\"code\":\"25000000\",\"max_steps\":3}",
    "\"case\":{\"image\":\"48535845\",\"chunks\":[1,2]}",
    "\"trace\":true",
    "\"mem\":[[65535,\"00\"]]",
    "\"call_stack\":[4,8]",
    "\"psw\":15",
    "\"reg_base\":65472",
    "null",
    "[]",
    "{}",
    "-1",
    "1e9",
    "4294967296",
    "\"\\ud800\"",
    "\n",
    ",",
];

impl Target for Protocol {
    fn name(&self) -> &'static str {
        "protocol"
    }

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
            let _ = protocol::parse_object::<Hello>(line);
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
            2 if !digits.is_empty() => input[*pick(rng, &digits)] = b'0' + rng.u8(..10),
            3 if !digits.is_empty() => {
                let start = *pick(rng, &digits);
                let length = input[start..].iter().take_while(|byte| numbers(byte)).count();
                let number = mutation::edgy(rng).to_string();
                input.splice(start..start + length, number.bytes());
            }
            _ => basic(input),
        }
    }

    fn seeds(&self, known: &Known) -> Vec<Vec<u8>> {
        let minivm = known.cases.iter().filter(|case| case.max_steps <= STEPS).map(|case| json!(case));
        let mut seeds = vec![line(&json!({"op": "hello", "protocol": protocol::VERSION}))];
        for (subject, case) in minivm
            .map(|case| (MiniVm::NAME, case))
            .chain(known.images.iter().map(|case| (hxe::Hxe::NAME, json!(case))))
        {
            let profile = pick(&mut Rng::with_seed(seeds.len() as u64), &Profile::ALL).name();
            seeds.push(line(
                &json!({"op": "run", "id": "1", "subject": subject, "profile": profile, "case": case}),
            ));
        }
        seeds
    }
}

fn line(message: &serde_json::Value) -> Vec<u8> {
    message.to_string().into_bytes()
}

/// Whether a reply is one to a request that was understood.
fn understood(reply: &str) -> Result<bool, Complaint> {
    if protocol::parse_object::<Hello>(reply).is_ok() {
        return Ok(true);
    }
    let parsed: Reply<'_> = protocol::parse_object(reply)
        .map_err(|error| Complaint::new("reply", "form", format!("{error}: {reply}")))?;
    let said = [parsed.outcome.is_some(), parsed.unsupported.is_some(), parsed.error.is_some()];
    let one = said.into_iter().filter(|&said| said).count() == 1;
    Complaint::unless(one, "reply", "members", || reply.to_owned())?;
    Ok(said[0] || said[1])
}
