//! What a subject promises by its traits and no type can check, tried on some of its cases before anything is run: what a
//! campaign comes to is worth nothing if a promise is broken.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

use crate::lane::VECTORS;
use crate::origin::Origin;
use crate::subject::{Generates, State, Subject, Value, profile_of, step_count};
use crate::suite::{Suite, Vector};

/// The seed and the number of the random cases that are tried.
const RANDOM: (u64, u64) = (1, 32);
/// How many vectors and how many cases of the sweep are tried, every so many-th.
const FEW: (usize, usize) = (64, 13);
/// Numbers of points are small and dense.
const POINTS: usize = 1 << 20;

/// Promises that are broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenContract {
    /// The subject.
    pub subject: &'static str,
    /// Each broken promise, once.
    pub promises: Vec<String>,
}

impl Display for BrokenContract {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let promises = self.promises.join("; ");
        write!(f, "subject {} does not keep what its traits promise: {promises}", self.subject)
    }
}

impl std::error::Error for BrokenContract {}

/// Tries what `S` promises.
///
/// # Errors
/// All promises that are found broken.
pub fn check<S: Subject>(suite: &Suite<S>) -> Result<(), BrokenContract> {
    let mut promises = profiles::<S>();
    promises.extend(topics::<S>());
    promises.extend(points::<S>());
    promises.extend(cases(suite));
    promises.extend(S::generates().and_then(draws));
    if promises.is_empty() { Ok(()) } else { Err(BrokenContract { subject: S::NAME, promises }) }
}

/// What is wrong with the names of the machines of a campaign: lanes and results tell machines apart by them.
pub(crate) fn names<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut known = BTreeSet::new();
    let mut wrong = Vec::new();
    for name in names {
        if name == VECTORS
            || name.is_empty()
            || name.contains(['~', '/'])
            || name.contains(char::is_whitespace)
        {
            wrong.push(format!("`{name}` cannot be the name of a machine"));
        } else if !known.insert(name) {
            wrong.push(format!("two machines are called `{name}`"));
        }
    }
    wrong
}

fn profiles<S: Subject>() -> Vec<String> {
    let mut known = BTreeSet::new();
    let twice = S::PROFILES.iter().filter(|profile| !known.insert(profile.name()));
    let mut wrong: Vec<String> =
        twice.map(|profile| format!("two profiles are called `{profile}`")).collect();
    let underived = S::PROFILES.iter().filter_map(|profile| Some((profile, profile.base()?)));
    wrong.extend(underived.filter_map(|(profile, base)| {
        let error = profile_of::<S>(base).err()?;
        Some(format!("profile `{profile}` is derived from one that there is not: {error}"))
    }));
    if S::PROFILES.is_empty() {
        wrong.push("it has no profile".into());
    }
    wrong
}

fn topics<S: Subject>() -> Vec<String> {
    let mut known = BTreeSet::new();
    let topics = S::all_topics();
    if topics.is_empty() {
        return vec!["it has no topic".into()];
    }
    topics
        .into_iter()
        .filter(|topic| !known.insert(*topic))
        .map(|topic| format!("`{topic}` is a topic twice"))
        .collect()
}

/// What is wrong with the points of the subject, in any profile.
fn points<S: Subject>() -> Vec<String> {
    let Some(watched) = S::watched() else { return Vec::new() };
    let groups = watched.groups();
    let mut wrong = BTreeSet::new();
    for &profile in S::PROFILES {
        let of_profile = watched.rows(profile);
        if of_profile.iter().all(|row| row.points.is_empty()) {
            wrong.insert(format!("no point is possible in profile `{profile}`"));
        }
        let (mut numbers, mut rows) = (BTreeSet::new(), BTreeSet::new());
        for row in of_profile {
            let topic = row.topic;
            if !rows.insert(topic) {
                wrong.insert(format!("two rows of points are called `{topic}`"));
            }
            let mut names = BTreeSet::new();
            for point in row.points {
                let name = format!("point `{}` of {topic}", point.name);
                if !numbers.insert(point.number) {
                    wrong.insert(format!("{name} has the number of another, {}", point.number));
                }
                if point.number >= POINTS {
                    wrong.insert(format!("{name} has the number {}, which is not small", point.number));
                }
                if !names.insert(point.name) {
                    wrong.insert(format!("{name} is there twice"));
                }
                if !groups.contains(&point.group) {
                    wrong.insert(format!("{name} stands in column `{}`, which is none", point.group));
                }
            }
        }
    }
    wrong.into_iter().collect()
}

