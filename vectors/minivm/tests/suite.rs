//! Vector files: what is wrong with one is told with its place, and nothing that tests nothing gets through.

use std::fs;
use std::path::{Path, PathBuf};

use itertools::Itertools;
use oracle::Subject;
use oracle::suite::{Found, OF_ORACLE, Suite, SuiteError};
use vectors_minivm::{Block, Case, MiniVm, Outcome, REFERENCE, STRICT, Stop};

fn load(folder: &Path) -> Result<Suite<MiniVm>, Vec<SuiteError>> {
    MiniVm::written().unwrap().load(folder)
}

/// A folder of its own for a test, with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (file, text) in files {
        fs::write(folder.join(file), text).unwrap();
    }
    folder
}

/// The complaints about a file, paths cut to the file's name.
fn complaints(name: &str, text: &str) -> String {
    let folder = folder(name, &[("a.yaml", text)]);
    let errors = load(&folder).expect_err(text);
    let lines: Vec<String> = errors.iter().map(|error| format!("{}", error)).collect();
    lines.join("\n").replace(&format!("{}/", folder.display()), "")
}

const RULE: &str = "rules: {r: A rule.}\nvectors:\n";

fn entry(name: &str, fields: &str) -> String {
    complaints(name, &format!("{RULE}  - name: a\n    rule: r\n{fields}"))
}

/// The first line of each complaint.
fn first_line(complaints: &str) -> &str {
    complaints.lines().next().unwrap_or_default()
}

#[test]
fn a_complaint_shows_the_line() {
    let expected = [
        "a.yaml:6:20: duplicate mapping key: r1",
        "error: bad vector",
        "  |",
        "6 |     given: {r1: 1, r1: 2}",
        "  |                    ^ duplicate mapping key: r1",
    ];
    assert_eq!(entry("snippet", "    code: RET\n    given: {r1: 1, r1: 2}\n"), expected.join("\n"));
}

#[test]
fn every_mistake_has_its_message() {
    let cases = [
        ("    program: /dev/zero\n", "a.yaml:5:14: /dev/zero: the name of a file beside this one is wanted"),
        ("    program: ..\n", "a.yaml:5:14: ..: the name of a file beside this one is wanted"),
        ("    code: RET\n    givn: {}\n", "a.yaml:6:5: unknown field `givn`, expected one of name, rule"),
        ("    code: RET\n    given: {r16: 1}\n", "a.yaml:6:13: unknown field `r16`"),
        ("    code: RET\n    given: {r1: high}\n", "a.yaml:6:17: invalid i64"),
        ("    code: RET\n    given: {r1: 0x100000000}\n", "a.yaml:6:17: 4294967296 does not fit 32 bits"),
        (
            "    code: RET\n    given: {psw: X}\n",
            "a.yaml:6:18: psw `X`: letters of ZCNV, each once, or - for none",
        ),
        (
            "    code: RET\n    given: {psw: ZZ}\n",
            "a.yaml:6:18: psw `ZZ`: letters of ZCNV, each once, or - for none",
        ),
        ("    code: RET\n    given: {mem: {0: 0g}}\n", "a.yaml:6:22: no lower-case hex digit at offset 1"),
        (
            "    code: RET\n    given: {mem: {0xFFFF: 0011}}\n",
            "a.yaml:3:11: mem[0]: 2 bytes at 65535 do not lie within 64 KiB",
        ),
        ("    code: RET\n    given: {reg_base: 0xFFC1}\n", "a.yaml:3:11: reg_base: 65473 is not 0 to 65472"),
        (
            "    code: RET\n    expect: {stop: bored}\n",
            "a.yaml:6:20: stop `bored`: budget, svc M F, break C, returned S or fault NAME",
        ),
        (
            "    code: RET\n    expect: {stop: svc 1}\n",
            "a.yaml:6:20: stop `svc 1`: budget, svc M F, break C, returned S or fault NAME",
        ),
        ("    code: RET\n    expect: {stop: fault boredom}\n", "a.yaml:6:20: stop `fault boredom`: budget"),
        ("    code: RET\n    expect: {steps: 2}\n", "a.yaml:3:11: cannot come out: steps: 2 of 1"),
        (
            "    code: RET\n    expect: {stop: returned 1}\n",
            "a.yaml:3:11: cannot come out: stop: status 0x1, but r0 is 0x0",
        ),
        ("    code: NOP\n", "a.yaml:5:11: code 1:1: unknown mnemonic"),
        (
            "    code: |\n      RET\n      ADD R1\n",
            "a.yaml:6:7: code 2:1: ADD takes other operands: Rd, Rs1, Rs2",
        ),
        (
            "    code: RET\n    hex: 25000000\n",
            "a.yaml:3:11: one of `code` (assembly), `hex` and `program` (a file) is wanted",
        ),
        (
            "    note: nothing\n",
            "a.yaml:3:11: one of `code` (assembly), `hex` and `program` (a file) is wanted",
        ),
        ("    hex: 2500000\n", "a.yaml:5:10: an odd number of hex digits (7)"),
        (
            "    code: RET\n    only: loose\n",
            "a.yaml:6:11: minivm has no profile `loose`, only reference, strict, portable",
        ),
        (
            "    code: RET\n    only: strict\n    reference: {r0: 1}\n",
            "a.yaml:3:11: expects something of reference, in which it does not run",
        ),
        ("    code: RET\n    steps: 0\n", "a.yaml:3:11: max_steps: 0 is not 1 to 1000000"),
        ("    code: [RET]\n", "a.yaml:5:11: "),
        ("    code: RET\n    given: {r1: }\n", "a.yaml:6:15: there is no value"),
        ("    code: RET\n    given:\n      r1:\n      r2: 1\n", "a.yaml:7:9: there is no value"),
        ("    code: RET\n    expect:\n", "a.yaml:6:11: there is no value"),
        ("    code: RET\n    strict:\n    note: a\n", "a.yaml:6:11: there is no value"),
        ("    code: RET\n    strict: ~\n", "a.yaml:6:13: there is no value"),
        ("    code:\n", "a.yaml:5:9: there is no value"),
        ("    code: RET\n    given: {call_stack: }\n", "a.yaml:6:23: there is no value"),
        ("    code: RET\n    given: {mem: {0: }}\n", "a.yaml:6:20: there is no value"),
        ("    code: RET\n    given: {mem: {16: ff, 0x10: ee}}\n", "a.yaml:6:27: duplicate mapping key: 0x10"),
        (
            "    code: RET\n    given: {mem: {16: ff, \"0x10\": ee}}\n",
            "a.yaml:6:18: duplicate mapping key: 16",
        ),
        (
            "    code: RET\n    expect: {mem: {0x40000: ff}}\n",
            "a.yaml:3:11: expect.mem: 1 bytes at 0x40000 do not lie within 64 KiB",
        ),
        (
            "    code: RET\n    expect: {mem: {0xFFFF: 00ff}}\n",
            "a.yaml:3:11: expect.mem: 2 bytes at 0xffff do not lie within 64 KiB",
        ),
        (
            "    code: RET\n    only: Strict\n",
            "a.yaml:6:11: minivm has no profile `Strict`, only reference, strict, portable",
        ),
    ];
    for (index, (fields, expected)) in cases.into_iter().enumerate() {
        let found = entry(&format!("mistake-{index}"), fields);
        assert!(first_line(&found).starts_with(expected), "expected {expected}\n   found {found}");
    }
}

