//! The tools for images, from the command line: built, looked into, run, and compared on all machines.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use oracle::report::Report;

const PROGRAM: &str = "\
        .data
text:   .asciz \"hi\\n\"
        .text
        LDI32 R1, text
        LDI R2, 3
        SVC MOD=1 FN=1
        SVC MOD=9 FN=9       ; nobody answers that
        LDI32 R2, 0xFFFFFF01
        SUB R0, R0, R2
        JNZ wrong
        LDI R0, 7
        SVC MOD=1 FN=0
wrong:  BRK 3
";

fn xtask(arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command
        .current_dir(root)
        .env_remove("HSX_REFERENCE")
        .env_remove("COCKPIT_REFERENCE")
        .env_remove("GITHUB_ACTIONS")
        .args(arguments)
        .output()
        .unwrap()
}

/// A file of this test's own.
fn file(name: &str, text: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Builds a program and gives the image's path.
fn built(name: &str, program: &str) -> String {
    let source = file(&format!("{name}.mvasm"), program.as_bytes());
    let output = xtask(&["hxe", "build", source.to_str().unwrap()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    source.with_extension("hxe").to_str().unwrap().to_owned()
}

#[test]
fn a_program_is_built_shown_and_run() {
    let image = built("hello", PROGRAM);
    let info = text(&xtask(&["hxe", "info", &image]).stdout);
    assert!(info.starts_with("reference: valid\nstrict: valid\n") && info.contains("hello"), "{info}");

    let shown = text(&xtask(&["hxe", "disasm", &image]).stdout);
    let again = built("again", &shown);
    let bytes = |path: &str| std::fs::read(path).unwrap();
    // The name is covered by nothing; all else is the same.
    assert_eq!(bytes(&image)[0x40..], bytes(&again)[0x40..]);

    let run = xtask(&["run", "--trace", &image]);
    assert_eq!((run.status.code(), text(&run.stdout)), (Some(7), "hi\n".to_owned()));
    let trace = text(&run.stderr);
    assert!(trace.starts_with("0000  60100000  LDI32 R1, 0x4000            R1=0x4000\n"), "{trace}");
    assert!(trace.ends_with("exit 7 after 9 instructions\n"), "{trace}");
}

#[test]
fn how_a_program_ends_is_the_exit_status() {
    let status = |name: &str, program: &str, options: &[&str]| {
        let image = built(name, program);
        xtask(&[&["run", &image], options].concat()).status.code()
    };
    assert_eq!(status("returns", "LDI R0, 300\nRET", &[]), Some(300 & 0xFF));
    let said = text(&xtask(&["run", &built("returns", "LDI R0, 300\nRET")]).stderr);
    assert!(said.starts_with("exit 300, of which a process can tell 44 after "), "{said}");
    assert_eq!(status("breaks", "BRK 1", &[]), Some(128));
    assert_eq!(status("faults", "DIV R0, R0, R0", &[]), Some(130));
    assert_eq!(status("loops", "again: JMP again", &["--max-steps", "5000"]), Some(124));
    assert_eq!(status("stops-in-time", "LDI R0, 3\nRET", &["--max-steps", "2"]), Some(3));
    assert_eq!(status("stops-late", "LDI R0, 3\nRET", &["--max-steps", "1"]), Some(124));
    assert_eq!(status("strict", "LDI R1, 1\nLD R0, [R1]\nRET", &["--profile", "strict"]), Some(137));
}

#[test]
fn images_run_in_lockstep_past_their_supervisor_calls() {
    let image = built("lockstep", PROGRAM);
    let report = Path::new(env!("CARGO_TARGET_TMPDIR")).join("images");
    let folder = report.to_str().unwrap();
    let output = xtask(&["conformance", "--image", &image, "--report", folder]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let report: Report = serde_json::from_slice(&std::fs::read(report.join("report.json")).unwrap()).unwrap();
    for (subject, cases) in [("minivm", 3), ("hxe", 2)] {
        let of_subject = report.lanes.iter().filter(|lane| lane.subject == subject);
        let mut named = of_subject.filter(|lane| lane.lane.to_string() == "rust~python/reference");
        let lane = named.next().unwrap();
        assert_eq!((lane.cases, lane.counts.agree), (cases, cases), "{lane:?}");
    }
}

/// A program that never ran would otherwise be conformant.
#[test]
fn a_file_that_is_no_image_is_not_conformant() {
    let truncated = std::fs::read(built("whole", PROGRAM)).unwrap();
    let too_large = vec![0; 1_000_001];
    let files: [(&str, &[u8]); 5] = [
        ("empty.hxe", b""),
        ("truncated.hxe", &truncated[..40]),
        ("random.hxe", b"\x17\x03\xF2random bytes that are no image at all, whatever one does"),
        ("text.yaml", b"rules: {}\nvectors: []\n"),
        ("large.hxe", &too_large),
    ];
    for (name, bytes) in files {
        let file = file(name, bytes);
        let output = xtask(&["conformance", "--image", file.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{name}: {}", text(&output.stdout));
        assert!(text(&output.stderr).contains(name), "{}", text(&output.stderr));
    }
}

#[test]
fn what_is_no_program_and_no_image_is_refused() {
    let complaint = |arguments: &[&str]| {
        let output = xtask(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        text(&output.stderr) + &text(&output.stdout)
    };
    let source = file("typo.mvasm", b"LDI R1, 1\nLDI R16, 1\n");
    assert!(complaint(&["hxe", "build", source.to_str().unwrap()]).contains("typo.mvasm: 2:"), "no place");
    let image = built("named", "RET");
    let source = image.replace(".hxe", ".mvasm");
    let long = "a name of more than thirty-one characters";
    assert!(complaint(&["hxe", "build", &source, "--name", long]).contains("31 ASCII"));
    let bad = file("no-image.hxe", b"HSXF");
    let bad = bad.to_str().unwrap();
    assert!(complaint(&["hxe", "info", bad]).contains("bad_magic at byte 0x4"));
    assert!(complaint(&["hxe", "disasm", bad]).contains("bad_magic at byte 0x4"));
    assert!(complaint(&["run", bad]).contains("EBADMSG: bad_magic at byte 0x4"));
    assert!(complaint(&["run", "nowhere.hxe"]).contains("nowhere.hxe: No such file"));
    assert!(complaint(&["conformance", "--image", "nowhere.hxe"]).contains("nowhere.hxe: No such file"));
}
