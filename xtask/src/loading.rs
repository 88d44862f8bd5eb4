//! Reading what the checkout at hand has of a subject.

use std::path::Path;

use oracle::ledger::Ledger;
use oracle::plan::Plan;
use oracle::project::Project;
use oracle::reading;
use oracle::subject::Subject;
use oracle::suite::{LEDGER_FILE, Suite, complaints};
use reports::isa::anchor;

use crate::failure::Failure;

/// The largest file that is read whole, in bytes; no image is a hundredth of it.
const LARGEST: u64 = 16 << 20;

/// The bytes of a file.
///
/// # Errors
/// It cannot be read, or is larger than 16 MiB.
pub fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    reading::bytes_up_to(LARGEST, file).map_err(|error| Failure::file(file, error))
}

/// The vectors of a subject; none if it has no written form.
///
/// # Errors
/// What is wrong with them.
pub fn suite<S: Subject>(project: &Project) -> Result<Suite<S>, Failure> {
    let folder = project.path(&format!("vectors/{}", S::NAME));
    match S::written() {
        Some(written) if folder.is_dir() => {
            written.load(&folder).map_err(|errors| Failure::usage(complaints(&errors)))
        }
        _ => Ok(Suite::default()),
    }
}

/// The divergence ledger of a subject.
///
/// # Errors
/// What is wrong with it.
pub fn ledger<S: Subject>(project: &Project) -> Result<Ledger, Failure> {
    Ledger::load(&project.subject(S::NAME).join(LEDGER_FILE)).map_err(Failure::usage)
}

/// The page of a subject's instruction set, where it has a topic: file and anchor. Nothing if it has none, or if none was
/// made.
pub fn page_of<S: Subject>(project: &Project, topic: &str) -> Option<String> {
    S::instruction_set()?;
    let file = project.path(&format!("vectors/{}/ISA.md", S::NAME));
    file.is_file().then(|| format!("{}#{}", file.display(), anchor(topic)))
}

/// What suite and ledger of a subject are now, for the cases of a plan.
///
/// # Errors
/// They cannot be read.
pub fn suite_now<S: Subject>(project: &Project, plan: &Plan) -> Result<reports::statement::Suite, Failure> {
    let suite = suite::<S>(project)?;
    let (rows, _) = ledger::<S>(project)?.check(&suite);
    Ok(reports::statement::Suite {
        subject: S::NAME.into(),
        hash: oracle::report::suite_report(&suite).hash,
        cases: plan.digest(&suite),
        ledger: reports::statement::ledger_hash(&rows, S::NAME),
    })
}
