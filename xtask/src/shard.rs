//! Which part of a campaign this process runs: said, or read from the environment of what has started it.

use std::fmt::{self, Display, Formatter};

use crate::values;

/// A part of a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Part `.0` of `.1`.
    pub part: (u64, u64),
    /// The variables that say so; absent if the command line does.
    found_in: Option<String>,
}

/// What starts a process many times, and tells each which one it is.
struct Runner {
    index: &'static str,
    /// The index of the first.
    first: u64,
    /// Absent if it does not tell how many there are.
    count: Option<&'static str>,
}

/// GitLab and Buildkite count by their parallel jobs, Slurm by its arrays, Kubernetes by its Indexed Jobs.
const RUNNERS: [Runner; 4] = [
    Runner { index: "CI_NODE_INDEX", first: 1, count: Some("CI_NODE_TOTAL") },
    Runner { index: "BUILDKITE_PARALLEL_JOB", first: 0, count: Some("BUILDKITE_PARALLEL_JOB_COUNT") },
    Runner { index: "SLURM_ARRAY_TASK_ID", first: 1, count: Some("SLURM_ARRAY_TASK_COUNT") },
    Runner { index: "JOB_COMPLETION_INDEX", first: 0, count: None },
];

/// Reads `I/N`, `auto`, or `auto/N` if N is not in the environment or only some of the N run.
///
/// # Errors
/// It is none of these, or the environment does not say which part this is.
pub fn shard(text: &str) -> Result<Shard, String> {
    read(text, &|name| std::env::var(name).ok())
}

fn read(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Shard, String> {
    let given = match text.strip_prefix("auto") {
        None => return Ok(Shard { part: values::shard(text)?, found_in: None }),
        Some("") => None,
        Some(of) => Some(of.strip_prefix('/').ok_or("I/N, auto or auto/N is wanted")?),
    };
    let is_there = |runner: &&Runner| variable(runner.index).is_some();
    let runner = RUNNERS.iter().find(is_there).ok_or_else(|| {
        let known: Vec<&str> = RUNNERS.iter().map(|runner| runner.index).collect();
        format!("none of {} is set", known.join(", "))
    })?;
    let index = variable(runner.index).unwrap_or_default();
    let mut found_in = format!("{}={index}", runner.index);
    let of = match (given, runner.count) {
        (Some(of), _) => of.to_owned(),
        (None, None) => return Err(format!("{found_in} says no count: give auto/N")),
        (None, Some(count)) => {
            let of = variable(count).ok_or_else(|| format!("{found_in} without {count}: give auto/N"))?;
            found_in += &format!(" {count}={of}");
            of
        }
    };
    let part = index.parse::<u64>().ok().and_then(|index| index.checked_add(1)?.checked_sub(runner.first));
    let part = part
        .filter(|part| *part > 0)
        .ok_or_else(|| format!("{found_in} is no index from {}", runner.first))?;
    // An array of which only some tasks run has fewer tasks than their highest index.
    let part = values::shard(&format!("{part}/{of}")).map_err(|why| format!("{found_in}: {why}"))?;
    Ok(Shard { part, found_in: Some(found_in) })
}

impl Shard {
    /// Says on stderr which part it is, if the command line does not.
    pub fn tell(&self) {
        if let Some(found_in) = &self.found_in {
            reports::note(&format!("shard {self}, by {found_in}"));
        }
    }
}

impl Display for Shard {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part.0, self.part.1)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn found(text: &str, variables: &[(&str, &str)]) -> Result<Shard, String> {
        read(text, &|name| variables.iter().find(|(of, _)| *of == name).map(|(_, value)| value.to_string()))
    }

    #[rstest]
    #[case::said("2/3", &[("CI_NODE_INDEX", "1")], (2, 3))]
    #[case::gitlab("auto", &[("CI_NODE_INDEX", "3"), ("CI_NODE_TOTAL", "8")], (3, 8))]
    #[case::buildkite("auto", &[("BUILDKITE_PARALLEL_JOB", "0"), ("BUILDKITE_PARALLEL_JOB_COUNT", "5")], (1, 5))]
    #[case::slurm("auto", &[("SLURM_ARRAY_TASK_ID", "8"), ("SLURM_ARRAY_TASK_COUNT", "8")], (8, 8))]
    #[case::some_tasks_of_an_array("auto/8", &[("SLURM_ARRAY_TASK_ID", "6"), ("SLURM_ARRAY_TASK_COUNT", "2")], (6, 8))]
    #[case::kubernetes("auto/4", &[("JOB_COMPLETION_INDEX", "3")], (4, 4))]
    fn a_part_is_found(#[case] text: &str, #[case] variables: &[(&str, &str)], #[case] expected: (u64, u64)) {
        let found = found(text, variables).unwrap();
        assert_eq!(found.part, expected);
        assert_eq!(found.found_in.is_some(), text.starts_with("auto"));
    }

    #[rstest]
    #[case::nothing("auto", &[], "none of CI_NODE_INDEX")]
    #[case::no_count("auto", &[("JOB_COMPLETION_INDEX", "3")], "give auto/N")]
    #[case::count_is_not_there("auto", &[("CI_NODE_INDEX", "3")], "CI_NODE_INDEX=3 without CI_NODE_TOTAL")]
    #[case::only_some_tasks("auto", &[("SLURM_ARRAY_TASK_ID", "6"), ("SLURM_ARRAY_TASK_COUNT", "2")], "1 <= I <= N")]
    #[case::before_the_first("auto/3", &[("SLURM_ARRAY_TASK_ID", "0")], "no index from 1")]
    #[case::no_number("auto/3", &[("CI_NODE_INDEX", "x")], "no index from 1")]
    #[case::highest("auto/3", &[("JOB_COMPLETION_INDEX", "18446744073709551615")], "no index from 0")]
    #[case::behind_the_last("auto/3", &[("JOB_COMPLETION_INDEX", "3")], "1 <= I <= N")]
    #[case::another_word("automatic", &[("CI_NODE_INDEX", "1")], "auto/N is wanted")]
    fn what_the_environment_does_not_say_is_told(
        #[case] text: &str,
        #[case] variables: &[(&str, &str)],
        #[case] why: &str,
    ) {
        let told = found(text, variables).unwrap_err();
        assert!(told.contains(why), "{told}");
    }
}
