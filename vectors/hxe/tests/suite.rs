//! Vectors of images: what is wrong with one is told with its place.

use std::path::Path;

use oracle::Subject;
use rstest::rstest;
use vectors_hxe::{Hxe, Outcome};

fn read(fields: &str) -> Result<oracle::suite::Suite<Hxe>, Vec<oracle::suite::SuiteError>> {
    let text = format!("rules: {{r: A rule.}}\nvectors:\n  - name: a\n    rule: r\n{fields}");
    Hxe::written().unwrap().read(&text, Path::new("a.yaml"))
}

#[rstest]
#[case(
    "    hex: ff\n    hxe: 1\n",
    "a.yaml:6:5: unknown field `hxe`, expected one of name, rule, note, only, expect"
)]
#[case("    image:\n    expect: accepted\n", "a.yaml:5:10: there is no value")]
#[case("    image: {code: RET, bss_size: }\n    expect: accepted\n", "a.yaml:5:32: there is no value")]
#[case("    image: {code: RET, size: 1}\n    expect: accepted\n", "a.yaml:5:24: unknown field `size`")]
#[case("    hex: ff\n    expect:\n", "a.yaml:6:11: there is no value")]
#[case(
    "    hex: ff\n    expect: {error: bad_magic, offset: 4}\n    strict:\n",
    "a.yaml:7:11: there is no value"
)]
#[case(
    "    hex: ff\n    patch: {0: aa, 0x0: bb}\n    expect: accepted\n",
    "a.yaml:6:20: duplicate mapping key: 0"
)]
#[case(
    "    hex: ff\n    patch: {1: aa}\n    expect: accepted\n",
    "a.yaml:3:11: patch: 0x1 is not within the image"
)]
#[case("    hex: ff\n    cut: 1\n    expect: accepted\n", "a.yaml:3:11: cut: 1 leaves all 1 bytes")]
#[case("    expect: accepted\n", "a.yaml:3:11: one of `image` and `hex` is wanted")]
#[case(
    "    hex: ff\n    image: {code: RET}\n    expect: accepted\n",
    "a.yaml:3:11: one of `image` and `hex` is wanted"
)]
#[case("    image: {version: 1}\n    expect: accepted\n", "a.yaml:3:11: image.code: missing")]
#[case("    image: {code: NOP}\n    expect: accepted\n", "a.yaml:5:19: code 1:1: unknown mnemonic")]
#[case("    hex: ff\n    expect: refused\n", "a.yaml:3:11: `refused`: accepted, or {error: NAME, offset: N}")]
#[case("    hex: ff\n    expect: {error: boredom, offset: 1}\n", "a.yaml:3:11: there is no error `boredom`")]
#[case("    hex: ff\n", "a.yaml:3:11: nothing is expected in profile reference")]
#[case(
    "    hex: ff\n    only: loose\n    expect: accepted\n",
    "a.yaml:6:11: hxe has no profile `loose`, only reference, strict"
)]
fn every_mistake_has_its_message(#[case] fields: &str, #[case] expected: &str) {
    let errors = read(fields).expect_err(fields);
    let first = errors[0].to_string();
    assert!(first.starts_with(expected), "expected {expected}\n   found {first}");
}

#[test]
fn what_is_not_stated_of_an_accepted_image_is_open() {
    let suite = read("    image: {code: RET}\n    expect: {accepted: {header.version: 1}}\n").unwrap();
    let vector = &suite.vectors[0];
    let (_, native) = Hxe::machines().swap_remove(0);
    let mut native = native;
    for expectation in &vector.expected {
        let answer = oracle::machine::run_one(&mut *native, expectation.profile, &vector.case);
        let got = answer.outcome().unwrap();
        assert_eq!(expectation.of(got), *got);
        let Outcome::Accepted(image) = got else { panic!("{got:?}") };
        let mut other = image.clone();
        other.header.version = 2;
        let other = Outcome::Accepted(other);
        assert_ne!(expectation.of(&other), other, "what is stated counts");
    }
}