#[test]
fn names_and_rules_must_meet() {
    let vector = |name: &str, rule: &str| {
        format!("  - {{name: {name}, rule: {rule}, code: RET, expect: {{stop: returned 0}}}}\n")
    };
    let missing = format!("{RULE}{}{}", vector("a", "r"), "  - {name: b, code: RET}\n");
    assert_eq!(first_line(&complaints("missing-rule", &missing)), "a.yaml:4:15: missing field `rule`");
    let undefined = format!("{RULE}{}{}", vector("a", "r"), vector("b", "s"));
    assert_eq!(first_line(&complaints("undefined", &undefined)), "a.yaml:4:12: rule `s` is not defined");
    let twice = format!("{RULE}{}{}", vector("a", "r"), vector("a", "r"));
    let found = complaints("twice", &twice);
    assert_eq!(first_line(&found), "a.yaml:4:12: the name `a` is taken already, at a.yaml:3:12");
    let untested = format!("rules: {{r: A rule., s: Another.}}\nvectors:\n{}", vector("a", "r"));
    assert_eq!(first_line(&complaints("untested", &untested)), "a.yaml:1:24: no vector tests rule `s`");
    assert_eq!(first_line(&complaints("syntax", "vectors: [")), "a.yaml:1:10: unclosed bracket '['");
}

#[test]
fn rules_and_names_are_shared_by_all_files_of_a_folder() {
    let first =
        "rules: {r: A rule.}\nvectors:\n  - {name: a, rule: r, code: RET, expect: {stop: returned 0}}\n";
    let second = "vectors:\n  - {name: b, rule: r, code: BRK 3, expect: {stop: break 3}}\n";
    let whole = folder("shared", &[("a.yaml", first), ("b.yaml", second), ("notes.txt", "not a vector")]);
    let suite = load(&whole).unwrap();
    assert_eq!(suite.vectors.len(), 2);
    assert_eq!(suite.rules["r"], "A rule.");
    let clash = folder("clash", &[("a.yaml", first), ("b.yaml", first)]);
    let errors = load(&clash).unwrap_err();
    assert_eq!(errors.len(), 2, "rule and name");
    let absent = load(&whole.join("absent")).unwrap_err();
    assert!(absent[0].to_string().contains("absent"));
}

