//! The case that did it is the case that is blamed, and the step that did it is the step.

use oracle::Cases;
use oracle::Subject;
use oracle::cases::{Field, Path, State, Value};
use oracle::machine::FailureKind;
use oracle::origin::Origin;
use oracle::outside::Outside;
use oracle::report::{Blame, Finding, Report};
use oracle::{Answer, Profile};
use toy::Toy;

use crate::bench::{Behaviour, Planted, Setup, crashes, right, toy, wrong_in_dec};

fn run(folder: &'static str, lanes: &[&'static str], begin: fn() -> Behaviour) -> Report {
    Setup::new(folder, lanes, vec![Planted::boxed("other", begin)]).run()
}

fn only(report: &Report) -> &Finding {
    let [finding] = &report.findings[..] else { panic!("{:#?}", report.findings) };
    finding
}

/// Every point of `dec` is red, and none of `inc`.
fn assert_red_is_dec(report: &Report) {
    let points = &report.lanes[0].points;
    assert!(points["inc"].values().all(|cases| cases.counts.failed() == 0 && cases.failures.is_empty()));
    assert!(points["inc"].values().any(|cases| cases.counts.agree > 0));
    assert!(points["dec"].values().all(|cases| cases.counts.differ > 0), "{:#?}", points["dec"]);
}

#[test]
fn a_bug_of_one_instruction_is_reported_as_it() {
    let report = run("dec", &["other~model/wraps"], || Box::new(wrong_in_dec));
    let finding = only(&report);
    assert_eq!((finding.topic.as_str(), finding.aspect.as_str()), ("dec", "a"));
    assert_eq!((finding.count, finding.blame), (report.lanes[0].counts.differ, Blame::Machine));
    assert_eq!(finding.origin.to_string(), "vector/dec-subtracts", "whose first step is an `i`");
    assert_eq!((finding.step, finding.alone, finding.after.len()), (Some(2), true, 0));
    assert_eq!(finding.listing, "a = 5: d\n", "the step alone");
    let [difference] = &finding.differences[..] else { panic!("{finding:#?}") };
    assert_eq!((difference.expected_text(), difference.got_text()), ("0x4".into(), "0x3".to_owned()));
    assert_eq!(finding.resembles, [""; 0]);

    let in_case = finding.in_case.as_ref().unwrap();
    assert_eq!((in_case.origin.to_string().as_str(), in_case.step), ("vector/dec-subtracts", 2));
    let last = |steps: &[oracle::report::Step]| steps.last().unwrap().changes.fields[0].value.to_string();
    assert_eq!((last(&in_case.traces.oracle), last(&in_case.traces.machine)), ("0x4".into(), "0x3".into()));
    assert_red_is_dec(&report);
}

#[test]
fn what_is_written_tells_right_from_wrong() {
    let report = run("written", &["other~model/wraps"], || Box::new(wrong_in_dec));
    let finding = only(&report);
    let file = crate::bench::folder("written").join("1-1").join(&finding.file);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), finding.vector);
    assert_eq!(finding.replay, format!("cargo xtask replay {}", finding.file));
    let suite = Toy::written().unwrap().load(&file).unwrap();
    let [vector] = &suite.vectors[..] else { panic!("{}", finding.vector) };
    let [expected] = &vector.expected[..] else { panic!("{}", finding.vector) };
    assert_eq!(expected.profile.name(), "wraps");
    assert_eq!(expected.outcome, right(expected.profile, &vector.case));
    assert_ne!(wrong_in_dec(expected.profile, &vector.case), Answer::Outcome(expected.outcome.clone()));
}

#[test]
fn a_path_with_a_blank_is_quoted_in_the_command() {
    let report = run("written", &["other~model/wraps"], || Box::new(wrong_in_dec));
    let moved = report.seen_from_outside(std::path::Path::new("my reports"));
    let file = format!("my reports/{}", report.findings[0].file);
    assert_eq!(moved.findings[0].replay, format!("cargo xtask replay '{file}'"));
}

