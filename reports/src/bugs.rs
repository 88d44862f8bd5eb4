//! One bug is one entry: what a bug does on several lanes and in several profiles is several findings, and one thing to mend.
//!
//! The engine groups what looks alike on a lane. Here those groups are put together that are about the same topic of the
//! same machine and look alike on their lanes, break the same rule, or show in the same smallest case. Every view for people
//! draws from this; the page has it in its data.

use std::collections::HashMap;

use oracle::Lane;
use oracle::lane::Oracle;
use oracle::report::{Blame, Finding, Report};
use serde::Serialize;

use crate::numbers::plural;

/// Findings of one cause.
#[derive(Clone, Debug)]
pub struct Bug<'a> {
    /// The findings, with their places in the report. The first is the one that says most about it.
    pub findings: Vec<(usize, &'a Finding)>,
}

/// What is known of a bug, as the page reads it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BugData {
    /// The rule that is broken, or what differs.
    pub sentence: String,
    /// Who is wrong.
    pub machine: String,
    /// How many cases show it on the lane on which most do.
    pub cases: u64,
    /// On how many lanes it shows.
    pub lanes: usize,
    /// In how many cases of which lanes it shows.
    pub extent: String,
    /// The places of its findings, the one that says most first.
    pub findings: Vec<usize>,
}

/// What two findings of one bug have in common.
#[derive(PartialEq, Eq, Hash)]
struct Mark<'a> {
    subject: &'a str,
    machine: &'a str,
    topic: &'a str,
    /// Of what kind the last is: an aspect, a rule, a case.
    kind: &'static str,
    what: &'a str,
}

/// The bugs of a result: those that are explained first, then those that most cases show.
pub fn bugs(report: &Report) -> Vec<Bug<'_>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut group_of: HashMap<Mark<'_>, usize> = HashMap::new();
    for (at, finding) in report.findings.iter().enumerate() {
        let marks: Vec<Mark<'_>> = marks(finding).collect();
        let mut known: Vec<usize> = marks.iter().filter_map(|mark| group_of.get(mark).copied()).collect();
        known.sort_unstable();
        known.dedup();
        let group = known.first().copied().unwrap_or_else(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(at);
        // What was two things so far turns out to be one.
        for other in known.into_iter().skip(1) {
            let moved = std::mem::take(&mut groups[other]);
            groups[group].extend(moved);
            group_of.values_mut().filter(|of| **of == other).for_each(|of| *of = group);
        }
        group_of.extend(marks.into_iter().map(|mark| (mark, group)));
    }
    let groups = groups.into_iter().filter(|group| !group.is_empty());
    let mut bugs: Vec<Bug<'_>> = groups.map(|group| Bug::of(report, group)).collect();
    bugs.sort_by_key(|bug| (!bug.lead().explained, std::cmp::Reverse(bug.cases())));
    bugs
}

fn marks(finding: &Finding) -> impl Iterator<Item = Mark<'_>> {
    let Finding { subject, topic, aspect, rule, listing, alone, .. } = finding;
    let machine = culprit(finding);
    // A case that does not show it alone says little about what is wrong.
    let case = Some(listing.as_str()).filter(|listing| *alone && !listing.is_empty());
    let kinds = [("aspect", Some(aspect.as_str())), ("rule", rule.as_deref()), ("case", case)];
    let known = kinds.into_iter().filter_map(|(kind, what)| Some((kind, what?)));
    known.map(move |(kind, what)| Mark { subject, machine, topic, kind, what })
}

/// The name of who is wrong.
pub(crate) fn culprit(finding: &Finding) -> &str {
    match (finding.blame, &finding.lane.oracle) {
        (Blame::Oracle, Oracle::Machine { name, .. }) => name,
        _ => &finding.lane.machine,
    }
}

impl<'a> Bug<'a> {
    fn of(report: &'a Report, mut findings: Vec<usize>) -> Self {
        // What says most: explained, by a rule, in one profile, alone, at once, in a short case.
        findings.sort_by_key(|&at| {
            let Finding { explained, rule, lane, alone, step, listing, .. } = &report.findings[at];
            (!explained, rule.is_none(), lane.is_across(), !alone, *step > Some(1), listing.len(), at)
        });
        Bug { findings: findings.into_iter().map(|at| (at, &report.findings[at])).collect() }
    }

    /// A bug as it shows on one lane, for views that are about lanes.
    pub fn on_its_lane(finding: &'a Finding) -> Self {
        Bug { findings: vec![(0, finding)] }
    }

