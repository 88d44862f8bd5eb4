//! The rule that a finding breaks: a sentence of the specification, as the vectors of the subject state it.

use std::collections::BTreeSet;

use super::finding::{Blame, Finding};
use super::result::Report;
use super::suite::SuiteReport;
use crate::lane::{Lane, Oracle};
use crate::origin::Origin;

impl Report {
    /// Quotes in every finding the rule that it breaks, if exactly one is known. Depends on nothing but the report, so it
    /// may be done again whenever results are put together.
    pub fn quote_rules(&mut self) {
        let rules: Vec<Option<String>> = self.findings.iter().map(|finding| self.rule_of(finding)).collect();
        for (finding, rule) in self.findings.iter_mut().zip(rules) {
            finding.rule = rule;
        }
    }

    fn rule_of(&self, finding: &Finding) -> Option<String> {
        if finding.lane.oracle == (Oracle::Vectors {}) {
            return finding.rule.clone();
        }
        if finding.blame == Blame::Oracle || !finding.explained {
            return None;
        }
        let suite = self.suites.iter().find(|suite| suite.subject == finding.subject)?;
        let own = match &finding.origin {
            Origin::Vector { name } => suite.vectors.get(name),
            _ => None,
        };
        // What a vector expects may be kept although two machines differ in the rest.
        let own = own.filter(|_| self.failing(finding).is_none_or(|it| it.contains(&finding.group)));
        // A vector of several steps may fail at one that its rule is not about.
        let rule = match own.filter(|vector| vector.topic == finding.topic) {
            Some(vector) => &vector.rule,
            None => self.only_rule(finding, suite).or(own.map(|vector| &vector.rule))?,
        };
        suite.rules.get(rule).cloned()
    }

    /// The groups of vectors that fail on the machine of a finding; `None` if it was not compared with vectors.
    fn failing(&self, finding: &Finding) -> Option<BTreeSet<&String>> {
        let lane = self.lanes.iter().find(|lane| {
            lane.ran()
                && lane.subject == finding.subject
                && lane.lane == Lane::with_vectors(&finding.lane.machine)
        })?;
        let failing = lane.groups.iter().filter(|(_, counts)| counts.differ > 0);
        Some(failing.map(|(group, _)| group).collect())
    }

    /// The rule of the vectors of a finding's topic that fail too, if they all test the same one and the finding breaks no
    /// fields but those that they break.
    fn only_rule<'a>(&self, finding: &Finding, suite: &'a SuiteReport) -> Option<&'a String> {
        let failing = self.failing(finding)?;
        let of_topic = suite.vectors.iter().filter(|(name, vector)| {
            vector.topic == finding.topic && failing.contains(&format!("vector/{name}"))
        });
        let rules: BTreeSet<&String> = of_topic.map(|(_, vector)| &vector.rule).collect();
        let with_vectors = Lane::with_vectors(&finding.lane.machine);
        let alike = self.findings.iter().filter(|other| {
            (&other.subject, &other.topic, &other.lane) == (&finding.subject, &finding.topic, &with_vectors)
        });
        let broken: BTreeSet<&str> = alike.flat_map(|other| other.aspect.split(' ')).collect();
        let fits = rules.len() == 1 && finding.aspect.split(' ').all(|field| broken.contains(field));
        rules.into_iter().next().filter(|_| fits)
    }
}
