//! Replaying a vector: in each of its profiles, on each machine, against what it expects.

use oracle::replay::{NoOutcome, replay};
use oracle::{Cases, Machine};
use toy::Toy;

use crate::bench::{Planted, Setup, crashes, off_by_one, unsupported};

#[test]
fn every_machine_says_what_it_does_in_every_profile() {
    let suite = Setup::new("replay", &[], Vec::new()).suite;
    let vector = suite.vectors.iter().find(|vector| vector.name == "inc-at-the-end").unwrap();
    let mut machines: Vec<Box<dyn Machine<Toy>>> = vec![
        Planted::boxed("right", || Box::new(crate::bench::agrees)),
        Planted::boxed("wrong", || Box::new(off_by_one)),
        Planted::boxed("none", || Box::new(unsupported)),
        Planted::boxed("broken", || Box::new(crashes)),
    ];
    let replays = replay(&[vector], &mut machines);
    let profiles: Vec<&str> = replays.iter().map(|replay| replay.profile.name()).collect();
    assert_eq!(profiles, ["wraps", "stays"]);
    assert_eq!((replays[0].name.as_str(), replays[0].rule.as_str()), ("inc-at-the-end", "end.wraps"));
    assert_eq!(replays[0].start, Toy::start(&vector.case));
    for (replay, expected) in replays.iter().zip(["0x0", "0xff"]) {
        assert_eq!(replay.expected.fields[0].value.to_string(), expected);
        let [right, wrong, none, broken] = &replay.runs[..] else { panic!("{replay:?}") };
        assert!(right.agrees() && !wrong.agrees() && !none.agrees() && !broken.agrees());
        assert_eq!(wrong.differences[0].expected_text(), expected);
        assert!(none.is_unsupported() && !broken.is_unsupported());
        assert_eq!(broken.result, Err(NoOutcome::Failed("ended (signal: 11)".into())));
        assert!(right.trace.is_empty(), "the toy has no trace");
    }
}
