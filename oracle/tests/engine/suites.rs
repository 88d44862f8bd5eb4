//! Vector files: what is wrong with one is told with its place, and nothing that tests nothing gets through.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use oracle::Cases;
use oracle::Subject;
use oracle::suite::{Found, OF_ORACLE, Suite, SuiteError};
use rstest::rstest;
use toy::{Toy, Toys};

use crate::bench::{self, right};

/// A folder of its own for a test, with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    // Cases of one test run side by side, each in a folder of its own.
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = bench::folder("suites").join(format!("{name}-{number}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (file, text) in files {
        fs::write(folder.join(file), text).unwrap();
    }
    folder
}

fn load(folder: &std::path::Path) -> Result<Suite<Toy>, Vec<SuiteError>> {
    Toy::written().unwrap().load(folder)
}

/// The first line of each complaint about these files, paths cut to the file's name.
fn complaints(name: &str, files: &[(&str, &str)]) -> Vec<String> {
    let folder = folder(name, files);
    let errors = load(&folder).expect_err(name);
    let prefix = format!("{}/", folder.display());
    errors.iter().map(|error| error.to_string().lines().next().unwrap().replace(&prefix, "")).collect()
}

const GOOD: &str =
    "rules: {r: A rule.}\nvectors:\n  - {name: a, rule: r, case: {code: i, a: 1}, expect: {code: i, a: 2}}\n";

fn entry(fields: &str) -> String {
    format!("rules: {{r: A rule.}}\nvectors:\n  - name: a\n    rule: r\n{fields}")
}

const CASE: &str = "    case: {code: i, a: 1}\n";

#[rstest]
#[case::unknown_key(
    "    cse: {}\n",
    "a.yaml:5:5: unknown field `cse`, expected one of name, rule, note, only, expect, document, wraps, stays, case"
)]
#[case::twice("    note: a\n    note: b\n", "a.yaml:6:5: duplicate mapping key: note")]
#[case::profile_twice(
    "    wraps: {code: i, a: 2}\n    wraps: {code: i, a: 2}\n",
    "a.yaml:6:5: duplicate mapping key: wraps"
)]
#[case::no_note("    note:\n", "there is no value")]
#[case::no_expectation("    case: {code: i, a: 1}\n    expect:\n", "there is no value")]
#[case::no_overlay(
    "    case: {code: i, a: 1}\n    expect: {code: i, a: 2}\n    stays:\n",
    "there is no value"
)]
#[case::null_overlay(
    "    case: {code: i, a: 1}\n    expect: {code: i, a: 2}\n    stays: null\n",
    "there is no value"
)]
#[case::no_case("    case:\n", "there is no value")]
#[case::case_missing("    expect: {code: i, a: 2}\n", "a.yaml:3:11: case: missing")]
#[case::nothing_expected("    case: {code: i, a: 1}\n", "a.yaml:3:11: nothing is expected in profile wraps")]
#[case::only_one_profile(
    "    case: {code: i, a: 1}\n    wraps: {code: i, a: 2}\n",
    "a.yaml:3:11: nothing is expected in profile stays"
)]
#[case::bad_case(
    "    case: {code: x, a: 1}\n    expect: {code: x, a: 1}\n",
    "a.yaml:3:11: code: `x` is no instruction"
)]
#[case::bad_register(
    "    case: {code: i, a: 256}\n    expect: {code: i, a: 1}\n",
    "a.yaml:5:11: invalid value: integer `256`, expected u8"
)]
#[case::impossible(
    "    case: {code: i, a: 1}\n    expect: {code: d, a: 2}\n",
    "a.yaml:3:11: cannot come out: code: not that of the case"
)]
#[case::bad_outcome(
    "    case: {code: i, a: 1}\n    expect: {code: i}\n",
    "a.yaml:3:11: expect: missing field `a`"
)]
#[case::unknown_profile(
    "    case: {code: i, a: 1}\n    only: Stays\n    expect: {code: i, a: 2}\n",
    "a.yaml:6:11: toy has no profile `Stays`, only wraps, stays"
)]
#[case::not_there(
    "    case: {code: i, a: 1}\n    only: stays\n    stays: {code: i, a: 2}\n    wraps: {code: i, a: 2}\n",
    "a.yaml:3:11: expects something of wraps, in which it does not run"
)]
fn every_mistake_has_its_message(#[case] fields: &str, #[case] expected: &str) {
    let found = complaints("mistake", &[("a.yaml", &entry(fields))]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(expected), "expected {expected}\n   found {}", found[0]);
    assert!(found[0].starts_with("a.yaml:"), "{}", found[0]);
}

#[test]
fn a_key_without_a_value_is_shown_where_it_is() {
    let found = complaints(
        "place",
        &[("a.yaml", &entry(&format!("{CASE}    stays:\n    expect: {{code: i, a: 2}}\n")))],
    );
    assert_eq!(found, ["a.yaml:6:10: there is no value"]);
}

#[test]
fn files_that_say_nothing_are_refused() {
    for text in ["", "# later\n", "{}", "rules: {}\nvectors: []\n", "vectors:\n", "rules:\n"] {
        assert_eq!(complaints("nothing", &[("a.yaml", text)]).len(), 1, "{text:?}");
    }
    assert_eq!(
        complaints("rule", &[("a.yaml", &GOOD.replace("A rule.", ""))]),
        ["a.yaml:1:10: there is no value"]
    );
}

