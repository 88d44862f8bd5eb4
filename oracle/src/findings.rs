//! From differences to findings: grouped by what they look like, one of each group explained and written as a vector.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crc::{CRC_32_ISO_HDLC, Crc};
use vectors::{Profile, Subject, Suite};

use crate::campaign::{Campaign, Event, Listener, Sides};
use crate::explain::{answers, first_difference, shrink};
use crate::machine::{Answer, Machine, run_one};
use crate::native::Native;
use crate::plan::Planned;
use crate::report::{Blame, Finding};

/// Differences kept of each look; the others are counted.
const KEPT_OF_A_LOOK: usize = 2;
/// Cases of many steps that are searched for their first difference, a lane.
const SEARCHED_PROGRAMS: usize = 40;
/// Groups that are explained, a lane.
const EXPLAINED: usize = 12;

/// A case whose two answers need an explanation.
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

/// All differences of a campaign, as far as they are kept.
pub(crate) struct Suspects<S: Subject> {
    looks: BTreeMap<Look, (u64, Vec<Suspect<S>>)>,
}

impl<S: Subject> Default for Suspects<S> {
    fn default() -> Self {
        Suspects { looks: BTreeMap::new() }
    }
}

impl<S: Native> Suspects<S> {
    pub(crate) fn add(&mut self, suspect: Suspect<S>) {
        let searched = suspect.is_program() && suspect.is_comparable();
        let (topic, aspect) = if searched {
            ("program", String::new())
        } else {
            (S::topics(&suspect.planned.case)[0], suspect.aspect())
        };
        let (count, kept) = self.looks.entry((suspect.lane, topic, aspect)).or_default();
        *count += 1;
        if kept.len() < if searched { SEARCHED_PROGRAMS } else { KEPT_OF_A_LOOK } {
            kept.push(suspect);
        }
    }

    /// Explains one of each look, the most frequent first.
    pub(crate) fn explain(
        mut self,
        suite: &Suite<S>,
        campaign: &mut Campaign<'_, S>,
        sides: &[Sides],
        listener: &mut Listener<'_>,
    ) -> Vec<Finding> {
        self.search_programs(campaign, sides);
        let mut looks: Vec<_> = self.looks.into_iter().collect();
        looks.sort_by_key(|((lane, ..), (count, _))| (*lane, std::cmp::Reverse(*count)));
        let mut findings = Vec::new();
        let mut explained = vec![0; sides.len()];
        for ((lane, topic, _), (count, suspects)) in looks {
            explained[lane] += 1;
            let Some(suspect) = suspects.into_iter().next().filter(|_| explained[lane] <= EXPLAINED) else {
                continue;
            };
            let finding = Explainer { suite, campaign, sides: &sides[lane] }.explain(suspect, topic, count);
            listener(&Event::Finding(&finding));
            findings.push(finding);
        }
        for (lane, &looks) in explained.iter().enumerate().filter(|(_, looks)| **looks > EXPLAINED) {
            campaign.warnings.push(format!(
                "{}: {} more groups of differences are counted, but not explained",
                campaign.lanes[lane],
                looks - EXPLAINED
            ));
        }
        findings
    }

    /// Replaces differing programs by their first differing step alone, which has a look.
    fn search_programs(&mut self, campaign: &mut Campaign<'_, S>, sides: &[Sides]) {
        let programs: Vec<Look> =
            self.looks.keys().filter(|(_, topic, _)| *topic == "program").cloned().collect();
        for look in programs {
            let (count, suspects) = self.looks.remove(&look).unwrap_or_default();
            let searched = suspects.len() as u64;
            let Sides { machine, oracle: Some(oracle), .. } = sides[look.0] else {
                self.looks.insert(look, (count, suspects));
                continue;
            };
            for mut suspect in suspects {
                let (machine_profile, oracle_profile) = suspect.profiles;
                let located = first_difference::<S>(&suspect.planned.case, &mut |case| {
                    let expected = run_one(&mut *campaign.machines[oracle], oracle_profile, case);
                    let got = run_one(&mut *campaign.machines[machine], machine_profile, case);
                    outcomes(expected, got)
                });
                if let Some(alone) = located.and_then(|located| located.alone) {
                    suspect.expected = run_one(&mut *campaign.machines[oracle], oracle_profile, &alone);
                    suspect.got = run_one(&mut *campaign.machines[machine], machine_profile, &alone);
                    suspect.planned.case = alone;
                }
                let aspect = (suspect.lane, S::topics(&suspect.planned.case)[0], suspect.aspect());
                let (count, kept) = self.looks.entry(aspect).or_default();
                *count += 1;
                kept.push(suspect);
            }
            if count > searched {
                campaign.warnings.push(format!(
                    "{}: {} more differing programs are counted, but not searched for their first difference",
                    campaign.lanes[look.0],
                    count - searched
                ));
            }
        }
    }
}

