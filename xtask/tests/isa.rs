//! The pages of the instruction sets: they are those of today, and what they name is there.

mod common;

use std::fs;

use common::{lockstep, root, text};
use rstest::rstest;

#[rstest]
#[case("minivm", 38, "ADC")]
#[case("cockpit", 57, "STORE_ARRAY")]
fn the_page_is_that_of_today(#[case] subject: &str, #[case] opcodes: usize, #[case] some: &str) {
    let output = lockstep(root(), &["isa", subject]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    let page = String::from_utf8(output.stdout).unwrap();
    let folder = root().join("vectors").join(subject);
    let kept = fs::read_to_string(folder.join("ISA.md")).unwrap();
    assert_eq!(page, kept, "make it anew: cargo xtask isa {subject} --out vectors/{subject}/ISA.md");
    assert_eq!(page.lines().filter(|line| line.starts_with("| `0x")).count(), opcodes);
    assert!(page.contains(&format!("\n## {some}\n")));
    for link in page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        let anchor = link.strip_prefix('#').map(str::to_uppercase);
        let is_there = match &anchor {
            Some(anchor) => page.to_uppercase().contains(&format!("\n## {anchor}\n")),
            None => folder.join(link).exists(),
        };
        assert!(is_there, "{link}");
    }
}

#[test]
fn a_subject_without_instructions_has_no_page() {
    for subject in ["control", "nothing"] {
        let output = lockstep(root(), &["isa", subject]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        assert!(text(&output).contains("[possible values: minivm, cockpit]"), "{}", text(&output));
    }
}
