//! What people read, as they read it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use oracle::campaign::Event;
use oracle::coverage::{PointCoverage, ProfileCoverage, RowCoverage};
use oracle::ledger::{CheckedRow, Kind};
use oracle::plan::Shards;
use oracle::report::{Blame, Finding, Group, LaneReport, LedgerReport, Report};
use reports::events::EventLog;
use reports::history::History;
use reports::html::Past;
use vectors::{Difference, Profile};

fn lane(name: &str, agree: u64, known: u64, differ: u64) -> LaneReport {
    let group = Group { cases: agree + known, failed: 0 };
    let failing = Group { cases: differ, failed: differ };
    let groups = [("sweep/ADD", group), ("sweep/ADC", failing)];
    LaneReport {
        name: name.into(),
        subject: "minivm".into(),
        cases: agree + known + differ,
        agree,
        known,
        differ,
        known_by_row: if known > 0 { BTreeMap::from([("D4".into(), known)]) } else { BTreeMap::new() },
        groups: groups
            .into_iter()
            .filter(|(_, group)| group.cases > 0)
            .map(|(name, group)| (name.into(), group))
            .collect(),
        machine_seconds: 0.5,
        oracle_seconds: 1.5,
        required: true,
        ..LaneReport::default()
    }
}

fn coverage(profile: Profile, hits: u64) -> ProfileCoverage {
    let point =
        |name: &str, group: &str, hits| PointCoverage { name: name.into(), group: group.into(), hits };
    ProfileCoverage {
        subject: "minivm".into(),
        profile,
        groups: vec!["results".into(), "flags".into()],
        rows: vec![
            RowCoverage {
                name: "ADC".into(),
                points: vec![point("retired", "results", 9), point("v-set", "flags", hits)],
            },
            RowCoverage { name: "JMP".into(), points: vec![point("retired", "results", 1)] },
        ],
    }
}

fn fields(psw: &str, r1: &str) -> Vec<(String, String)> {
    [("pc", "0x4"), ("psw", psw), ("r1", r1), ("r2", "0x1")]
        .map(|(name, value)| (name.into(), value.into()))
        .to_vec()
}

fn finding() -> Finding {
    Finding {
        lane: "c~python/reference".into(),
        subject: "minivm".into(),
        profile: Profile::Reference,
        blame: Blame::Machine,
        topic: "ADC".into(),
        aspect: "psw".into(),
        count: 3,
        programs: vec!["program/12".into()],
        case: "program/12".into(),
        explained: true,
        failure: None,
        step: Some(7),
        listing: "given: {r2: 0x1, psw: C}, 1 step(s)\n> 0000  34123000  ADC R1, R2, R3\n".into(),
        differences: vec![Difference { field: "psw".into(), expected: "NV".into(), got: "N".into() }],
        before: fields("C", "0x0"),
        expected: fields("NV", "0x2"),
        got: fields("N", "0x2"),
        traces: None,
        in_program: None,
        resembles: Some("D36".into()),
        file: "failures/c.yaml".into(),
        vector: "vectors: []\n".into(),
        replay: "cargo xtask replay failures/c.yaml --machine 'c'".into(),
    }
}

fn report() -> Report {
    let row = CheckedRow {
        id: "D4".into(),
        title: "Misaligned access".into(),
        kind: Kind::DocumentConflict,
        document: "faults".into(),
        reference: "works".into(),
        decision: "a switch".into(),
        switch: Some("alignment".into()),
        witness: "ld-misaligned".into(),
        listing: "> 0000  02120001  LD R1, [R2+1]\n".into(),
        differences: vec![Difference {
            field: "stop".into(),
            expected: "fault misaligned".into(),
            got: "budget".into(),
        }],
        problem: None,
    };
    let skipped = LaneReport {
        name: "rust~upstream/reference".into(),
        skipped_because: Some("no checkout of the reference".into()),
        ..LaneReport::default()
    };
    Report {
        random_cases: 80_000,
        lanes: vec![
            lane("rust~python/reference", 1000, 0, 0),
            lane("rust/strict~python/reference", 900, 100, 0),
            skipped,
        ],
        coverage: vec![coverage(Profile::Reference, 4), coverage(Profile::Strict, 4)],
        coverage_is_gated: true,
        ledger: LedgerReport { rows: vec![row], problems: Vec::new() },
        seconds: 12.34,
        ..Report::new("conformance", Some("0123456789ab".into()), 1)
    }
}

fn failing() -> Report {
    let mut report = report();
    report.lanes.push(lane("c~python/reference", 990, 0, 10));
    report.lanes[3].machine_problem = Some("does not end with its input".into());
    report.findings.push(finding());
    report.coverage[1] = coverage(Profile::Strict, 0);
    report.ledger.rows[0].problem = Some("`ld-misaligned` does not differ any more".into());
    report.warnings.push("something to know".into());
    report
}

#[test]
fn the_screen_of_a_run_without_differences() {
    insta::assert_snapshot!(reports::terminal::screen(&report()));
}

#[test]
fn the_screen_of_a_run_with_everything_wrong() {
    insta::assert_snapshot!(reports::terminal::screen(
        &failing().seen_from_outside(Path::new("target/lockstep"))
    ));
}

#[test]
fn the_screen_of_a_part() {
    let mut report = report();
    report.shards = Shards::one((2, 3));
    report.opcodes = vec!["JMP".into()];
    report.coverage_is_gated = false;
    for profile in &mut report.coverage {
        profile.rows[0].points.iter_mut().for_each(|point| point.hits = 0);
    }
    insta::assert_snapshot!(reports::terminal::screen(&report));
}

