//! Shards, run apart and merged, give the result of one run: verdicts, coverage, examples, findings, traces.

use std::collections::BTreeSet;

use oracle::Cases;
use oracle::partition::{Partition, Shard};
use oracle::plan::Shards;
use oracle::report::{Exit, Part, Report, merge};
use rstest::rstest;
use toy::Toy;

use crate::bench::{Planted, Setup, off_by_one, right, skipped, wrong_in_dec};

fn run(shard: (u64, u64)) -> Report {
    run_shard(Shard::even(shard))
}

const LANES: [&str; 5] =
    ["wrong~model/wraps", "wrong~vectors", "rust~vectors", "seldom~rust/stays", "rust/stays~model/wraps"];

fn run_shard(shard: Shard) -> Report {
    run_lanes(shard, &LANES, &["gone~model/stays"])
}

/// `required`: lanes that are skipped although they should run.
fn run_lanes(shard: Shard, lanes: &'static [&str], required: &[&str]) -> Report {
    let wrong = Planted::boxed("wrong", || Box::new(wrong_in_dec));
    let seldom = Planted::boxed("seldom", || {
        Box::new(|profile, case| match right(profile, case).a {
            7 | 90..100 => off_by_one(profile, case),
            _ => oracle::Answer::Outcome(right(profile, case)),
        })
    });
    let mut setup = Setup::new("merging", lanes, vec![wrong, seldom]);
    setup.skipped = required.iter().map(|lane| skipped(lane, true)).collect();
    setup.skipped.push(skipped("upstream~vectors", false));
    setup.plan.random = 2000;
    setup.plan.shard = shard;
    setup.run()
}

/// Everything but times.
fn without_times(mut report: Report) -> String {
    report.seconds = 0.0;
    report.spent.values_mut().for_each(|spent| spent.seconds = 0.0);
    for lane in &mut report.lanes {
        (lane.machine_seconds, lane.oracle_seconds) = (0.0, 0.0);
    }
    serde_json::to_string_pretty(&report).unwrap()
}

#[test]
fn four_shards_give_the_result_of_one_run() {
    let whole = run((1, 1));
    assert_eq!(whole.exit(), Exit::Differs);
    let lanes: BTreeSet<String> = whole.findings.iter().map(|finding| finding.lane.to_string()).collect();
    assert_eq!(lanes.len(), 3, "{lanes:?}");
    assert!(whole.findings.iter().any(|finding| finding.in_case.is_some()));
    assert!(whole.lanes.iter().any(|lane| lane.counts.known > 0));
    let examples = &whole.lanes[0].points["dec"]["inside"];
    assert!(examples.counts.differ > 0 && examples.failures.len() == 3, "{examples:?}");

    let mut shards: Vec<Report> = (1..=4).map(|part| run((part, 4))).collect();
    assert!(shards.iter().all(|shard| !shard.gates_coverage()), "a shard alone is not gated");
    shards.rotate_left(2);
    let merged = merge(shards).unwrap();
    assert!(merged.gates_coverage());
    let (merged, whole) = (without_times(merged), without_times(whole));
    for (line, (merged, whole)) in merged.lines().zip(whole.lines()).enumerate() {
        assert_eq!(merged, whole, "line {line}");
    }
    assert_eq!(merged.len(), whole.len());
}

/// The second part and the last begin or end with another subject, and the first has nothing else.
#[test]
fn shards_by_weight_give_the_result_of_one_run() {
    let partition = Partition::weighted(5, &[("before", 1.5), (Toy::NAME, 3.0), ("behind", 0.5)]);
    let shards: Vec<Report> = (1..=5).map(|part| run_shard(partition.shard(part, Toy::NAME))).collect();
    let cases: Vec<u64> = shards.iter().map(|shard| shard.lanes[4].cases).collect();
    assert_eq!(cases[0], 0, "the first part has none of it");
    assert!(cases[1] > 0 && cases[1] < cases[2] && cases[4] > 0, "{cases:?}");
    let whole = run((1, 1));
    assert_eq!(cases.iter().sum::<u64>(), whole.lanes[4].cases);
    assert_eq!(without_times(merge(shards).unwrap()), without_times(whole));
}

#[test]
fn weights_that_are_not_the_same_are_not_merged() {
    let part = |weight, part| {
        let partition = Partition::weighted(2, &[("before", weight), (Toy::NAME, 1.0)]);
        run_shard(partition.shard(part, Toy::NAME))
    };
    assert!(merge(vec![part(1.0, 1), part(1.0, 2)]).is_ok());
    // Some cases would be there twice, or not at all.
    let refused = merge(vec![part(1.0, 1), part(1.1, 2)]).unwrap_err();
    assert_eq!(refused, "conformance: the results are of different partitions into shards");
    assert!(merge(vec![run((1, 2)), part(1.0, 2)]).unwrap_err().contains("different partitions"));
}

