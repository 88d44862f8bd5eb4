//! Shards that take the same time, by what an earlier run has taken.

use std::path::Path;

use oracle::partition::Partition;
use reports::stored;

use crate::failure::Failure;
use crate::subject::Part;

/// Splits the cases of all subjects into `of` parts, by what a case of each has taken in a stored result.
///
/// # Errors
/// The result cannot be read, or says nothing of a subject that has cases.
pub fn partition(result: &Path, of: u64, parts: &[Part<'_>]) -> Result<Partition, Failure> {
    let spent = stored::read(result).map_err(Failure::usage)?.report.spent;
    let seconds = |part: &Part<'_>| {
        let of_a_case = spent.get(part.subject).and_then(|spent| spent.of_a_case());
        match (part.prepared.cases(), of_a_case) {
            (0, _) => Ok((part.subject, 0.0)),
            (cases, Some(of_a_case)) => Ok((part.subject, of_a_case * cases as f64)),
            (_, None) => Err(unknown(result, part.subject)),
        }
    };
    let seconds = parts.iter().map(seconds).collect::<Result<Vec<_>, _>>()?;
    Ok(Partition::weighted(of, &seconds))
}

fn unknown(result: &Path, subject: &str) -> Failure {
    let file = result.display();
    Failure::usage(format!(
        "{file}: what a case of {subject} takes is not said there: name a result that has run it"
    ))
}
