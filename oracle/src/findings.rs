//! From differences to findings: grouped by what they look like, one of each group explained and written as a vector.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use vectors::{Profile, Subject, Suite};

use crate::campaign::{Campaign, Event, Listener, Sides};
use crate::explain::{answers, first_difference, shrink};
use crate::machine::{Answer, Machine, run_one};
use crate::native::Native;
use crate::plan::{Order, Planned, order};
use crate::report::{Blame, EXPLAINED, Finding, InProgram, SEARCHED_PROGRAMS, Traces, file_name};
use crate::traces::traces;

/// A case whose two answers need an explanation.
#[derive(Clone)]
pub(crate) struct Suspect<S: Subject> {
    pub lane: usize,
    /// Of the machine, of the oracle.
    pub profiles: (Profile, Profile),
    pub planned: Planned<S>,
    pub expected: Answer<S::Outcome>,
    pub got: Answer<S::Outcome>,
}

/// What a difference looks like: lane, topic, and the fields or the failure.
type Look = (usize, &'static str, String);

/// The cases of a look.
struct Alike<S: Subject> {
    count: u64,
    /// Those that are programs, searched for the step that differs.
    programs: Vec<String>,
    /// The first case, by [`order`]; a program only where there is nothing else.
    first: Suspect<S>,
    /// The first program, and its step that differs.
    program: Option<(Suspect<S>, u32)>,
}

/// All differences of a campaign, as far as they are kept.
pub(crate) struct Suspects<S: Subject> {
    looks: BTreeMap<Look, Alike<S>>,
    /// Differing programs by lane: how many, and the first of them.
    programs: BTreeMap<usize, (u64, Vec<Suspect<S>>)>,
}

impl<S: Subject> Default for Suspects<S> {
    fn default() -> Self {
        Suspects { looks: BTreeMap::new(), programs: BTreeMap::new() }
    }
}

impl<S: Native> Suspects<S> {
    pub(crate) fn add(&mut self, suspect: Suspect<S>) {
        if suspect.is_program() && suspect.is_comparable() {
            let (count, kept) = self.programs.entry(suspect.lane).or_default();
            *count += 1;
            let later = |known: &Suspect<S>| order(&known.planned.id) > order(&suspect.planned.id);
            let at = kept.iter().position(later).unwrap_or(kept.len());
            if at < SEARCHED_PROGRAMS {
                kept.insert(at, suspect);
                kept.truncate(SEARCHED_PROGRAMS);
            }
        } else {
            let look = suspect.look();
            self.add_alike(look, suspect, None);
        }
    }

    /// `step`: the one that differs, of a program. Programs are added after all others, in their order.
    fn add_alike(&mut self, look: Look, suspect: Suspect<S>, step: Option<u32>) {
        let program = step.map(|step| (suspect.clone(), step));
        let id = suspect.planned.id.clone();
        let alike = match self.looks.entry(look) {
            Entry::Vacant(vacant) => {
                vacant.insert(Alike { count: 0, programs: Vec::new(), first: suspect, program: None })
            }
            Entry::Occupied(occupied) => {
                let alike = occupied.into_mut();
                if step.is_none() && order(&id) < order(&alike.first.planned.id) {
                    alike.first = suspect;
                }
                alike
            }
        };
        alike.count += 1;
        if program.is_some() {
            alike.programs.push(id);
            alike.program = alike.program.take().or(program);
        }
    }

    /// Differing programs, by lane.
    pub(crate) fn programs(&self, lanes: usize) -> Vec<u64> {
        (0..lanes).map(|lane| self.programs.get(&lane).map_or(0, |(count, _)| *count)).collect()
    }

    /// Explains the first case of each look, of as many as are explained before `interrupt` is set.
    pub(crate) fn explain(
        mut self,
        suite: &Suite<S>,
        campaign: &mut Campaign<'_, S>,
        sides: &[Sides],
        interrupt: &AtomicBool,
        listener: &mut Listener<'_>,
    ) -> Vec<Finding> {
        let goes_on = || !interrupt.load(Ordering::Relaxed);
        self.search_programs(campaign, sides, &goes_on);
        let mut of_lanes: BTreeMap<usize, Vec<(Look, Alike<S>)>> = BTreeMap::new();
        for (look, alike) in self.looks {
            of_lanes.entry(look.0).or_default().push((look, alike));
        }
        let mut findings = Vec::new();
        for (lane, mut looks) in of_lanes {
            looks.sort_by(|(_, a), (_, b)| a.position().cmp(&b.position()));
            let mut explainer = Explainer { suite, campaign, sides: &sides[lane] };
            let mut of_lane = Vec::new();
            for (position, (look, alike)) in looks.into_iter().enumerate() {
                let mut finding = explainer.counted(look, &alike);
                let program = alike.program.as_ref().filter(|_| goes_on());
                finding.in_program = program.and_then(|(program, step)| {
                    let case = program.planned.id.clone();
                    let traces = explainer.traces(program, *step, &program.planned.case)?;
                    Some(InProgram { case, step: *step, traces })
                });
                if position < EXPLAINED && goes_on() {
                    explainer.explain(&mut finding, &alike.first);
                    listener(&Event::Finding(&finding));
                }
                of_lane.push(finding);
            }
            findings.extend(Finding::in_order(of_lane));
        }
        findings
    }

    /// Adds the first differing step of each program, which has a look.
    fn search_programs(
        &mut self,
        campaign: &mut Campaign<'_, S>,
        sides: &[Sides],
        goes_on: &dyn Fn() -> bool,
    ) {
        for (lane, (_, suspects)) in std::mem::take(&mut self.programs) {
            let Sides { machine, oracle: Some(oracle), .. } = sides[lane] else { continue };
            for suspect in suspects.into_iter().take_while(|_| goes_on()) {
                let (machine_profile, oracle_profile) = suspect.profiles;
                let located = first_difference::<S>(&suspect.planned.case, &mut |case| {
                    let expected = run_one(&mut *campaign.machines[oracle], oracle_profile, case);
                    let got = run_one(&mut *campaign.machines[machine], machine_profile, case);
                    outcomes(expected, got)
                });
                let step = located.as_ref().map_or(1, |located| located.step);
                let look = match located.and_then(|located| located.alone) {
                    Some(alone) => Suspect {
                        expected: run_one(&mut *campaign.machines[oracle], oracle_profile, &alone),
                        got: run_one(&mut *campaign.machines[machine], machine_profile, &alone),
                        planned: Planned { id: String::new(), case: alone, vector: None },
                        ..suspect
                    }
                    .look(),
                    None => suspect.look(),
                };
                self.add_alike(look, suspect, Some(step));
            }
        }
    }
}

impl<S: Subject> Alike<S> {
    fn position(&self) -> (bool, Order<'_>) {
        let id = &self.first.planned.id;
        (self.programs.contains(id), order(id))
    }
}

impl<S: Subject> Suspect<S> {
    fn look(&self) -> Look {
        (self.lane, S::topics(&self.planned.case)[0], self.aspect())
    }

    fn is_program(&self) -> bool {
        S::steps(&self.planned.case) > 1 && self.planned.vector.is_none()
    }

    fn is_comparable(&self) -> bool {
        matches!((&self.expected, &self.got), (Answer::Outcome(_), Answer::Outcome(_)))
    }

    /// The fields that differ, or how it failed.
    fn aspect(&self) -> String {
        match (&self.expected, &self.got) {
            (Answer::Outcome(expected), Answer::Outcome(got)) => {
                let mut fields: Vec<_> =
                    S::compare(expected, got).iter().map(|difference| general(&difference.field)).collect();
                fields.dedup();
                fields.join(" ")
            }
            _ => self.failure().unwrap_or_default().chars().filter(|c| !c.is_ascii_digit()).collect(),
        }
    }

    fn failure(&self) -> Option<String> {
        match (&self.expected, &self.got) {
            (Answer::Broken(why), _) | (Answer::Outcome(_), Answer::Broken(why)) => Some(why.clone()),
            _ => None,
        }
    }
}

/// A field without what makes it one of many: an index, or the number of a register. A bug seldom is in one of them.
fn general(field: &str) -> String {
    let field = field.split('[').next().unwrap_or(field);
    match field.strip_prefix('r') {
        Some(number) if number.parse::<u8>().is_ok() => "r*".into(),
        _ => field.to_owned(),
    }
}

/// A case made small, both answers to it, and the step of the original at which the difference was.
struct Smallest<S: Subject> {
    case: S::Case,
    expected: Answer<S::Outcome>,
    got: Answer<S::Outcome>,
    step: Option<u32>,
}

struct Explainer<'a, 'c, S: Native> {
    suite: &'a Suite<S>,
    campaign: &'a mut Campaign<'c, S>,
    sides: &'a Sides,
}

impl<S: Native> Explainer<'_, '_, S> {
    /// What is known of a look without explaining it.
    fn counted(&self, (lane, topic, aspect): Look, alike: &Alike<S>) -> Finding {
        let oracle_failed = matches!(alike.first.expected, Answer::Broken(_));
        Finding {
            lane: self.campaign.lanes[lane].to_string(),
            subject: S::NAME.into(),
            profile: alike.first.profiles.0,
            blame: if oracle_failed { Blame::Oracle } else { Blame::Machine },
            topic: topic.into(),
            aspect,
            count: alike.count,
            programs: alike.programs.clone(),
            case: alike.first.planned.id.clone(),
            ..Finding::default()
        }
    }

    fn explain(&mut self, finding: &mut Finding, suspect: &Suspect<S>) {
        let (machine_profile, oracle_profile) = suspect.profiles;
        let Smallest { case, expected, got, step } = self.smallest(suspect);
        if let (Answer::Outcome(expected), Answer::Outcome(got)) = (&expected, &got) {
            finding.differences = S::compare(expected, got);
            if machine_profile == oracle_profile {
                let other =
                    if oracle_profile == Profile::Strict { Profile::Reference } else { Profile::Strict };
                let rows = S::explain(&case, oracle_profile, expected, other, got);
                finding.resembles = rows.map(|rows| rows.join("+"));
            }
        }
        self.keep(finding, suspect, &case, &expected);
        finding.explained = true;
        finding.failure = suspect.failure();
        finding.step = step;
        finding.listing = S::listing(&case);
        finding.before = S::starting_fields(&case);
        finding.expected = fields::<S>(&expected);
        finding.got = fields::<S>(&got);
        finding.traces = self.traces(suspect, S::steps(&case), &case);
    }

    /// Both sides around a step of `case`, which `suspect` has come to.
    fn traces(&mut self, suspect: &Suspect<S>, step: u32, case: &S::Case) -> Option<Traces> {
        if !suspect.is_comparable() {
            return None;
        }
        let machines = &mut self.campaign.machines;
        let oracle = self.sides.oracle.map(|oracle| (oracle, suspect.profiles.1));
        let mut run =
            |(machine, profile): (usize, Profile), cases: &[S::Case]| machines[machine].run(profile, cases);
        let machine = (self.sides.machine, suspect.profiles.0);
        Some(traces::<S>(case, step, &mut |cases| {
            (oracle.map(|oracle| run(oracle, cases)).unwrap_or_default(), run(machine, cases))
        }))
    }

    /// The smallest case that shows the same difference.
    fn smallest(&mut self, suspect: &Suspect<S>) -> Smallest<S> {
        let original = suspect.planned.case.clone();
        let as_it_was = |step| Smallest {
            case: original.clone(),
            expected: suspect.expected.clone(),
            got: suspect.got.clone(),
            step,
        };
        let (&Sides { machine, oracle: Some(oracle), .. }, true) = (self.sides, suspect.is_comparable())
        else {
            return as_it_was(None);
        };
        let (machine_profile, oracle_profile) = suspect.profiles;
        let machines = &mut self.campaign.machines;
        let mut both = |cases: &[S::Case]| {
            let (oracle, machine) = two(machines, oracle, machine);
            answers::<S>((oracle, oracle_profile), (machine, machine_profile), cases)
        };
        let located = first_difference::<S>(&original, &mut |case| {
            let (expected, got) = both(std::slice::from_ref(case)).pop()?;
            outcomes(expected, got)
        });
        // A machine that does not repeat itself: nothing can be said beyond what was seen.
        let Some(located) = located else { return as_it_was(None) };
        let start = located.alone.unwrap_or(located.case);
        let topic = S::topics(&start)[0];
        let case = shrink::<S>(start, &mut |batch| {
            both(batch).into_iter().zip(batch).position(|((expected, got), case)| {
                S::topics(case)[0] == topic
                    && outcomes(expected, got)
                        .is_some_and(|(expected, got)| !S::compare(&expected, &got).is_empty())
            })
        });
        match both(std::slice::from_ref(&case)).pop() {
            Some((expected, got)) => Smallest { case, expected, got, step: Some(located.step) },
            None => as_it_was(Some(located.step)),
        }
    }

    /// Writes the case as a vector, if it is none yet, and says how to replay it.
    fn keep(
        &mut self,
        finding: &mut Finding,
        suspect: &Suspect<S>,
        case: &S::Case,
        expected: &Answer<S::Outcome>,
    ) {
        if let (Some(vector), None) = (suspect.planned.vector, self.sides.oracle) {
            let vector = &self.suite.vectors[vector];
            finding.file = crate::suite::place(vector);
            finding.replay = self.replay(&format!("{} {}", vector.place.file.display(), vector.name));
            return;
        }
        // Where the oracle has no outcome, the file says what the machine has: it is there to be replayed.
        let outcome = [expected, &suspect.got].into_iter().find_map(|answer| match answer {
            Answer::Outcome(outcome) => Some(outcome),
            _ => None,
        });
        let Some(outcome) = outcome else { return };
        let content = serde_json::to_vec(case).unwrap_or_default();
        let name = file_name(&format!("{}-{}-{}", S::NAME, finding.lane, finding.topic), &content);
        let Finding { lane, case: id, .. } = &*finding;
        let note = format!("Found by lane {lane}, case {id}, seed {}.", self.campaign.plan.seed);
        finding.vector = S::write_vector(&name, &note, case, suspect.profiles.0, outcome);
        let folder = self.campaign.failures.clone();
        let path = folder.join(format!("{name}.yaml"));
        if let Err(error) = write(&path, &finding.vector) {
            self.campaign.warnings.push(format!("{}: {error}", path.display()));
        }
        let in_result = path.strip_prefix(folder.parent().unwrap_or(&folder)).unwrap_or(&path);
        finding.file = in_result.display().to_string();
        finding.replay = self.replay(&finding.file);
    }

    fn replay(&self, what: &str) -> String {
        format!("cargo xtask replay {what}{}", self.campaign.replay_options)
    }
}

fn outcomes<O>(expected: Answer<O>, got: Answer<O>) -> Option<(O, O)> {
    match (expected, got) {
        (Answer::Outcome(expected), Answer::Outcome(got)) => Some((expected, got)),
        _ => None,
    }
}

fn fields<S: Subject>(answer: &Answer<S::Outcome>) -> Vec<(String, String)> {
    match answer {
        Answer::Outcome(outcome) => S::fields(outcome),
        _ => Vec::new(),
    }
}

/// Two machines of the list.
fn two<S: Subject>(
    machines: &mut [Box<dyn Machine<S>>],
    first: usize,
    second: usize,
) -> (&mut dyn Machine<S>, &mut dyn Machine<S>) {
    let [first, second] = machines.get_disjoint_mut([first, second]).expect("a lane has two machines");
    (&mut **first, &mut **second)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}