impl<S: Subject> Suspect<S> {
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
                let general = |field: &str| field.split('[').next().unwrap_or(field).to_owned();
                let mut fields: Vec<_> =
                    S::compare(expected, got).iter().map(|d| general(&d.field)).collect();
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
    fn explain(mut self, suspect: Suspect<S>, topic: &str, count: u64) -> Finding {
        let (machine_profile, oracle_profile) = suspect.profiles;
        let Smallest { case, expected, got, step } = self.smallest(&suspect);
        let differences = match (&expected, &got) {
            (Answer::Outcome(expected), Answer::Outcome(got)) => S::compare(expected, got),
            _ => Vec::new(),
        };
        let resembles = match (&expected, &got) {
            (Answer::Outcome(expected), Answer::Outcome(got)) if machine_profile == oracle_profile => {
                let other =
                    if oracle_profile == Profile::Strict { Profile::Reference } else { Profile::Strict };
                S::explain(&case, oracle_profile, expected, other, got).map(|rows| rows.join("+"))
            }
            _ => None,
        };
        let lane = self.campaign.lanes[suspect.lane].to_string();
        let (file, replay) = self.keep(&suspect, &lane, topic, &case, &expected);
        Finding {
            lane,
            subject: S::NAME.into(),
            profile: machine_profile,
            blame: if matches!(suspect.expected, Answer::Broken(_)) { Blame::Oracle } else { Blame::Machine },
            topic: topic.to_owned(),
            count,
            case: suspect.planned.id.clone(),
            failure: suspect.failure(),
            step,
            listing: S::listing(&case),
            differences,
            before: S::starting_fields(&case),
            expected: fields::<S>(&expected),
            got: fields::<S>(&got),
            resembles,
            file,
            replay,
        }
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

    /// Writes the case as a vector, if it is none yet. Gives the file and the command that replays it.
    fn keep(
        &mut self,
        suspect: &Suspect<S>,
        lane: &str,
        topic: &str,
        case: &S::Case,
        expected: &Answer<S::Outcome>,
    ) -> (String, String) {
        if let (Some(vector), None) = (suspect.planned.vector, self.sides.oracle) {
            let vector = &self.suite.vectors[vector];
            let file = vector.place.file.display().to_string();
            return (vector.place.to_string(), self.replay(&format!("{file} {}", vector.name)));
        }
        // Where the oracle has no outcome, the file says what the machine has: it is there to be replayed.
        let outcome = [expected, &suspect.got].into_iter().find_map(|answer| match answer {
            Answer::Outcome(outcome) => Some(outcome),
            _ => None,
        });
        let Some(outcome) = outcome else { return (String::new(), String::new()) };
        let name = file_name(&format!("{}-{lane}", S::NAME), topic, case);
        let note =
            format!("Found by lane {lane}, case {}, seed {}.", suspect.planned.id, self.campaign.plan.seed);
        let text = S::write_vector(&name, &note, case, suspect.profiles.1, outcome);
        let path = self.campaign.failures.join(format!("{name}.yaml"));
        if let Err(error) = write(&path, &text) {
            self.campaign.warnings.push(format!("{}: {error}", path.display()));
        }
        let path = path.display().to_string();
        let replay = self.replay(&path);
        (path, replay)
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

/// A name that says where it comes from and is the same for the same case.
fn file_name<C: serde::Serialize>(lane: &str, topic: &str, case: &C) -> String {
    let text = serde_json::to_string(case).unwrap_or_default();
    let hash = Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(text.as_bytes());
    let words = format!("{lane}-{topic}").to_lowercase();
    let words = words.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    format!("{words}-{:08x}", hash)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}