#[test]
fn in_a_vector_too_if_another_machine_does_what_it_expects() {
    let report = run("vectors", &["other~vectors"], || Box::new(wrong_in_dec));
    let finding = only(&report);
    assert_eq!((finding.topic.as_str(), finding.step), ("dec", Some(2)));
    assert_eq!(finding.rule.as_deref(), Some("d subtracts one from the register."));
    let place = format!("{} dec-subtracts", toy().join("counting.yaml").display());
    assert_eq!(finding.replay, format!("cargo xtask replay {place}"));
    let points = &report.lanes[0].points;
    let differing = |topic: &str| points[topic].values().map(|cases| cases.counts.differ).sum::<u64>();
    assert_eq!((differing("inc"), differing("dec")), (0, 2), "once in each profile");
}

#[test]
fn without_such_a_machine_no_step_is_said_to_agree() {
    let mut setup = Setup::new(
        "no-witness",
        &["other~vectors"],
        vec![Planted::boxed("other", || Box::new(wrong_in_dec))],
    );
    setup.machines.retain(|seat| seat.machine.name() == "other");
    let report = setup.run();
    let finding = only(&report);
    assert_eq!((finding.step, finding.alone, finding.count), (None, true, 2));
    let of_the_case = &report.lanes[0].points["dec"]["inside"];
    assert_eq!((of_the_case.counts.not_run, of_the_case.counts.agree), (2, 0));
}

#[test]
fn a_crash_is_blamed_on_the_step_that_crashes() {
    let behaviour: fn() -> Behaviour = || {
        Box::new(|profile, case| match case.code.contains('d') {
            true => crashes(profile, case),
            false => Answer::Outcome(right(profile, case)),
        })
    };
    let report = run("crash", &["other~model/wraps"], behaviour);
    let finding = only(&report);
    assert_eq!(finding.topic, "dec");
    assert_eq!((finding.step, finding.alone), (Some(2), true));
    assert_eq!(finding.failure.as_deref(), Some("ended (signal: 11)"));
    assert_red_is_dec(&report);
}

#[test]
fn an_oracle_that_fails_is_blamed_itself() {
    let report = run("oracle", &["rust~other/wraps"], || Box::new(crashes));
    assert!(report.findings.iter().all(|finding| finding.blame == Blame::Oracle));
    assert_eq!(report.lanes[0].counts.oracle_fault, report.lanes[0].cases);
    // An outcome that cannot be is not believed, not even of an oracle.
    let report = run("oracle", &["rust~other/wraps"], || {
        Box::new(|_, _| Answer::Outcome(toy::Toys { code: "ddd".into(), a: 0 }))
    });
    let failure = report.findings[0].failure.as_deref();
    assert_eq!(failure, Some("gives an outcome that cannot be: code: not that of the case"));
}

#[test]
fn one_mistake_of_form_is_one_finding() {
    let report = run("form", &["other~model/wraps"], || {
        let mut number = 0;
        Box::new(move |_, case| {
            number += 1;
            let why = format!("answers with an outcome that is none: a: {number} at {}", case.a);
            Answer::broken(FailureKind::Form, why)
        })
    });
    let finding = only(&report);
    assert_eq!((finding.topic.as_str(), finding.count), ("every topic", report.lanes[0].cases));
}

#[test]
fn a_number_out_of_range_is_a_difference_of_its_field() {
    let report = run("outside", &["other~model/wraps"], || {
        Box::new(|profile, case| {
            let outcome = right(profile, case);
            if outcome.a < 128 {
                return Answer::Outcome(outcome);
            }
            let said = Value::Integer(i64::from(outcome.a) - 256);
            let fields = vec![Field { path: Path::of("a"), value: said }];
            Answer::Outside(Box::new(Outside { outcome, said: State { fields } }))
        })
    });
    let finding = only(&report);
    assert_eq!((finding.topic.as_str(), finding.aspect.as_str()), ("every topic", "a"));
    assert_eq!((finding.count, finding.blame), (report.lanes[0].counts.differ, Blame::Machine));
    assert!(report.lanes[0].counts.differ > 100 && report.lanes[0].counts.agree > 100);
    assert!(finding.alone && finding.explained && finding.failure.is_none());
    // It is made small, like any difference, and written as a vector that tells right from wrong.
    let [difference] = &finding.differences[..] else { panic!("{finding:#?}") };
    let got: i64 = difference.got_text().parse().unwrap();
    let expected = u8::from_str_radix(&difference.expected_text()[2..], 16).unwrap();
    assert_eq!(i64::from(expected) - 256, got);
    assert!(finding.listing.len() <= "a = 128: d\n".len(), "{}", finding.listing);
    assert!(finding.vector.contains("expect"), "{}", finding.vector);
}

