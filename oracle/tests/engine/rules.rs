//! Which rule a finding quotes.

use oracle::Answer;
use oracle::partition::Shard;
use oracle::report::{Finding, Report, merge};
use toy::Toys;

use crate::bench::{Planted, Setup, crashes, right, wrong_in_dec};

fn run(lanes: &'static [&'static str], shard: (u64, u64)) -> Report {
    let wrong = Planted::boxed("wrong", || Box::new(wrong_in_dec));
    let end = Planted::boxed("end", || {
        Box::new(|profile, case: &Toys| match (&*case.code, case.a) {
            ("i", 255) => Answer::Outcome(Toys { a: 7, ..right(profile, case) }),
            _ => Answer::Outcome(right(profile, case)),
        })
    });
    // Everything is wrong, whatever the rule.
    let other = Planted::boxed("other", || {
        Box::new(|profile, case: &Toys| {
            let outcome = right(profile, case);
            Answer::Outcome(Toys { a: outcome.a ^ 0x40, ..outcome })
        })
    });
    let mut setup = Setup::new("rules", lanes, vec![wrong, end, other]);
    setup.plan.shard = Shard::even(shard);
    setup.run()
}

fn of<'a>(report: &'a Report, lane: &str) -> Vec<&'a Finding> {
    report.findings.iter().filter(|finding| finding.lane.to_string() == lane).collect()
}

fn sentence<'a>(report: &'a Report, rule: &str) -> Option<&'a str> {
    report.suites[0].rules.get(rule).map(String::as_str)
}

#[test]
fn a_finding_quotes_the_rule_of_its_vector_in_every_lane() {
    let report = run(&["wrong~model/wraps", "wrong~vectors"], (1, 1));
    for lane in ["wrong~model/wraps", "wrong~vectors"] {
        let findings = of(&report, lane);
        assert!(!findings.is_empty(), "{lane}");
        for finding in findings {
            let vector = finding.origin.to_string();
            let rule = &report.suites[0].vectors[vector.strip_prefix("vector/").unwrap()].rule;
            assert_eq!(finding.rule.as_deref(), sentence(&report, rule), "{lane}: {vector}");
        }
    }
}

#[test]
fn a_random_case_quotes_a_rule_only_if_one_fits() {
    let lanes = &["end~model/wraps", "end~vectors", "other~model/wraps", "other~vectors"];
    let mut report = run(lanes, (1, 1));
    for finding in &mut report.findings {
        if !finding.lane.to_string().ends_with("vectors") {
            finding.origin = oracle::Origin::Random { index: 1, kind: "program".into() };
            finding.group = "program".into();
        }
    }
    report.quote_rules();
    let failing = |machine: &str, topic: &str| {
        let lane =
            report.lanes.iter().find(|lane| lane.lane.to_string() == format!("{machine}~vectors")).unwrap();
        let failing = lane.groups.iter().filter(|(_, counts)| counts.differ > 0);
        let vectors =
            failing.filter_map(|(name, _)| report.suites[0].vectors.get(name.strip_prefix("vector/")?));
        let rules = vectors.filter(|vector| vector.topic == topic).map(|vector| vector.rule.clone());
        rules.collect::<std::collections::BTreeSet<_>>()
    };
    let (mut quoted, mut silent) = (0, 0);
    for machine in ["end", "other"] {
        for finding in of(&report, &format!("{machine}~model/wraps")) {
            let rules = failing(machine, &finding.topic);
            let expected =
                rules.first().filter(|_| rules.len() == 1).and_then(|rule| sentence(&report, rule));
            assert_eq!(finding.rule.as_deref(), expected, "{machine} {}: {rules:?}", finding.topic);
            if expected.is_some() { quoted += 1 } else { silent += 1 }
        }
    }
    assert!(quoted > 0 && silent > 0, "{quoted} quoted, {silent} not");
    // Other fields than those that the vectors show to be broken are about another rule.
    for finding in &mut report.findings {
        if !finding.lane.to_string().ends_with("vectors") {
            finding.aspect = "b".into();
        }
    }
    report.quote_rules();
    assert!(of(&report, "end~model/wraps").iter().all(|finding| finding.rule.is_none()));
}

#[test]
fn shards_quote_what_the_whole_run_does() {
    let lanes: &[&str] = &["wrong~model/wraps", "wrong~vectors"];
    let quoted = |report: &Report| -> Vec<Option<String>> {
        report.findings.iter().map(|finding| finding.rule.clone()).collect()
    };
    let parts = [(1, 2), (2, 2)].map(|shard| run(lanes, shard));
    assert_eq!(quoted(&merge(parts.into()).unwrap()), quoted(&run(lanes, (1, 1))));
}

/// The one vector of a rule may be the first to fail, and all of them, although another is shown.
#[test]
fn a_machine_that_fails_quotes_the_rule_of_the_vector_that_is_shown() {
    let machine = Planted::boxed("failing", || Box::new(crashes));
    let report = Setup::new("failing", &["failing~vectors", "failing~model/wraps"], vec![machine]).run();
    for lane in ["failing~vectors", "failing~model/wraps"] {
        let findings = of(&report, lane);
        assert!(!findings.is_empty(), "{lane}");
        for finding in findings {
            let vector = finding.origin.to_string();
            let own = vector.strip_prefix("vector/").map(|name| &report.suites[0].vectors[name].rule);
            let own = own.and_then(|rule| sentence(&report, rule));
            assert_eq!(finding.rule.as_deref(), own, "{lane}: {vector}");
        }
    }
}
