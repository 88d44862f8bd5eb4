//! The guides of `vm/`: what they list is all there is, and who follows them gets where they lead.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::{lockstep, place, root, text};

/// The subjects of the page, in its order.
const SUBJECTS: [&str; 4] = ["minivm", "hxe", "control", "executive"];

fn guide(name: &str) -> String {
    fs::read_to_string(root().join("vm").join(name)).unwrap()
}

/// What a command prints in the end; it must end well.
fn says(arguments: &[&str]) -> String {
    let output = lockstep(root(), arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", text(&output));
    text(&output)
}

#[test]
fn the_page_of_differences_is_that_of_today() {
    let arguments = [["differences"].as_slice(), &SUBJECTS].concat();
    let (page, kept) = (says(&arguments), guide("DIFFERENCES.md"));
    let again = format!("cargo xtask {} --out vm/DIFFERENCES.md", arguments.join(" "));
    let stale = page.lines().zip(kept.lines()).find(|(new, old)| new != old);
    assert_eq!(stale, None, "make it anew: {again}");
    assert_eq!(page.len(), kept.len(), "make it anew: {again}");
    assert_eq!(
        page.matches("\n| **").count(),
        SUBJECTS.map(rows).map(|rows| rows.len()).iter().sum::<usize>()
    );
}

/// The rows of a ledger: whether each has a switch.
fn rows(subject: &str) -> Vec<(String, bool)> {
    let ledger = fs::read_to_string(root().join("vectors").join(subject).join("ledger.yaml")).unwrap();
    let rows = ledger.split("\n- id: ").skip(1);
    rows.map(|row| (row.lines().next().unwrap().to_owned(), row.contains("\n  switch: "))).collect()
}

#[test]
fn the_guide_to_migration_has_every_row_that_an_application_can_meet() {
    let guide = guide("MIGRATION.md");
    for (row, _) in SUBJECTS.into_iter().flat_map(rows).filter(|(_, has_switch)| *has_switch) {
        assert!(guide.contains(&format!("**{row}**")), "{row} is missing in vm/MIGRATION.md");
    }
}

#[test]
fn links_of_the_guides_lead_somewhere() {
    for name in ["README.md", "MIGRATION.md", "DIFFERENCES.md"] {
        let guide = guide(name);
        let links = guide.split("](").skip(1).map(|rest| rest.split([')', '#']).next().unwrap());
        let gone: BTreeSet<&str> = links.filter(|link| !root().join("vm").join(link).exists()).collect();
        assert_eq!(gone, BTreeSet::new(), "{name}");
    }
}

#[test]
fn figures_of_the_guide_are_those_of_the_budget() {
    let budget = fs::read_to_string(root().join("mcu-target/budget.yaml")).unwrap();
    let guide = guide("README.md");
    for (profile, way, name) in [
        ("reference", "from the bytes of the code", "reference plain"),
        ("reference", "prepared", "reference prepared"),
        ("reference", "paged", "reference paged"),
        ("strict", "from the bytes of the code", "strict plain"),
        ("strict", "prepared", "strict prepared"),
        ("strict", "paged", "strict paged"),
    ] {
        let part = budget.split(&format!("budget/minivm/thumb/{name}:\n")).nth(1).unwrap();
        let value = |of: &str| part.lines().find_map(|line| line.trim().strip_prefix(of)).unwrap().to_owned();
        let (mean, dearest) = (value("geometric mean of 21 programs: "), value("dearest program: "));
        let short = value("dearest run of below 100 steps: ");
        let row = format!("| `{profile}`, {way} | {mean} | {dearest} | {short} |");
        assert!(guide.contains(&row), "vm/README.md has not: {row}");
    }
}

/// The fenced blocks of a text: the kind and the lines.
fn blocks(text: &str) -> Vec<(&str, Vec<&str>)> {
    let fenced = text.split("\n```").skip(1).step_by(2);
    fenced.map(|block| (block.lines().next().unwrap(), block.lines().skip(1).collect())).collect()
}

/// The source with a change as `diff -u` writes it, without line numbers.
fn changed(source: &str, change: &[&str]) -> String {
    let side = |signs: [char; 2]| -> String {
        let lines = change.iter().filter_map(|line| line.strip_prefix(signs));
        lines.map(|line| format!("{line}\n")).collect()
    };
    let (before, after) = (side([' ', '-']), side([' ', '+']));
    assert_eq!(source.matches(&before).count(), 1, "{before}");
    source.replace(&before, &after)
}

/// Steps 1 and 3 of the guide: what the run says, and the line of the trace of `reference` where that of `strict` differs.
fn tried(source: &str, folder: &Path) -> (String, String) {
    fs::create_dir_all(folder).unwrap();
    let [program, image, report] =
        ["readings.mvasm", "readings.hxe", "report"].map(|name| folder.join(name).display().to_string());
    fs::write(&program, source).unwrap();
    says(&["hxe", "build", &program, "-o", &image]);
    let lane = ["--lane", "rust/strict~python/reference", "--report", &report];
    let run = says(&[["conformance", "--image", &image].as_slice(), &lane].concat());
    let trace = |profile| {
        let output = lockstep(root(), &["run", &image, "--trace", "--profile", profile]).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    let (reference, strict) = (trace("reference"), trace("strict"));
    let strict = strict.lines().map(Some).chain(std::iter::repeat(None));
    let place = reference.lines().zip(strict).find(|(one, other)| Some(*one) != *other);
    (run, place.map_or("", |(line, _)| line).trim_end().to_owned())
}

#[test]
fn who_follows_the_guide_to_migration_arrives() {
    let programs = root().join("vectors/minivm/programs");
    let mut source = fs::read_to_string(programs.join("readings-before.mvasm")).unwrap();
    let guide = guide("MIGRATION.md");
    let folder = place("migration");
    let mut rows = Vec::new();
    for (kind, lines) in blocks(guide.split("\n## Tried").nth(1).unwrap()) {
        match kind {
            "diff" => source = changed(&source, &lines),
            "text" => {
                let (run, place) = tried(&source, &folder);
                assert!(run.contains(lines[0]), "{} is not in: {run}", lines[0]);
                assert_eq!(format!("< {place}"), lines[2]);
                rows.push(lines[0]);
            }
            _ => panic!("a block of kind `{kind}`"),
        }
    }
    assert_eq!(rows, ["known differences: D5 1", "known differences: D4 1", "known differences: D39 1"]);
    let (run, place) = tried(&source, &folder);
    assert!(run.contains("✓ rust/strict~python/reference") && !run.contains("known differences"), "{run}");
    assert_eq!(place, "");
    assert_eq!(source, fs::read_to_string(programs.join("readings-after.mvasm")).unwrap());
}