/// What differs beside the number is a difference of its own.
#[test]
fn a_wrong_instruction_is_seen_behind_numbers_out_of_range() {
    let report = run("outside-and-wrong", &["other~model/wraps"], || {
        Box::new(|profile, case| {
            let Answer::Outcome(outcome) = wrong_in_dec(profile, case) else { panic!("{case:?}") };
            let fields =
                vec![Field { path: Path::of("a"), value: Value::Integer(i64::from(outcome.a) - 256) }];
            Answer::Outside(Box::new(Outside { outcome, said: State { fields } }))
        })
    });
    let topics: Vec<&str> = report.findings.iter().map(|finding| finding.topic.as_str()).collect();
    assert!(topics.contains(&"dec") && topics.contains(&"every topic"), "{topics:?}");
}

#[test]
fn a_machine_that_follows_another_profile_resembles_its_row() {
    let report = run("resembles", &["other~model/wraps"], || {
        Box::new(|_, case| Answer::Outcome(right(Toy::PROFILES[1], case)))
    });
    assert!(report.findings.iter().all(|finding| finding.resembles == ["T1"]));
    assert!(report.findings.iter().any(|finding| finding.topic == "inc"));
}

#[test]
fn differences_across_profiles_are_known_by_their_row() {
    let report = Setup::new("known", &["rust/stays~model/wraps"], Vec::new()).run();
    let lane = &report.lanes[0];
    assert!(lane.counts.known > 4 && lane.counts.differ == 0, "{lane:?}");
    assert_eq!(lane.known_by_row.clone().into_iter().collect::<Vec<_>>(), [("T1".into(), lane.counts.known)]);
    let known = |topic: &str, point: &str| lane.points[topic][point].counts.known;
    assert_eq!((known("inc", "inside"), known("dec", "inside")), (0, 0), "only at the ends of the range");
    assert!(known("inc", "at-the-end") > 0 && known("dec", "at-the-end") > 0);
}

#[test]
fn what_the_row_does_not_explain_differs_across_profiles_too() {
    let report = run("unknown", &["other/stays~model/wraps"], || Box::new(wrong_in_dec));
    let known = |topic: &str| report.lanes[0].points[topic].values().map(|it| it.counts.known).sum::<u64>();
    assert!(known("dec") == 0 && known("inc") > 0, "the row explains what `i` does at the end of the range");
    let dec = report.findings.iter().find(|finding| finding.topic == "dec").unwrap();
    assert_eq!(dec.profile, "stays", "it is replayed in the machine's profile");
}

#[test]
fn many_groups_are_counted_and_the_first_explained() {
    let report = run("many", &["other~model/wraps"], || {
        Box::new(|_: Profile, case| Answer::broken(FailureKind::Crash, "x".repeat(1 + usize::from(case.a))))
    });
    let explained = report.findings.iter().filter(|finding| finding.explained).count();
    assert_eq!(explained, oracle::report::EXPLAINED);
    assert!(report.findings.len() > 200);
    assert_eq!(report.findings.iter().map(|finding| finding.count).sum::<u64>(), report.lanes[0].cases);
    assert!(matches!(report.findings[0].origin, Origin::Vector { .. } | Origin::Sweep { .. }));
    assert_eq!(report.all_warnings().len(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_is_a_warning() {
    let mut setup = Setup::new(
        "warning",
        &["other~model/wraps"],
        vec![Planted::boxed("other", || Box::new(wrong_in_dec))],
    );
    setup.folder = "findings-file/below";
    let file = crate::bench::folder("findings-file");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "a file, not a folder").unwrap();
    let report = setup.run();
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.warnings.len(), 1, "{:?}", report.warnings);
}