#[test]
fn junit_has_a_suite_a_lane() {
    insta::assert_snapshot!(reports::junit::xml(&failing()).unwrap());
}

#[test]
fn a_report_survives_its_file() {
    let report = failing();
    let text = serde_json::to_string(&report).unwrap();
    let read: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    let unknown = text.replacen("\"schema\"", "\"mood\":1,\"schema\"", 1);
    assert!(serde_json::from_str::<Report>(&unknown).unwrap_err().to_string().contains("mood"));
}

#[test]
fn every_event_is_a_line() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("events");
    let mut log = EventLog::create(&folder).unwrap();
    let (lane, finding) = (lane("a~b/strict", 1, 0, 0), finding());
    let events = [
        Event::Started { subject: "minivm", seed: 1, lanes: vec!["a~b/strict".into()], cases: 1 },
        Event::Batch { done: 1, cases: 1, differ: 0 },
        Event::Finding(&finding),
        Event::Lane(&lane),
        Event::Finished { exit: 0, seconds: 0.1 },
    ];
    events.iter().for_each(|event| log.write(event).unwrap());
    let text = std::fs::read_to_string(folder.join("events.ndjson")).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["started", "batch", "finding", "lane", "finished"]);
    assert!(lines.iter().all(|line| line["at"].is_number()));
    assert_eq!((&lines[2]["topic"], &lines[3]["name"]), (&"ADC".into(), &"a~b/strict".into()));
}

#[test]
fn github_gets_a_summary_and_at_most_ten_annotations() {
    let mut report = failing();
    insta::assert_snapshot!(reports::github::summary(&report));
    let opcodes = ["LD", "ST", "MOV", "LDB", "LDH", "STB", "STH", "ADD", "SUB", "MUL", "DIV"];
    report.findings.extend(opcodes.map(|topic| Finding { topic: topic.into(), ..finding() }));
    // On another lane: the same group.
    report.findings.push(Finding { lane: "d~python/reference".into(), ..finding() });
    let annotations = reports::github::annotations(&report);
    assert_eq!(annotations.len(), 10);
    assert!(annotations[0].starts_with("::error title=minivm ADC%3A 6 cases differ::minivm c~python"));
    assert!(annotations.iter().all(|annotation| annotation.lines().count() == 1));
    assert!(annotations[9].ends_with("3 more groups of findings are in the report"));
    let issues = reports::github::issues(&report);
    assert_eq!((issues.len(), issues[0].key.as_str()), (12, "lockstep minivm ADC"));
    assert!(issues[0].body.contains("d~python/reference") && issues[0].title.contains(&issues[0].key));
}

#[test]
fn a_failing_vector_is_annotated_where_it_stands() {
    let mut report = failing();
    report.findings[0].file = "vectors/minivm/adc.yaml:12".into();
    report.findings[0].vector = String::new();
    let annotations = reports::github::annotations(&report);
    assert!(
        annotations[0].starts_with("::error file=vectors/minivm/adc.yaml,line=12,title="),
        "{annotations:?}"
    );
}

#[test]
fn history_knows_each_run_once_and_what_has_changed() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("history");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let mut history = History::open(&folder.join("history.sqlite")).unwrap();
    let at = |day: u64| UNIX_EPOCH + Duration::from_secs(1_760_000_000 + 86_400 * day);
    let good = report();
    assert_eq!(history.collect(&good, at(0)), Ok(true));
    assert_eq!(history.collect(&good, at(1)), Ok(false), "it is known");
    let bad = Report { commit: Some("ba9876543210".into()), ..failing() };
    assert_eq!(history.collect(&bad, at(2)), Ok(true));

    let past = reports::history::beside(&folder).unwrap();
    assert_eq!(past.runs.iter().map(|run| run.exit).collect::<Vec<_>>(), [0, 1]);
    let cases = past.series.iter().find(|series| series.name == "cases").unwrap();
    assert_eq!(cases.values, [Some(2000.0), Some(3000.0)]);
    let page = reports::html::page(&bad, &past).unwrap();
    assert!(
        page.contains(r#""made":"2025-10-09 08:53""#) && !page.contains("src=") && !page.contains("<link")
    );

    let changes = history.since(&bad, "0123456789abcdef0123").unwrap().unwrap();
    insta::assert_snapshot!(changes);
    assert_eq!(history.since(&bad, "feedfeedfeed"), Ok(None));
}

#[test]
fn a_stored_result_is_read_strictly() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stored");
    reports::write(&failing(), &folder).unwrap();
    let stored = reports::stored::read(&folder).unwrap();
    assert_eq!(stored.report.findings, failing().findings);
    assert!(folder.join("failures/c.yaml").exists() && folder.join("report.html").exists());
    let file = folder.join("report.json");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("\"schema\": 3", "\"schema\": 2", 1)).unwrap();
    let error = reports::stored::read(&file).unwrap_err();
    assert!(error.ends_with("report.json: is of schema 2, this program reads 3"), "{error}");
    std::fs::write(&file, "{").unwrap();
    assert!(reports::stored::read(&file).unwrap_err().contains("line 1"));
}

#[test]
fn a_page_ends_its_data_nowhere_else() {
    let mut report = failing();
    report.warnings.push("</script><b>&".into());
    let page = reports::html::page(&report, &Past::default()).unwrap();
    assert!(page.contains(r"\u003c/script>") && page.matches("</script>").count() == 2);
}