#[test]
fn names_and_rules_must_meet() {
    let vector = |name: &str, rule: &str| {
        format!("  - {{name: {name}, rule: {rule}, case: {{code: i, a: 1}}, expect: {{code: i, a: 2}}}}\n")
    };
    let one = |name: &str, text: String| complaints(name, &[("a.yaml", &text)]);
    let rules = "rules: {r: A rule.}\nvectors:\n";
    let found = one("undefined", format!("{rules}{}{}", vector("a", "r"), vector("b", "s")));
    assert_eq!(found, ["a.yaml:4:12: rule `s` is not defined"]);
    let found = one("twice", format!("{rules}{}{}", vector("a", "r"), vector("a", "r")));
    assert_eq!(found[0], "a.yaml:4:12: the name `a` is taken already, at a.yaml:3:12");
    let found =
        one("untested", format!("rules: {{r: A rule., s: Another.}}\nvectors:\n{}", vector("a", "r")));
    assert_eq!(found, ["a.yaml:1:24: no vector tests rule `s`"]);
    assert_eq!(one("syntax", "vectors: [".into()), ["a.yaml:1:10: unclosed bracket '['"]);
    let silent = one("silent", format!("rules: {{r: ' '}}\nvectors:\n{}", vector("a", "r")));
    assert_eq!(silent, ["a.yaml:1:12: rule `r` says nothing"]);
    let named = one("named", format!("rules: {{r: A rule.}}\nvectors:\n{}", vector("../A", "r")));
    let wrong = "`../A`: a name has lower-case letters, digits and hyphens";
    assert_eq!(named.len(), 1);
    assert!(named[0].starts_with("a.yaml:3:") && named[0].ends_with(wrong), "{named:?}");
    let clash = complaints("clash", &[("a.yaml", GOOD), ("b.yaml", GOOD)]);
    assert_eq!(clash.len(), 2, "rule and name: {clash:?}");
}

#[test]
fn a_file_that_would_be_passed_over_is_an_error() {
    for name in ["x.yml", "x.YAML", "x.Yml"] {
        let found = complaints("ending", &[("a.yaml", GOOD), (name, "")]);
        assert_eq!(found, [format!("{name}: vector files end in .yaml, so this one would be passed over")]);
    }
    let whole =
        folder("others", &[("a.yaml", GOOD), ("notes.txt", "not a vector"), ("ledger.yaml", "- no vector")]);
    assert_eq!(load(&whole).unwrap().vectors.len(), 1);
    // A file that is named is read, whatever its name.
    let named = folder("named", &[("a.yml", GOOD)]);
    assert_eq!(load(&named.join("a.yml")).unwrap().vectors.len(), 1);
}

#[test]
fn what_is_behind_a_link_is_read() {
    let target = folder("target", &[("linked.yaml", GOOD)]);
    let by_file = folder("by-file", &[]);
    symlink(target.join("linked.yaml"), by_file.join("a.yaml")).unwrap();
    assert_eq!(load(&by_file).unwrap().vectors[0].name, "a");
    let by_folder = folder("by-folder", &[]);
    symlink(&target, by_folder.join("below")).unwrap();
    assert_eq!(load(&by_folder).unwrap().vectors[0].name, "a");

    let broken = folder("broken", &[("a.yaml", GOOD)]);
    symlink(target.join("gone.yaml"), broken.join("b.yaml")).unwrap();
    let errors = load(&broken).unwrap_err();
    assert!(errors[0].to_string().contains("b.yaml"), "{}", errors[0]);
    let absent = load(&broken.join("absent")).unwrap_err();
    assert!(absent[0].to_string().contains("absent"));
}

#[test]
fn a_file_with_no_text_is_refused() {
    let folder = folder("no-text", &[("a.yaml", GOOD)]);
    fs::write(folder.join("b.yaml"), [0xFF, 0xFE]).unwrap();
    assert!(load(&folder).unwrap_err()[0].to_string().contains("UTF-8"));
}

#[test]
fn what_stands_behind_a_profile_goes_beyond_expect() {
    let fields = format!(
        "{CASE}    expect: {{code: i, a: 2}}\n    stays: {{code: i, a: 3}}\n    document: {{code: i, a: 4}}\n"
    );
    let suite = load(&folder("layers", &[("a.yaml", &entry(&fields))])).unwrap();
    let [wraps, stays] = &suite.vectors[0].expected[..] else { panic!("{suite:?}") };
    assert_eq!((wraps.outcome.a, stays.outcome.a, suite.vectors[0].document.as_ref().unwrap().a), (2, 3, 4));
    let fields = format!("{CASE}    only: stays\n    expect: {{code: i, a: 2}}\n");
    let suite = load(&folder("layers", &[("a.yaml", &entry(&fields))])).unwrap();
    let profiles: Vec<&str> = suite.vectors[0].expected.iter().map(|it| it.profile.name()).collect();
    assert_eq!(profiles, ["stays"]);
}

#[test]
fn a_written_vector_says_the_same_when_it_is_read() {
    let draw = Toy::generates().unwrap().random(11);
    for index in 0..50 {
        let (_, case) = draw(index);
        for &profile in Toy::PROFILES {
            let outcome = right(profile, &case);
            let note = "a \"note\" \\ : #";
            let found = Found { name: "a", rule: OF_ORACLE, note, case: &case, profile, outcome: &outcome };
            let text = Toy::written().unwrap().write(&[found]);
            let suite = Toy::written().unwrap().read(&text, "a.yaml".as_ref()).expect(&text);
            let vector = &suite.vectors[0];
            assert_eq!((&vector.case, vector.note.as_str()), (&case, note));
            let [expected] = &vector.expected[..] else { panic!("{text}") };
            assert_eq!((expected.profile, &expected.outcome), (profile, &outcome), "{text}");
        }
    }
    let case = Toys { code: "i".into(), a: 1 };
    assert_eq!(right(Toy::PROFILES[0], &case).a, 2);
}
