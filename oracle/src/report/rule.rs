//! The rule that a finding breaks: a sentence of the specification, as the vectors of the subject state it.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Blame, Finding};
use super::result::Report;
use super::suite::{SuiteReport, VectorReport};
use crate::cases::{Difference, Value, letters_of};
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
        let suite = self.suites.iter().find(|suite| suite.subject == finding.subject)?;
        let of_origin = match &finding.origin {
            Origin::Vector { name } => suite.vectors.get(name),
            _ => None,
        };
        if finding.failure.is_some() && finding.blame != Blame::Oracle {
            // A machine that has no outcome breaks no rule that could be told from what differs. One that fails whatever
            // the case is about has not come to the vector's rule.
            finding.own_topic()?;
            // Nor has one whose failure takes other cases before it.
            if finding.explained && !finding.alone {
                return None;
            }
            return suite.rules.get(&of_origin?.rule).cloned();
        }
        if finding.lane.oracle == (Oracle::Vectors {}) {
            let Origin::Vector { .. } = &finding.origin else { return finding.rule.clone() };
            let own = of_origin.filter(|_| finding.rule.is_some())?;
            return suite.rules.get(self.likeliest(finding, suite, own)).cloned();
        }
        if finding.blame == Blame::Oracle || !finding.explained {
            return None;
        }
        // What a vector expects may be kept although two machines differ in the rest.
        let its_vector = Origin::vector_of(&finding.group);
        let fails = |failing: BTreeSet<&str>| its_vector.is_some_and(|name| failing.contains(name));
        let own = of_origin.filter(|_| self.failing(finding).is_none_or(fails));
        // A vector of several steps may fail at one that its rule is not about.
        let rule = match own.filter(|vector| vector.topic == finding.topic) {
            Some(vector) => self.likeliest(finding, suite, vector),
            None => self.only_rule(finding, suite).or(own.map(|vector| &vector.rule))?,
        };
        suite.rules.get(rule).cloned()
    }

    /// The groups of vectors that fail on the machine of a finding; `None` if it was not compared with vectors.
    fn failing(&self, finding: &Finding) -> Option<BTreeSet<&str>> {
        let lane = self.lanes.iter().find(|lane| {
            lane.ran()
                && lane.subject == finding.subject
                && lane.lane == Lane::with_vectors(&finding.lane.machine)
        })?;
        let failing = lane.groups.iter().filter(|(_, counts)| counts.differ > 0);
        Some(failing.filter_map(|(group, _)| Origin::vector_of(group)).collect())
    }

    /// The rule that is broken if a vector fails: of those that are about its topic, one that is stated where the topic is
    /// treated, if any is; of several the one of which the largest share of vectors fails, then the one that names what
    /// differs, and that is stated first. Its own, if the topic has more than one finding: what each of them breaks cannot be
    /// told from the shares.
    fn likeliest<'a>(&self, finding: &Finding, suite: &'a SuiteReport, own: &'a VectorReport) -> &'a String {
        let failing = self.failing(finding).filter(|_| self.of_vectors(finding).count() == 1);
        let Some(failing) = failing else { return &own.rule };
        let mut rules: BTreeMap<&String, Tested<'_>> = BTreeMap::new();
        let mut files: BTreeMap<&str, Vectors> = BTreeMap::new();
        for (name, vector) in &suite.vectors {
            let place = (vector.file.as_str(), vector.line);
            let tested = rules.entry(&vector.rule).or_insert(Tested::none(place));
            tested.failing += u32::from(failing.contains(name.as_str()));
            tested.first = tested.first.min(place);
            for vectors in [&mut tested.vectors, files.entry(&vector.file).or_default()] {
                vectors.of_topic += u32::from(vector.topic == finding.topic);
                vectors.all += 1;
            }
        }
        // A vector may begin with another topic than its rule is about.
        let broken =
            rules.into_iter().filter(|(_, tested)| tested.failing > 0 && tested.vectors.are_about_it());
        let what_differs: Vec<String> = finding.differences.iter().flat_map(names).collect();
        let sentence = |rule: &String| suite.rules.get(rule).map_or("", String::as_str);
        let says_so = |rule| words(sentence(rule)).any(|word| what_differs.iter().any(|name| name == word));
        // A file is about a topic by the same measure as a rule.
        let treats_it = |tested: &Tested<'_>| files[tested.first.0].are_about_it();
        let likeliest = broken.max_by(|(one_rule, one), (other_rule, other)| {
            let by_file = treats_it(one).cmp(&treats_it(other));
            let by_share = by_file.then_with(|| one.share().total_cmp(&other.share()));
            let by_words = || says_so(one_rule).cmp(&says_so(other_rule));
            by_share.then_with(by_words).then_with(|| other.first.cmp(&one.first))
        });
        likeliest.map_or(&own.rule, |(rule, _)| rule)
    }

    /// The findings of the vectors about the same topic of the same machine.
    fn of_vectors<'a>(&'a self, finding: &'a Finding) -> impl Iterator<Item = &'a Finding> {
        let with_vectors = Lane::with_vectors(&finding.lane.machine);
        self.findings.iter().filter(move |other| {
            (&other.subject, &other.topic, &other.lane) == (&finding.subject, &finding.topic, &with_vectors)
        })
    }

    /// The rule of the vectors of a finding's topic that fail too, if they all test the same one and the finding breaks no
    /// fields but those that they break.
    fn only_rule<'a>(&self, finding: &Finding, suite: &'a SuiteReport) -> Option<&'a String> {
        let failing = self.failing(finding)?;
        let of_topic = suite
            .vectors
            .iter()
            .filter(|(name, vector)| vector.topic == finding.topic && failing.contains(name.as_str()));
        let rules: BTreeSet<&String> = of_topic.map(|(_, vector)| &vector.rule).collect();
        let broken: BTreeSet<&str> =
            self.of_vectors(finding).flat_map(|other| other.aspect.split(' ')).collect();
        let fits = rules.len() == 1 && finding.aspect.split(' ').all(|field| broken.contains(field));
        rules.into_iter().next().filter(|_| fits)
    }
}

/// What a sentence calls the field of a difference: flags by their letters.
fn names(difference: &Difference) -> Vec<String> {
    match (&difference.expected, &difference.got) {
        (Some(Value::Flags { value, letters }), Some(Value::Flags { value: other, .. })) => {
            letters_of(value ^ other, letters).chars().map(String::from).collect()
        }
        _ => vec![difference.path.to_string()],
    }
}

fn words(sentence: &str) -> impl Iterator<Item = &str> {
    sentence.split(|c: char| !c.is_alphanumeric())
}

/// How far a rule is kept.
struct Tested<'a> {
    /// How many of its vectors fail.
    failing: u32,
    vectors: Vectors,
    /// File and line of the first.
    first: (&'a str, usize),
}

impl<'a> Tested<'a> {
    fn none(first: (&'a str, usize)) -> Self {
        Tested { failing: 0, vectors: Vectors::default(), first }
    }

    fn share(&self) -> f64 {
        f64::from(self.failing) / f64::from(self.vectors.all)
    }
}

/// The vectors of a rule, or of a file.
#[derive(Default)]
struct Vectors {
    /// How many are of the topic.
    of_topic: u32,
    /// How many there are.
    all: u32,
}

impl Vectors {
    fn are_about_it(&self) -> bool {
        2 * self.of_topic >= self.all
    }
}
