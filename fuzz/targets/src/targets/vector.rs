//! Any YAML as a file of vectors: complaints have a place; what reads can be written and read again.

use std::path::Path;

use fastrand::Rng;
use oracle::Answer;
use oracle::machine::run_one;
use oracle::native::Native;
use vectors::hxe::Hxe;
use vectors::minivm::MiniVm;
use vectors::{Profile, Suite};

use crate::judge::Effort;
use crate::mutation::{self, pick};
use crate::target::{Complaint, Known, Target, Use};

struct VectorFile;

/// The target.
pub fn create(_: Effort) -> Box<dyn Target> {
    Box::new(VectorFile)
}

/// Lines of vectors.
const LINES: [&str; 24] = [
    "    code: ADC R1, R2, R3",
    "    code: \"LDI R1, 5\\nRET\"",
    "    hex: \"25000000\"",
    "    hex: \"48535845\"",
    "    given: {r2: 1, psw: ZC, sp: 0x10000}",
    "    given: {mem: {0xFFFF: \"00\"}, reg_base: 0x100}",
    "    expect: {r1: -1, psw: \"-\", stop: fault memory}",
    "    expect: {stop: svc 1 2, call_stack: [4]}",
    "    expect: accepted",
    "    expect: {error: bad_magic, offset: 1}",
    "    expect: {accepted: {header.entry: 4}}",
    "    image: {code: RET, version: 2, sections: [{kind: 1, count: 1, hex: \"00\"}]}",
    "    patch: {0: \"00\", 0x1C: \"ffff\"}",
    "    strict: {psw: V}",
    "    reference: {r1: 0}",
    "    document: {r1: 0}",
    "    only: strict",
    "    steps: 2",
    "    chunks: [1, 2]",
    "    cut: 3",
    "    append: \"00\"",
    "    sealed: false",
    "    note: [",
    "    program: missing.mvasm",
];

/// Steps that a vector is run for, to have an outcome that it can be written with.
const STEPS: u32 = 500;

impl Target for VectorFile {
    fn name(&self) -> &'static str {
        "vector"
    }

    fn useful_means(&self) -> &'static str {
        "it is a file of vectors"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        let text = String::from_utf8_lossy(input);
        let minivm = check::<MiniVm>(&text)?;
        let hxe = check::<Hxe>(&text)?;
        Ok(Use::from(minivm || hxe))
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        let text = String::from_utf8_lossy(input).into_owned();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let at = rng.usize(..=lines.len());
        match rng.u8(..8) {
            0 => return basic(input),
            1 if at < lines.len() => {
                lines.remove(at);
            }
            2 if at < lines.len() => lines[at] = (*pick(rng, &LINES)).to_owned(),
            3..=6 if at < lines.len() => {
                let digits = |c: char| c.is_ascii_digit();
                let value = mutation::edgy(rng);
                if let Some(start) = lines[at].rfind(digits) {
                    let digit = value.to_string();
                    let digit = if rng.bool() { &digit[..1] } else { &digit };
                    lines[at].replace_range(start..=start, digit);
                }
            }
            _ => lines.insert(at, (*pick(rng, &LINES)).to_owned()),
        }
        *input = lines.join("\n").into_bytes();
    }

    fn seeds(&self, known: &Known) -> Vec<Vec<u8>> {
        known.vector_files.iter().flat_map(|text| single_vectors(text)).map(String::into_bytes).collect()
    }
}

/// Every vector of a file as a file of its own.
fn single_vectors(text: &str) -> Vec<String> {
    const START: &str = "\n  - name: ";
    let entries = text.split(START).skip(1);
    let file = |entry: &str| {
        let rule = entry.lines().find_map(|line| line.trim_start().strip_prefix("rule: "))?;
        Some(format!("rules:\n  {rule}: It holds.\nvectors:{START}{entry}"))
    };
    entries.filter_map(file).collect()
}

/// Whether the text is a file of vectors of subject `S`.
fn check<S: Native>(text: &str) -> Result<bool, Complaint> {
    let file = Path::new("input.yaml");
    let suite = match Suite::<S>::of_text(text, file) {
        Ok(suite) => suite,
        Err(errors) => {
            for error in &errors {
                let shown = error.to_string();
                let line = error.place.line;
                // Lines as YAML counts them; where the text ends there may be one more.
                let lines = text.split(['\n', '\r']).count() + 1;
                Complaint::unless(line <= lines && !error.message.is_empty(), "complaint", "place", || {
                    shown
                })?;
            }
            return Complaint::unless(!errors.is_empty(), "complaint", "missing", String::new)
                .map(|()| false);
        }
    };
    for vector in &suite.vectors {
        for profile in vector.expected.iter().map(|expectation| expectation.profile) {
            check_writing::<S>(&vector.case, profile)?;
        }
    }
    Ok(!suite.vectors.is_empty())
}

/// A case, written with what comes out of it, reads as the same case, and what comes out is what it expects.
fn check_writing<S: Native>(case: &S::Case, profile: Profile) -> Result<(), Complaint> {
    if S::steps(case) > STEPS {
        return Ok(());
    }
    let Answer::Outcome(outcome) = run_one::<S>(&mut *S::machine(), profile, case) else { return Ok(()) };
    let text = S::write_vector("written", "a \"note\"", case, profile, &outcome);
    let read = Suite::<S>::of_text(&text, Path::new("written.yaml")).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Complaint::new("written", "unreadable", format!("{}\n{text}", errors.join("\n")))
    })?;
    let Some(vector) = read.vectors.first() else { return Err(Complaint::new("written", "nothing", text)) };
    let expected = vector.expected_in(profile, &outcome);
    let agrees = expected.is_some_and(|expected| S::compare(&expected, &outcome).is_empty());
    Complaint::unless(agrees, "written", "expectation", || text.clone())?;
    let again = run_one::<S>(&mut *S::machine(), profile, &vector.case);
    Complaint::unless(again == Answer::Outcome(outcome), "written", "case", || text)
}
