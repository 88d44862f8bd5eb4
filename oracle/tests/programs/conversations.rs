//! A program in a campaign.

use std::sync::atomic::AtomicBool;

use oracle::campaign::{Campaign, Seat};
use oracle::ledger::Ledger;
use oracle::partition::Shard;
use oracle::plan::Plan;
use oracle::report::Exit;
use oracle::{Role, Subject};
use toy::Toy;

use crate::bench::{LIMIT, machine};

#[test]
fn a_state_that_leaks_is_searched_from_a_fresh_start() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/toy");
    let suite = Toy::written().unwrap().load(&folder).unwrap();
    let own = Toy::machines().into_iter().map(|(role, machine)| Seat { role, machine, sample: None });
    let program = Seat::new(Role::Program, machine("leaks", LIMIT));
    let ledger = Ledger::load(&folder.join("ledger.yaml")).unwrap();
    let plan = Plan { seed: 1, random: 0, sweep_stride: 1, topics: Vec::new(), shard: Shard::default() };
    let failures = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs/leaks-failures");
    let campaign = Campaign {
        machines: own.chain([program]).collect(),
        lanes: vec!["leaks~model/wraps".parse().unwrap(), "leaks~vectors".parse().unwrap()],
        replay_options: " --machine ./vm".into(),
        ..Campaign::new((&suite, &ledger), plan, failures)
    };
    let report = campaign.run(&AtomicBool::new(false), &mut |_| {}).unwrap();
    assert_eq!(report.exit(), Exit::Differs);
    let finding = report.findings.iter().min_by_key(|finding| &finding.origin).unwrap();
    assert_eq!((finding.alone, finding.after.len()), (false, 1), "{finding:#?}");
    assert!(finding.replay.ends_with(".yaml --machine ./vm"), "{}", finding.replay);
    assert_eq!(report.machines.iter().find(|it| it.name == "leaks").unwrap().version, "3");
}