/// What is wrong with some of the cases: one complaint of each kind.
fn cases<S: Subject>(suite: &Suite<S>) -> Vec<String> {
    let topics = S::all_topics();
    let mut wrong: Vec<Option<String>> = Vec::new();
    for (origin, case) in some(suite) {
        let found = case_of::<S>(&case, &topics);
        wrong.resize(found.len(), None);
        for (kept, found) in wrong.iter_mut().zip(found) {
            *kept = kept.take().or(found.map(|what| format!("{origin} {what}")));
        }
    }
    wrong.into_iter().flatten().collect()
}

/// Some vectors, some cases of the sweep, some random ones.
fn some<S: Subject>(suite: &Suite<S>) -> Vec<(Origin, S::Case)> {
    let vector = |it: &Vector<S>| (Origin::Vector { name: it.name.clone() }, it.case.clone());
    let vectors = suite.vectors.iter().map(vector).step_by(FEW.1).take(FEW.0);
    let Some(generates) = S::generates() else { return vectors.collect() };
    let sweep = (0..).zip(generates.sweep()).map(|(index, case)| (Origin::Sweep { index }, case));
    let (seed, number) = RANDOM;
    let draw = generates.random(seed);
    let random = (0..number).map(|index| {
        let (kind, case) = draw(index);
        (Origin::Random { index, kind: kind.into() }, case)
    });
    vectors.chain(sweep.step_by(FEW.1).take(FEW.0)).chain(random).collect()
}

/// What is wrong with a case, by kind.
fn case_of<S: Subject>(case: &S::Case, known: &[&'static str]) -> [Option<String>; 4] {
    let topics = S::topics(case);
    let stranger = topics.iter().find(|topic| !known.contains(topic));
    [
        S::check_case(case).err().map(|why| format!("breaks a limit of its format: {why}")),
        match stranger {
            Some(topic) => Some(format!("is about `{topic}`, which is no topic")),
            None if topics.is_empty() => Some("is about no topic".into()),
            None => None,
        },
        (step_count::<S>(case) == 0).then(|| "takes no step".into()),
        twice(&S::start(case)).map(|path| format!("starts from a state that has `{path}` twice")),
    ]
}

/// A path that a state has twice.
fn twice(state: &State) -> Option<String> {
    let mut known = BTreeSet::new();
    let plain = state.fields.iter().filter(|field| !matches!(field.value, Value::Bytes(_)));
    plain.map(|field| &field.path).find(|path| !known.insert(*path)).map(ToString::to_string)
}

/// What is wrong with how random cases are drawn.
fn draws<S: Subject>(generates: &dyn Generates<S>) -> Option<String> {
    let (seed, number) = RANDOM;
    let (one, other) = (generates.random(seed), generates.random(seed));
    let forwards: Vec<_> = (0..number).map(&one).collect();
    let backwards: Vec<_> = (0..number).rev().map(other).collect();
    let index = forwards.iter().zip(backwards.iter().rev()).position(|(one, other)| one != other);
    if let Some(index) = index {
        return Some(format!("random case {index} of seed {seed} depends on what was drawn before it"));
    }
    let is_one_case = forwards.windows(2).all(|pair| pair[0] == pair[1]);
    is_one_case.then(|| format!("the first {number} random cases of seed {seed} are all the same"))
}