#[test]
fn what_is_left_out_is_as_it_was() {
    let text = format!(
        "{RULE}  - name: a
    rule: r
    code: |
      ADD R1, R2, R3
      DIV R4, R5, R6
    given: {{r2: -1, r3: 2, psw: V, call_stack: [8]}}
    expect: {{stop: fault divide_by_zero, r1: 1, psw: C}}
    reference: {{r0: 0xFFFFFF05}}
"
    );
    let suite = load(&folder("defaults", &[("a.yaml", &text)])).unwrap();
    let vector = &suite.vectors[0];
    let [reference, strict] = [0, 1].map(|index| vector.expected[index].outcome.clone());
    assert_eq!((reference.steps, reference.pc, reference.sp, reference.psw), (1, 4, 0x8000, 2));
    assert_eq!(reference.regs[..4], [0xFFFF_FF05, 1, u32::MAX, 2]);
    assert_eq!(strict.regs[..4], [0, 1, u32::MAX, 2]);
    assert_eq!((strict.call_stack.clone(), strict.mem.len()), (vec![8], 0));
    assert_eq!(vector.case.max_steps, 2);
}

#[test]
fn a_program_leaves_open_what_it_does_not_state() {
    let entry =
        "  - name: a\n    rule: r\n    program: a.mvasm\n    expect: {stop: returned 7, mem: {0x4001: 05}}\n";
    let source = "        .data\n        .byte 1, 2, 3\n        .text\n        RET\n        .entry\n        LDI R0, 7\n        RET\n";
    let files = [("a.yaml", &*format!("{RULE}{entry}")), ("a.mvasm", source)];
    let suite = load(&folder("program", &files)).unwrap();
    let vector = &suite.vectors[0];
    assert_eq!((vector.case.pc, vector.case.max_steps), (4, 1_000_000));
    assert_eq!(vector.case.initial_memory()[0x4000..0x4003], [1, 2, 3]);
    let got = Outcome { steps: 17, psw: 3, ..vector.expected[0].outcome.clone() };
    let expected = vector.expected_in(STRICT).unwrap().of(&got);
    assert_eq!((expected.steps, expected.psw, expected.stop), (17, 3, got.stop));
    assert_eq!(expected.mem, [Block(0x4001, vec![5])]);

    let silent = format!("{RULE}  - name: a\n    rule: r\n    program: a.mvasm\n");
    let found = load(&folder("silent", &[("a.yaml", &silent), ("a.mvasm", source)])).unwrap_err();
    assert_eq!(found[0].message, "a program says how it stops");
    let found = load(&folder("no-program", &[("a.yaml", &silent)])).unwrap_err();
    assert!(found[0].message.starts_with("a.mvasm: "), "{}", found[0]);
    let wrong = folder("bad-program", &[("a.yaml", &silent), ("a.mvasm", "RET\nNOP")]);
    assert_eq!(load(&wrong).unwrap_err()[0].message, "a.mvasm: 2:1: unknown mnemonic");
}

#[test]
fn a_written_vector_says_the_same_when_it_is_read() {
    let draw = MiniVm::generates().unwrap().random(11);
    for index in 0..200 {
        let (_, case) = draw(index);
        let outcome = Outcome {
            stop: Stop::Budget {},
            steps: case.max_steps,
            pc: 0x1234_5678,
            sp: 4,
            psw: (index % 16) as u8,
            regs: case.regs,
            call_stack: vec![index as u32],
            mem: Vec::new(),
            trace: None,
        };
        let note = "a \"note\" \\";
        let found =
            Found { name: "a", rule: OF_ORACLE, note, case: &case, profile: STRICT, outcome: &outcome };
        let text = MiniVm::written().unwrap().write(&[found]);
        let suite = load(&folder("written", &[("a.yaml", &text)]))
            .unwrap_or_else(|errors| panic!("{}\n{text}", errors[0]));
        let vector = &suite.vectors[0];
        assert_eq!(vector.expected[0].outcome, outcome, "{text}");
        assert!(vector.expected_in(STRICT).is_some() && vector.expected_in(REFERENCE).is_none());
        assert_eq!(vector.note, note);
        assert_eq!(vector.case.initial_memory(), case.initial_memory(), "{text}");
        if case.mem.iter().all(|Block(_, bytes)| !bytes.is_empty())
            && case.mem.iter().map(|Block(address, _)| address).all_unique()
        {
            assert_eq!(vector.case.mem, case.mem, "in their order: {text}");
        }
        let plain = |case: &Case| Case { mem: Vec::new(), ..case.clone() };
        assert_eq!(plain(&vector.case), plain(&case), "{text}");
    }
}
