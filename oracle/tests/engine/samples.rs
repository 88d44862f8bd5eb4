//! A lane that has a part of the cases says so, and counts those alone.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use oracle::partition::Shard;
use oracle::report::{Exit, LaneReport, merge};
use oracle::{Answer, Cases, Machine, Profile, Sample};
use toy::{Toy, Toys};

use crate::bench::{Setup, right};

const LANES: [&str; 3] = ["rust~few/wraps", "rust~model/wraps", "few~vectors"];

/// A machine that does what is right, and keeps what it was asked.
struct Few(Asked);

/// The cases that a machine was asked.
type Asked = Arc<Mutex<BTreeSet<(u8, String)>>>;

impl Machine<Toy> for Few {
    fn name(&self) -> &str {
        "few"
    }

    fn profiles(&self) -> &[Profile] {
        Toy::PROFILES
    }

    fn sample(&self) -> Option<Sample<Toy>> {
        Some(Sample { what: "those that begin with an even number", takes: is_even })
    }

    fn run(&mut self, profile: Profile, cases: &[Toys]) -> Vec<Answer<Toys>> {
        self.0.lock().unwrap().extend(cases.iter().map(|case| (case.a, case.code.clone())));
        cases.iter().map(|case| Answer::Outcome(right(profile, case))).collect()
    }
}

fn is_even(case: &Toys, _: Profile) -> bool {
    case.a.is_multiple_of(2)
}

fn setup(lanes: &[&'static str], is_sampled: bool) -> (Setup, Asked) {
    let asked = Asked::default();
    let few = Few(Arc::clone(&asked));
    let sample = few.sample().filter(|_| is_sampled);
    let mut setup = Setup::new("samples", lanes, vec![Box::new(few)]);
    setup.machines.last_mut().unwrap().sample = sample;
    (setup, asked)
}

fn lane<'a>(lanes: &'a [LaneReport], name: &str) -> &'a LaneReport {
    lanes.iter().find(|lane| lane.lane.to_string() == name).unwrap()
}

#[test]
fn a_sampled_lane_counts_its_own_cases_and_says_of_how_many() {
    let (setup, asked) = setup(&LANES, true);
    let suite = setup.suite.vectors.len();
    let report = setup.run();
    assert_eq!(report.exit(), Exit::Conformant);
    let (few, all) = (lane(&report.lanes, LANES[0]), lane(&report.lanes, LANES[1]));
    let sample = few.sample.as_ref().unwrap();
    assert_eq!((sample.of, sample.what.as_str()), (all.cases, "those that begin with an even number"));
    assert!(0 < few.cases && few.cases < all.cases, "{} of {}", few.cases, all.cases);
    assert_eq!((few.counts.agree, few.counts.judged()), (few.cases, few.cases));
    assert!(all.sample.is_none());
    // Vectors are part of every sample.
    assert_eq!(report.lanes[2].counts.judged(), lane(&report.lanes, LANES[2]).cases);
    assert_eq!(lane(&report.lanes, LANES[2]).counts.not_run, 0);
    let asked = asked.lock().unwrap();
    let odd = asked.iter().filter(|(a, _)| a % 2 == 1).count();
    assert!(odd <= suite && suite < asked.len(), "{odd} others were put to it");
}

#[test]
fn without_a_sample_a_lane_has_all_cases() {
    let (setup, _) = setup(&LANES[..2], false);
    let report = setup.run();
    assert!(report.lanes.iter().all(|lane| lane.sample.is_none()));
    assert_eq!(lane(&report.lanes, LANES[0]).cases, lane(&report.lanes, LANES[1]).cases);
}

#[test]
fn shards_of_a_sample_come_to_the_whole_sample() {
    let part = |part| {
        let (mut setup, _) = setup(&LANES[..2], true);
        setup.plan.shard = Shard::even((part, 2));
        setup.run()
    };
    let merged = merge(vec![part(1), part(2)]).unwrap();
    let (whole, _) = setup(&LANES[..2], true);
    let whole = whole.run();
    for name in &LANES[..2] {
        let (one, other) = (lane(&merged.lanes, name), lane(&whole.lanes, name));
        assert_eq!((one.cases, &one.sample), (other.cases, &other.sample));
    }
}
