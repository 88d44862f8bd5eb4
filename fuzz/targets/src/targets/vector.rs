//! Any YAML as a file of vectors of any subject: complaints have a place; what reads can be written and read again.

use oracle::fuzz::mutation::edgy;
use oracle::fuzz::{Bench, Complaint, Rng, Target, Use};
use oracle::project::Project;
use oracle::random::pick;

use crate::subject::{Subjects, TextBody};

struct VectorFile {
    bodies: Vec<Box<dyn TextBody>>,
    /// Lines of vectors, which mutation puts in.
    lines: Vec<String>,
}

/// The target of these subjects.
pub fn create(subjects: Subjects<'_>, bench: &Bench) -> Box<dyn Target> {
    let bodies: Vec<_> = subjects.iter().map(|subject| subject.texts(bench)).collect();
    let files = bench.project.iter().flat_map(|project| bodies.iter().map(|body| body.files(project)));
    let texts = files.flat_map(Result::unwrap_or_default);
    let mut lines: Vec<String> =
        texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    lines.sort();
    lines.dedup();
    Box::new(VectorFile { bodies, lines })
}

impl Target for VectorFile {
    fn useful_means(&self) -> &'static str {
        "it is a file of vectors"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        let text = String::from_utf8_lossy(input);
        let mut useful = false;
        for body in &mut self.bodies {
            useful |= body.check(&text)?;
        }
        Ok(Use::from(useful))
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
            2 if at < lines.len() && !self.lines.is_empty() => lines[at] = pick(rng, &self.lines),
            3..=6 if at < lines.len() => {
                let digit = lines[at].rfind(|c: char| c.is_ascii_digit());
                let value = edgy(rng).to_string();
                if let Some(start) = digit {
                    let value = if rng.bool() { &value[..1] } else { &value };
                    lines[at].replace_range(start..=start, value);
                }
            }
            _ if !self.lines.is_empty() => lines.insert(at, pick(rng, &self.lines)),
            _ => return basic(input),
        }
        *input = lines.join("\n").into_bytes();
    }

    fn seeds(&self, project: &Project) -> Result<Vec<Vec<u8>>, String> {
        let mut seeds = Vec::new();
        for body in &self.bodies {
            let files = body.files(project)?;
            seeds.extend(files.iter().flat_map(|text| single_vectors(text)).map(String::into_bytes));
        }
        Ok(seeds)
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