#[test]
fn a_result_without_a_fingerprint_is_read() {
    let text = serde_json::to_string(&small((1, 1))).unwrap();
    assert!(text.contains(r#""shards":{"of":1,"parts":[1]}"#), "{text}");
    let mut old = serde_json::to_value(small((1, 2))).unwrap();
    assert_eq!(old["shards"]["partition"].as_str().unwrap().len(), 64);
    old["shards"].as_object_mut().unwrap().remove("partition");
    let old: Report = serde_json::from_value(old).unwrap();
    assert_eq!(old.shards.partition, "");
}

#[test]
fn what_shards_have_spent_adds_up_and_what_jobs_have_does_not() {
    let [first, second] = [(1, 2), (2, 2)].map(run);
    let spent = [&first, &second].map(|report| report.spent[Toy::NAME]);
    let merged = merge(vec![first, second]).unwrap().spent[Toy::NAME];
    assert_eq!(merged.seconds, spent[0].seconds + spent[1].seconds);
    let whole = run((1, 1));
    assert_eq!(merged.cases, whole.spent[Toy::NAME].cases);
    assert_eq!(merged.cases, whole.lanes[4].cases);
    let both = whole.clone().and(run((1, 2)));
    assert_eq!(both.spent, whole.spent, "that of the first");
}

#[test]
fn the_cases_are_the_same_for_every_split() {
    let digest = |shards: u64| {
        let mut sum = oracle::digest::Sum::default();
        let mut cases = 0;
        for part in 1..=shards {
            let mut setup = Setup::new("split", &["rust~model/wraps"], Vec::new());
            setup.plan.shard = Shard::even((part, shards));
            let drawn = setup.plan.digest(&setup.suite);
            let report = setup.run();
            assert_eq!(report.suites[0].cases, drawn);
            cases += report.lanes[0].cases;
            sum.add_sum(drawn);
        }
        (String::from(sum), cases)
    };
    let whole = digest(1);
    assert_eq!(digest(2), whole);
    assert_eq!(digest(7), whole);
    let mut other = Setup::new("split", &[], Vec::new());
    other.plan.seed += 1;
    assert_ne!(String::from(other.plan.digest(&other.suite)), whole.0, "another seed, other cases");
}

/// The first of two shards has no cases, so it does not find out that a machine cannot be started.
#[test]
fn a_lane_that_only_a_shard_without_its_cases_has_not_skipped_is_skipped() {
    let partition = Partition::weighted(2, &[("before", 1.0), (Toy::NAME, 1.0)]);
    let (lanes, required) = (&LANES[1..], [LANES[0], "gone~model/stays"]);
    let idle = || {
        let report = run_shard(partition.shard(1, Toy::NAME));
        assert!(report.lanes.iter().all(|lane| lane.cases == 0));
        report
    };
    let second = || run_lanes(partition.shard(2, Toy::NAME), lanes, &required);
    let whole = without_times(run_lanes(Shard::even((1, 1)), lanes, &required));
    assert_eq!(without_times(merge(vec![second(), idle()]).unwrap()), whole);
    let merged = merge(vec![idle(), second()]).unwrap();
    assert_eq!(merged.exit(), Exit::Differs);
    assert_eq!(
        without_times(merged).len(),
        whole.len(),
        "the lanes that are skipped may stand in another order"
    );
}

fn small(shard: (u64, u64)) -> Report {
    let mut report = Report::new("conformance", Some("0123456789ab".into()), 1);
    report.shards = Shards::one(&Shard::even(shard));
    report
}

/// The second of two shards of a run that is split by what its subjects take.
fn weighted([toy, other]: [f64; 2]) -> Shards {
    let partition = Partition::weighted(2, &[(Toy::NAME, toy), ("other", other)]);
    Shards::one(&partition.shard(2, Toy::NAME))
}

/// `change`: what is done to the second of two shards.
#[rstest]
#[case::commit(|report: &mut Report| report.commit = None, "different commits: none, 0123456789ab")]
#[case::schema(|report: &mut Report| report.schema = 1, "different schemas")]
#[case::seed(|report: &mut Report| report.seed = 2, "different seeds")]
#[case::random(|report: &mut Report| report.random_cases = 2, "different numbers of random cases")]
#[case::stride(|report: &mut Report| report.sweep_stride = 2, "different parts of the sweep")]
#[case::topics(|report: &mut Report| report.topics.push("inc".into()), "different topics")]
#[case::split(|report: &mut Report| report.shards.of = 3, "different numbers of shards")]
#[case::weights(|report: &mut Report| report.shards = weighted([3.0, 1.0]), "different partitions into shards")]
#[case::before_partitions_were_kept(|report: &mut Report| report.shards.partition.clear(), "different partitions into shards")]
#[case::suite(|report: &mut Report| report.suites.push(Default::default()), "different suites")]
#[case::machines(|report: &mut Report| report.machines.push(Default::default()), "different versions of machines")]
#[case::ledger(|report: &mut Report| report.ledger.problems.push("one".into()), "different ledgers")]
#[case::twice(|report: &mut Report| *report = small((1, 2)), "shards are there twice: 1/2")]
fn what_does_not_belong_together_is_not_merged(#[case] change: fn(&mut Report), #[case] reason: &str) {
    assert!(merge(vec![small((1, 2)), small((2, 2))]).is_ok());
    let mut second = small((2, 2));
    change(&mut second);
    let refused = merge(vec![small((1, 2)), second]).unwrap_err();
    assert!(refused.contains(reason), "{refused}");
}

#[test]
fn points_and_skipped_lanes_must_be_the_same() {
    let shards = || [run((1, 2)), run((2, 2))];
    let [first, mut second] = shards();
    second.coverage.pop();
    assert!(merge(vec![first, second]).unwrap_err().contains("different coverage points"));
    let [first, mut second] = shards();
    second.lanes[0].skipped_because = Some("it is not here".into());
    assert!(
        merge(vec![first, second])
            .unwrap_err()
            .contains("lane wrong~model/wraps has run in some shards only")
    );
}

/// Two runs with other machines may both have run the lanes of those that are always there.
#[test]
fn a_lane_of_two_runs_is_refused() {
    let with = |lanes| run_lanes(Shard::even((1, 1)), lanes, &[]);
    let refused = merge(vec![with(&LANES[..2]), with(&LANES[1..3])]).unwrap_err();
    assert!(refused.starts_with("two runs with different lanes both have toy "), "{refused}");
}

#[test]
fn a_missing_shard_is_named() {
    let refused = merge(vec![small((1, 4)), small((3, 4))]).unwrap_err();
    assert_eq!(refused, "conformance: shards are missing: 2/4, 4/4");
    assert!(merge(Vec::new()).is_err());
}

#[test]
fn a_file_can_claim_any_number_of_shards() {
    let most = u64::MAX;
    let refused = merge(vec![small((1, most))]).unwrap_err();
    assert!(refused.contains(&format!("2/{most}, ")) && refused.len() < 400, "{refused}");
    let text = serde_json::to_string(&small((1, 2))).unwrap();
    let claiming = |shards: &str| {
        let changed = text.replace(r#""of":2,"parts":[1]"#, shards);
        assert_ne!(changed, text);
        serde_json::from_str::<Report>(&changed)
    };
    for bad in [r#""of":2,"parts":[0]"#, r#""of":0,"parts":[]"#] {
        assert!(claiming(bad).is_err(), "{bad}");
    }
    let beyond = claiming(r#""of":2,"parts":[1,3]"#).unwrap();
    assert!(!beyond.shards.are_all() && merge(vec![beyond]).is_err());
}

#[test]
fn results_of_different_commands_stand_beside_each_other() {
    let mut budget = Report::new("budget", Some("0123456789ab".into()), 0);
    budget.parts.push(Part::default());
    let merged = merge(vec![small((1, 1)), budget]).unwrap();
    assert_eq!((merged.kind.as_str(), merged.seed, merged.parts.len()), ("merged", 1, 1));
}

#[test]
fn what_jobs_on_one_subject_share_is_there_once() {
    let whole = Setup::new("jobs", &["rust~model/wraps"], Vec::new()).run();
    let both = whole.clone().and(whole.clone());
    assert_eq!((both.suites, both.coverage), (whole.suites.clone(), whole.coverage.clone()));
    assert_eq!((both.ledger, both.machines), (whole.ledger.clone(), whole.machines.clone()));
    assert_eq!(both.lanes.len(), 2 * whole.lanes.len(), "what each has done counts");
}

/// A job over fewer cases leaves holes of its own, which are none of what both have done.
#[test]
fn coverage_of_jobs_on_one_subject_counts_together() {
    let of_topic = |topic: &str| {
        let mut setup = Setup::new("jobs", &["rust~model/wraps"], Vec::new());
        setup.plan.topics = vec![topic.into()];
        setup.plan.random = 0;
        setup.run()
    };
    let holes = |report: &Report| report.coverage().next().unwrap().holes().len();
    let mut only_inc = of_topic("inc");
    only_inc.lanes[0].points.remove("dec");
    assert_eq!((holes(&only_inc), holes(&of_topic("dec"))), (2, 0));
    assert_eq!(holes(&only_inc.and(of_topic("dec"))), 0);
}

#[test]
fn what_a_result_says_against_itself_is_told() {
    let mut report = run((1, 1));
    assert_eq!(report.contradiction(), None);
    let lane = report.lanes.iter().position(|lane| lane.counts.failed() > 0).unwrap();
    let mut hidden = report.clone();
    let counts = &mut hidden.lanes[lane].counts;
    (counts.agree, counts.differ, counts.oracle_fault) = (counts.judged(), 0, 0);
    assert!(hidden.contradiction().unwrap().ends_with("has findings, and no case that fails"));
    let mut skipped = report.clone();
    skipped.lanes[lane].skipped_because = Some("it is not here".into());
    assert!(skipped.contradiction().unwrap().ends_with("was skipped, and has counts"));
    report.shards.parts.insert(2);
    assert_eq!(report.contradiction().unwrap(), "it is part 2 of 1");
    let twice = Report { lanes: vec![hidden.lanes[0].clone(), hidden.lanes[0].clone()], ..hidden };
    assert!(twice.contradiction().unwrap().ends_with("is there twice"));
    assert!(merge(vec![twice]).unwrap_err().ends_with("twice"));
}