    /// The finding that says most about it.
    pub fn lead(&self) -> &'a Finding {
        self.findings[0].1
    }

    /// The name of who is wrong.
    pub fn machine(&self) -> &'a str {
        culprit(self.lead())
    }

    /// The lanes on which it shows, each with the cases that show it there.
    pub fn lanes(&self) -> Vec<(&'a Lane, u64)> {
        let mut lanes: Vec<(&Lane, u64)> = Vec::new();
        for (_, Finding { lane, count, .. }) in &self.findings {
            match lanes.iter_mut().find(|(known, _)| *known == lane) {
                Some((_, cases)) => *cases += count,
                None => lanes.push((lane, *count)),
            }
        }
        lanes
    }

    /// How many cases show it on the lane on which most do.
    pub fn cases(&self) -> u64 {
        self.lanes().into_iter().map(|(_, cases)| cases).max().unwrap_or(0)
    }

    /// In how many cases it shows, e.g. `up to 6 cases on each of 2 lanes`.
    pub(crate) fn extent(&self) -> String {
        let cases = plural(self.cases(), "case");
        match self.lanes()[..] {
            [(lane, _)] => format!("{cases} on {lane}"),
            ref lanes => format!("up to {cases} on each of {} lanes", lanes.len()),
        }
    }

    /// The rule that is broken, or what differs.
    pub fn sentence(&self) -> String {
        let lead = self.lead();
        lead.rule.clone().unwrap_or_else(|| format!("{} of {}: {}", lead.topic, self.machine(), what(lead)))
    }

    /// What the page reads of it.
    pub(crate) fn data(&self) -> BugData {
        BugData {
            sentence: self.sentence(),
            machine: self.machine().to_owned(),
            cases: self.cases(),
            lanes: self.lanes().len(),
            extent: self.extent(),
            findings: self.findings.iter().map(|(at, _)| *at).collect(),
        }
    }
}

/// What is seen of it.
pub(crate) fn what(finding: &Finding) -> String {
    let paths: Vec<String> =
        finding.differences.iter().map(|difference| difference.path.to_string()).collect();
    match &finding.failure {
        Some(failure) => failure.clone(),
        None if paths.is_empty() => format!("differs in {}", finding.aspect),
        None => format!("differs in {}", paths.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(machine: &str, profile: &str, topic: &str, aspect: &str) -> Finding {
        let lane = Lane::between(machine, "model", profile);
        let (topic, aspect) = (topic.into(), aspect.into());
        Finding { lane, topic, aspect, subject: "toy".into(), count: 1, ..Finding::default() }
    }

    fn places(findings: Vec<Finding>) -> Vec<Vec<usize>> {
        let report = Report { findings, ..Report::new("conformance", None, 1) };
        bugs(&report).iter().map(|bug| bug.findings.iter().map(|(at, _)| *at).collect()).collect()
    }

    #[test]
    fn what_looks_alike_on_several_lanes_is_one_bug() {
        let found = places(vec![
            finding("c", "wraps", "dec", "a"),
            finding("c", "wraps", "inc", "a"),
            finding("c", "stays", "dec", "a"),
            finding("d", "wraps", "dec", "a"),
        ]);
        assert_eq!(found, [vec![0, 2], vec![1], vec![3]], "topics and machines keep apart");
    }

    #[test]
    fn the_same_rule_or_the_same_case_is_one_bug() {
        let rule = |it: Finding| Finding { rule: Some("DEC subtracts one.".into()), explained: true, ..it };
        let case = |it: Finding| Finding { listing: "a = 0: d".into(), alone: true, ..it };
        let found = places(vec![
            case(finding("c", "wraps", "dec", "a")),
            rule(finding("c", "stays", "dec", "flags")),
            finding("c", "other", "dec", "stop"),
            // This one has the case of the first and the rule of the second: they are one.
            rule(case(finding("c", "third", "dec", "pc"))),
        ]);
        assert_eq!(found, [vec![3, 1, 0], vec![2]], "what says most is first");
    }

    #[test]
    fn cases_are_counted_by_lane() {
        let of = |aspect: &str, count| {
            let listing = "a = 0: d".into();
            Finding { listing, alone: true, count, ..finding("c", "wraps", "dec", aspect) }
        };
        let findings = vec![of("a", 2), of("flags", 3)];
        let report = Report { findings, ..Report::new("conformance", None, 1) };
        let bugs = bugs(&report);
        assert_eq!((bugs.len(), bugs[0].cases(), bugs[0].lanes().len()), (1, 5, 1));
    }

    #[test]
    fn a_fault_of_the_oracle_is_its_own() {
        let fault = Finding { blame: Blame::Oracle, ..finding("c", "wraps", "dec", "crash") };
        let other = Finding { blame: Blame::Oracle, ..finding("d", "wraps", "dec", "crash") };
        let report = Report { findings: vec![fault, other], ..Report::new("conformance", None, 1) };
        let bugs = bugs(&report);
        assert_eq!((bugs.len(), bugs[0].machine()), (1, "model"));
    }
}
