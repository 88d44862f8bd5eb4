//! Shards, run apart and merged, give the result of one run: verdicts, coverage, examples, findings, traces.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use oracle::campaign::Campaign;
use oracle::coverage::{PointCoverage, ProfileCoverage, RowCoverage};
use oracle::ledger::Ledger;
use oracle::machines::rust::Rust;
use oracle::native::Native;
use oracle::plan::Plan;
use oracle::report::{Exit, Report, merge};
use oracle::{Lane, Machine};
use rstest::rstest;
use vectors::minivm::MiniVm;
use vectors::{Profile, Subject, Suite};

mod mutant;
use mutant::{Mutant, three};

fn run(shard: (u64, u64), seed: u64) -> Report {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let suite = Suite::load(&folder.join("minivm")).expect("the vectors load");
    let ledger = Ledger::load(&folder.join("divergences.yaml")).expect("the ledger loads");
    let machines: Vec<Box<dyn Machine<MiniVm>>> =
        vec![MiniVm::machine(), Box::new(Mutant { name: "mutant", vm: Rust::default(), bug: three })];
    let lanes = vec![
        Lane::between("mutant", "rust", Profile::Reference),
        Lane::with_vectors("mutant"),
        Lane::with_vectors("rust"),
    ];
    let campaign = Campaign {
        kind: "conformance",
        suite: &suite,
        ledger: &ledger,
        machines,
        lanes,
        skipped: Vec::new(),
        given: None,
        plan: Plan { seed, random: 4000, sweep_stride: 1, topics: Vec::new(), shard },
        failures: Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("shard-{}-{}", shard.0, shard.1))
            .join("failures"),
        replay_options: String::new(),
        commit: Some("0123456789ab".into()),
        warnings: Vec::new(),
    };
    campaign.run(&AtomicBool::new(false), &mut |_| {})
}

/// Everything but times.
fn without_times(mut report: Report) -> String {
    report.seconds = 0.0;
    for lane in &mut report.lanes {
        (lane.machine_seconds, lane.oracle_seconds) = (0.0, 0.0);
    }
    serde_json::to_string_pretty(&report).unwrap()
}

#[test]
fn four_shards_give_the_result_of_one_run() {
    let whole = run((1, 1), 3);
    assert_eq!(whole.exit(), Exit::Differs);
    let of_first = || whole.findings.iter().filter(|finding| finding.is_of(&whole.lanes[0]));
    let topics: BTreeSet<&str> = of_first().map(|finding| finding.topic.as_str()).collect();
    assert!(topics.is_superset(&BTreeSet::from(["ADC", "CALL", "SUB"])), "{topics:?}");
    let of_program = of_first().find_map(|finding| finding.in_program.as_ref()).unwrap();
    let traces = &of_program.traces;
    assert!(traces.oracle.len() > 1 && traces.machine.len() > 1, "{traces:#?}");
    assert!(
        whole.lanes[0].differing_programs > 40,
        "more than are searched: {}",
        whole.lanes[0].differing_programs
    );
    let examples = &whole.lanes[0].points["ADC"]["v-set"];
    assert!(examples.failed > 0 && examples.failures.len() == 3, "{examples:?}");

    let mut shards: Vec<Report> = (1..=4).map(|part| run((part, 4), 3)).collect();
    assert!(shards.iter().all(|shard| !shard.gates_coverage()), "a shard alone is not gated");
    shards.rotate_left(2);
    let merged = merge(shards).unwrap();
    assert!(merged.gates_coverage());
    assert_same_text(&without_times(merged), &without_times(whole));
}

fn assert_same_text(merged: &str, whole: &str) {
    if let Some((line, (merged, whole))) =
        merged.lines().zip(whole.lines()).enumerate().find(|(_, (merged, whole))| merged != whole)
    {
        panic!("line {line}: merged `{merged}`, whole `{whole}`");
    }
    assert_eq!(merged.len(), whole.len());
}

fn small(shard: (u64, u64)) -> Report {
    let mut report = Report::new("conformance", Some("0123456789ab".into()), 1);
    report.shards = oracle::plan::Shards::one(shard);
    report
}

/// `change`: what is done to the second of two shards.
#[rstest]
#[case::commit(|report: &mut Report| report.commit = None, "different commits: none, 0123456789ab")]
#[case::seed(|report: &mut Report| report.seed = 2, "different seeds")]
#[case::suite(|report: &mut Report| report.suites.push(Default::default()), "different suites")]
#[case::ledger(|report: &mut Report| report.ledger.problems.push("one".into()), "different ledgers")]
#[case::opcodes(|report: &mut Report| report.opcodes.push("ADD".into()), "different opcodes")]
#[case::split(|report: &mut Report| report.shards.of = 3, "different numbers of shards")]
#[case::twice(|report: &mut Report| *report = small((1, 2)), "shards are there twice: 1/2")]
fn what_does_not_belong_together_is_not_merged(#[case] change: fn(&mut Report), #[case] reason: &str) {
    assert!(merge(vec![small((1, 2)), small((2, 2))]).is_ok());
    let mut second = small((2, 2));
    change(&mut second);
    let refused = merge(vec![small((1, 2)), second]).unwrap_err();
    assert!(refused.contains(reason), "{refused}");
}

#[test]
fn a_missing_shard_is_named() {
    let refused = merge(vec![small((1, 4)), small((3, 4))]).unwrap_err();
    assert_eq!(refused, "conformance: shards are missing: 2/4, 4/4");
    assert!(merge(Vec::new()).is_err());
}

#[test]
fn results_of_different_commands_stand_beside_each_other() {
    let mut budget = Report::new("budget", Some("0123456789ab".into()), 0);
    budget.parts.push(Default::default());
    let merged = merge(vec![small((1, 1)), budget]).unwrap();
    assert_eq!((merged.kind.as_str(), merged.seed, merged.parts.len()), ("merged", 1, 1));
}

#[test]
fn what_jobs_on_one_subject_share_is_there_once() {
    let whole = small((1, 1));
    let both = whole.clone().and(whole.clone());
    assert_eq!(both.suites.len(), whole.suites.len());
    assert_eq!((both.ledger.rows, both.machines), (whole.ledger.rows, whole.machines));
    assert_eq!(both.lanes.len(), 2 * whole.lanes.len(), "what each has done counts");
}

/// A job over fewer cases leaves holes of its own, which are none of what both have done.
#[test]
fn coverage_of_jobs_on_one_subject_counts_once() {
    let of = |kind: &str, hits: [u64; 2]| {
        let point =
            |(name, hits): (&str, u64)| PointCoverage { name: name.into(), group: "flags".into(), hits };
        let points = ["z-set", "z-clear"].into_iter().zip(hits).map(point).collect();
        let coverage = ProfileCoverage {
            subject: MiniVm::NAME.into(),
            profile: Profile::Strict,
            groups: vec!["flags".into()],
            rows: vec![RowCoverage { name: "ADD".into(), points }],
        };
        let coverage_is_gated = kind == "conformance";
        Report { coverage: vec![coverage], coverage_is_gated, ..Report::new(kind, None, 1) }
    };
    let merged = of("conformance", [3, 4]).and(of("hil", [1, 0]));
    assert_eq!(merged.coverage[0].rows[0].points.iter().map(|point| point.hits).collect::<Vec<_>>(), [4, 4]);
    assert_eq!((merged.coverage.len(), merged.coverage[0].totals()), (1, (2, 2)));
    assert!(merged.gates_coverage());
    let merged = of("conformance", [3, 0]).and(of("hil", [1, 0]));
    assert_eq!(merged.coverage[0].totals(), (2, 1));
}
