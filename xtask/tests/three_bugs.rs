//! A port with three bugs comes to three findings, and each names the rule that is broken.

mod common;

use std::fs;
use std::process::Command;

use common::{lockstep, place, root, text};
use oracle::report::Report;
use reports::bugs::bugs;

/// What is changed in the machine in C: what is right, and what is wrong.
const BUGS: [(&str, &str); 3] = [
    ("*rd = imm & 0x800 ? imm | 0xFFFFF000u : imm;", "*rd = imm;"),
    ("case 0x11: *rd = add(m, a, ~b, 1);", "case 0x11: *rd = add(m, a, ~b, 1); m->psw ^= 2;"),
    ("case 0x22: if (m->psw & Z)", "case 0x22: if (!(m->psw & Z))"),
];

/// The topic of each, and how its sentence begins.
const SENTENCES: [(&str, &str); 3] = [
    ("JZ", "JZ sets pc to its zero-extended 12-bit immediate where Z is set"),
    ("LDI", "LDI writes its 12-bit immediate to rd, sign-extended"),
    ("SUB", "SUB sets C where"),
];

#[test]
fn three_bugs_are_three_findings_with_their_sentences() {
    let folder = place("three-bugs");
    fs::create_dir_all(&folder).unwrap();
    let mut source = fs::read_to_string(root().join("oracle/examples/machine.c")).unwrap();
    for (right, wrong) in BUGS {
        assert!(source.contains(right), "{right}");
        source = source.replace(right, wrong);
    }
    fs::write(folder.join("machine.c"), source).unwrap();
    let mut cc = Command::new("cc");
    cc.current_dir(&folder).args(["-std=gnu11", "-O2", "-o", "machine", "machine.c"]);
    assert!(cc.status().unwrap().success());
    let machine = folder.join("machine").display().to_string();
    let options = ["conformance", "--quick", "--machine", &machine, "--only", "mine", "--report", "result"];
    let output = lockstep(&folder, &options).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("3 findings about mine, exit status 1"), "{}", text(&output));
    let report: Report =
        serde_json::from_slice(&fs::read(folder.join("result/report.json")).unwrap()).unwrap();
    let mut found: Vec<_> =
        bugs(&report).iter().map(|bug| (bug.lead().topic.clone(), bug.sentence())).collect();
    found.sort();
    assert_eq!(found.len(), SENTENCES.len(), "{found:?}");
    for ((topic, sentence), (wanted, beginning)) in found.iter().zip(SENTENCES) {
        assert!(topic == wanted && sentence.starts_with(beginning), "{topic}: {sentence}");
    }
    // Every one says where the opcode stands in full.
    for page in ["#jz", "#ldi", "#sub"] {
        assert!(text(&output).contains(&format!("vectors/minivm/ISA.md{page}")), "{}", text(&output));
    }
}
