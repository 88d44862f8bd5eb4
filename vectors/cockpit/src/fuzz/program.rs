//! Any words as a program: their text assembles to them again, no rule of outcomes is broken, and the model agrees.
//!
//! The first byte of an input chooses the profile and how much of a stack there is; the rest are instructions.

use cockpit::asm;
use cockpit::disasm::Disassembly;
use oracle::fuzz::{Bench, Complaint, FuzzedCase, Judge, Rng, Target, Use};
use oracle::project::Project;
use oracle::subject::{Cases, Profile};

use crate::case::Case;
use crate::cases::Cockpit;
use crate::native::execute;
use crate::outcome::Outcome;
use crate::profile::{HEAD, PLAN};
use crate::random;

/// Instructions of an input that are run; the rest is left out.
const MAX_WORDS: usize = 200;
/// Steps that make a program.
const PROGRAM: u32 = 3;

struct Programs {
    judge: Judge<Cockpit>,
}

/// The target.
pub fn create(bench: &Bench) -> Box<dyn Target> {
    Box::new(Programs { judge: Judge::new(bench, 16) })
}

impl Target for Programs {
    fn useful_means(&self) -> &'static str {
        "three instructions or more complete"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        let (profile, case) = decode(input);
        check_text(&case)?;
        let outcome = outcome(profile, &case);
        if let Err(rule) = Cockpit::check_outcome(&case, &outcome) {
            return Err(Complaint::new("outcome", "rule", rule));
        }
        if self.judge.is_due() {
            self.judge.compare(profile, &case)?;
        }
        Ok(Use::from(outcome.steps >= PROGRAM))
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        let words = input.len().saturating_sub(1) / 4;
        if words == 0 || rng.u8(..4) == 0 {
            return basic(input);
        }
        // Another opcode, or a nearer immediate, in its place.
        let at = 1 + 4 * rng.usize(..words);
        if rng.bool() {
            input[at] = cockpit::Opcode::ALL[rng.usize(..cockpit::Opcode::ALL.len())] as u8;
        } else {
            input[at + 2] = rng.u8(..20);
            input[at + 3] = 0;
        }
    }

    fn seeds(&self, _: &Project) -> Result<Vec<Vec<u8>>, String> {
        let programs = (0..64).map(|index| random::case(1, 4 * index).1);
        // In plan, with as many cells as there can be.
        Ok(programs.map(|case| [&[0x0F][..], &case.code].concat()).collect())
    }

    fn cases(&self, input: &[u8]) -> Vec<FuzzedCase> {
        let (profile, case) = decode(input);
        vec![FuzzedCase::of::<Cockpit>(profile, &case)]
    }

    fn describe(&self, input: &[u8]) -> String {
        Cockpit::listing(&decode(input).1)
    }
}

/// The case that an input stands for, and the profile in which it runs.
fn decode(input: &[u8]) -> (Profile, Case) {
    let (&choice, rest) = input.split_first().unwrap_or((&0, &[]));
    let words = &rest.as_chunks::<4>().0;
    let code = words[..words.len().min(MAX_WORDS)].as_flattened().to_vec();
    let case = Case {
        code,
        max_steps: 400,
        stack: (0..i32::from(choice >> 1 & 7)).map(|cell| cell - 1).collect(),
        // Programs create those before it.
        arrays: vec![(2, vec![5, -6, 7])],
        strings: vec!["n".into(), "%d %x".into()],
        pins: vec![(0, 1), (1, 1)],
        digital: vec![(1, 1)],
        ..Case::default()
    };
    (if choice & 1 == 0 { HEAD } else { PLAN }, case)
}

fn outcome(profile: Profile, case: &Case) -> Outcome {
    if profile == PLAN { execute(cockpit::Plan, case) } else { execute(cockpit::Head, case) }
}

/// The text of the words assembles to them.
fn check_text(case: &Case) -> Result<(), Complaint> {
    let text: String = case.words().iter().map(|&word| format!("{}\n", Disassembly(word))).collect();
    match asm::assemble(&text) {
        Ok(source) => Complaint::unless(source.code == case.words(), "text", "words", || {
            format!("{:02x?} becomes {:02x?}", case.words(), source.code)
        }),
        Err(error) => Err(Complaint::new("text", "assembles", format!("{text}: {error}"))),
    }
}
