//! What a subject costs on a chip.

use hil::budget;
use hil::firmware::{Content, Firmware};
use hil::session::Session;
use hil::target::{self, counting};
use oracle::project::Project;
use oracle::report::Measurement;
use oracle::subject::Subject;

use crate::failure::Failure;
use crate::loading;
use crate::target::target_folder;

/// What a subject costs; nothing if it is on no chip, or if nothing is measured of it.
pub fn measure<S: Subject>(
    firmware: &Firmware,
    session: &mut Session,
    project: &Project,
) -> Result<Vec<Measurement>, Failure> {
    if !is_measured::<S>() {
        return Ok(Vec::new());
    }
    let suite = loading::suite::<S>(project)?;
    let alone = budget::measure_alone::<S>(project, &target_folder(project));
    let among = match target::content::<S>() {
        Content::Shared => budget::measure::<S>(firmware, session, &suite.vectors),
        content => counting(project, content, &target_folder(project)).and_then(|(firmware, mut session)| {
            budget::measure::<S>(&firmware, &mut session, &suite.vectors)
        }),
    };
    let apart = budget::measure_apart::<S>(project, &target_folder(project), &suite.vectors);
    let found: Result<Vec<_>, String> = [alone, among, apart].into_iter().collect();
    Ok(found.map_err(Failure::undetermined)?.concat())
}

/// The same for people.
pub fn table<S: Subject>(measurements: &[Measurement], compiler: &str) -> String {
    if is_measured::<S>() { budget::table::<S>(measurements, compiler) } else { String::new() }
}

fn is_measured<S: Subject>() -> bool {
    S::on_chip().is_some_and(|on_chip| on_chip.budget().is_some())
}
