//! What people read of a result, as they read it: screen, summary, JUnit, history, page, stored files.

use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use oracle::Lane;
use oracle::campaign::{Event, Skipped};
use oracle::report::{Finding, LaneReport, Report};
use reports::events::EventLog;
use reports::history::{self, History};
use reports::html::{self, Past};
use reports::{github, junit, terminal};

mod toys;
use toys::{Twist, Twisted, full, hostile};

fn seen(report: &Report) -> Report {
    report.seen_from_outside(Path::new("target/lockstep"))
}

#[test]
fn junit_skips_what_is_not_implemented() {
    insta::assert_snapshot!(junit::xml(&seen(&toys::of("half", toys::part))).unwrap());
}

#[test]
fn github_gets_a_summary() {
    insta::assert_snapshot!(github::summary(&seen(&toys::of("c", toys::wrong))));
}

/// A machine that supports nothing: no view says that anything of it has passed.
#[test]
fn a_machine_that_supports_nothing_is_green_nowhere() {
    let report = toys::of("stub", toys::nothing);
    assert_eq!(report.exit() as u8, 3);
    let screen = terminal::screen(&report, 200);
    assert!(
        screen.contains("passed by stub 0 of 8") && !screen.contains('✓') && !screen.contains("conformant"),
        "{screen}"
    );
    assert!(screen.contains("– toy stub: 4,287 unsupported on 4 lanes: not yet (4,287)"), "{screen}");
    let xml = junit::xml(&report).unwrap();
    let passed: Vec<&str> =
        xml.lines().filter(|line| line.contains("<testcase") && line.ends_with("/>")).collect();
    assert_eq!(passed.iter().map(|line| line.trim()).collect::<Vec<_>>(), [r#"<testcase name="toy T1"/>"#]);
    assert!(
        xml.contains("sweep/inc")
            && xml.contains(r#"<skipped message="512 of 512 cases are not implemented"/>"#)
    );
    assert!(xml.contains(r#"<error message="could not be determined"/>"#), "{xml}");
    let summary = github::summary(&report);
    assert!(summary.contains('❔') && !summary.contains(['✅', '❌']) && !summary.contains('✓'), "{summary}");
    assert!(reports::nightly::paragraph(&report).contains("4,287 unsupported"));
}

#[test]
fn what_was_not_run_is_an_error_in_junit() {
    let gone: Twist = |_, _, _| Err(oracle::Answer::NotRun("it is gone".into()));
    let report = toys::of("gone", gone);
    let xml = junit::xml(&report).unwrap();
    assert!(xml.contains(r#"<error message="512 of 512 cases were not run"/>"#), "{xml}");
    let required = |required| {
        let lane = Lane::between("rust", "upstream", "wraps");
        let skipped = Skipped { lane, because: "no checkout".into(), required };
        junit::xml(&toys::run(vec![Twisted::new("rust", toys::right)], full(), vec![skipped])).unwrap()
    };
    assert!(required(true).contains(r#"<error message="no checkout"/>"#));
    assert!(required(false).contains(r#"<skipped message="no checkout"/>"#));
}

/// A bug in one instruction is seen in its cells only, in cases of any length.
#[test]
fn a_failure_is_charged_to_the_step_that_differs() {
    let report = toys::of("c", toys::wrong);
    for lane in report.lanes.iter().filter(|lane| lane.counts.differ > 0 && !lane.lane.is_across()) {
        let failed = |topic: &str, point: &str| lane.points[topic][point].counts.differ;
        assert!(failed("dec", "at-the-end") > 0, "{}", lane.lane);
        assert_eq!(
            (failed("dec", "inside"), failed("inc", "inside"), failed("inc", "at-the-end")),
            (0, 0, 0)
        );
    }
    let longer = report.findings.iter().find_map(|finding| finding.in_case.as_ref()).unwrap();
    assert!(longer.step > 1);
}

#[test]
fn a_terminal_obeys_nothing_of_a_machine() {
    let report = hostile();
    for text in [terminal::screen(&report, 80), github::summary(&report), reports::fuzz::screen(&report, 80)]
    {
        let obeyed = text.chars().find(|it| it.is_control() && *it != '\n' || *it == '\u{202E}');
        assert_eq!(obeyed, None, "{text}");
        assert!(text.contains('\u{FFFD}'));
    }
    for line in terminal::screen(&report, 80).lines() {
        assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{line}");
    }
}

#[test]
fn github_obeys_nothing_of_a_machine() {
    let report = hostile();
    let annotations = github::annotations(&report);
    assert!(!annotations.is_empty());
    for annotation in &annotations {
        assert!(annotation.lines().count() == 1 && annotation.starts_with("::error title="), "{annotation}");
    }
    let summary = github::summary(&report);
    // Cells of the table: what the machine is called does not add one, and is no markup.
    let row = summary.lines().find(|line| line.starts_with("| ✗")).unwrap();
    assert_eq!(row.replace("\\|", "").matches('|').count(), 11, "{row}");
    assert!(row.contains("``<b>\\|`x`"), "{row}");
    for issue in github::issues(&report) {
        assert!(!issue.title.chars().any(char::is_control), "{}", issue.title);
        assert!(issue.body.contains("````"), "the block ends where it should: {}", issue.body);
    }
}

#[test]
fn xml_is_well_formed_whatever_a_machine_says() {
    let xml = junit::xml(&hostile()).unwrap();
    let refused = |it: char| it.is_control() && it != '\n' || matches!(it, '\u{FFFE}' | '\u{FFFF}');
    assert!(!xml.contains(refused) && xml.contains("stop-commands"), "{xml}");
    assert!(xml.contains("&lt;b&gt;|`x`") && !xml.contains("<b>"));
}

#[test]
fn a_page_ends_its_data_nowhere_else() {
    let page = html::page(&hostile(), &Past::default()).unwrap();
    assert!(page.contains(r"\u003c/script>") && page.matches("</script>").count() == 2);
    assert!(!page.contains("src=") && !page.contains("<link"), "it asks the network for nothing");
}

/// The page has no other mapping of counts to signs than the engine's.
#[test]
fn the_page_has_the_table_of_signs() {
    let page = html::page(&toys::of("rust", toys::right), &Past::default()).unwrap();
    for sign in oracle::verdict::Sign::ALL {
        let needs = serde_json::to_string(sign.needs()).unwrap();
        let row = format!(
            r#"{{"name":"{}","symbol":"{}","meaning":"{}","needs":{needs}}}"#,
            sign.name(),
            sign.symbol(),
            sign.meaning()
        );
        assert!(page.contains(&row), "{row}");
    }
}

#[test]
fn github_gets_at_most_ten_annotations() {
    let mut report = toys::of("c", toys::wrong);
    let first = report.findings.iter().find(|finding| finding.topic == "dec").unwrap().clone();
    report.findings =
        (0..12).map(|it| Finding { topic: format!("topic-{it:02}"), ..first.clone() }).collect();
    // Of another machine: another bug, and the same topic.
    report
        .findings
        .push(Finding { lane: Lane::between("d", "model", "wraps"), ..report.findings[0].clone() });
    let annotations = github::annotations(&report);
    assert_eq!(annotations.len(), 10);
    let title = "::error title=c toy topic-00%3A 6 cases on c~model/wraps::✗ topic-00 of c: differs in a";
    assert!(annotations[0].starts_with(title), "{}", annotations[0]);
    assert!(annotations[9].ends_with("4 more are in the report"));
    let issues = github::issues(&report);
    assert_eq!((issues.len(), issues[0].key.as_str()), (12, "lockstep toy topic-00"));
    assert!(
        issues[0].body.contains("- `d` `differs in a`: 6 cases on d~model/wraps, e.g. "),
        "{}",
        issues[0].body
    );
    let title = "[lockstep toy topic-00] c: 6 cases on c~model/wraps, and 1 more finding";
    assert_eq!(issues[0].title, title);
}

#[test]
fn a_failing_vector_is_annotated_where_it_stands() {
    let off: Twist = |_, _, after| Ok(after.wrapping_add(1));
    let mut report = toys::of("off", off);
    report.findings.retain(|finding| finding.lane == Lane::with_vectors("off"));
    let annotation = &github::annotations(&report)[0];
    assert!(annotation.starts_with("::error file=vectors/toy/counting.yaml,line="), "{annotation}");
    let screen = terminal::screen(&report, 200);
    assert!(
        screen.contains("✗ i adds one to the register.\n  off, toy inc: differs in a;"),
        "the rule that it breaks: {screen}"
    );
}

#[test]
fn a_report_survives_its_file() {
    let text = serde_json::to_string(&toys::mixed()).unwrap();
    let read: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    let unknown = text.replacen("\"schema\"", "\"mood\":1,\"schema\"", 1);
    assert!(serde_json::from_str::<Report>(&unknown).unwrap_err().to_string().contains("mood"));
}

#[test]
fn every_event_is_a_line() {
    let folder = toys::folder("events");
    let mut log = EventLog::create(&folder);
    let lane = LaneReport::new("toy", Lane::between("a", "b", "stays"));
    let finding = Finding { topic: "dec".into(), ..Finding::default() };
    let events = [
        Event::Started { subject: "toy", seed: 1, lanes: vec![lane.lane.to_string()], cases: 1 },
        Event::Batch { done: 1, cases: 1, differ: 0 },
        Event::Finding(&finding),
        Event::Lane(&lane),
        Event::Finished { exit: 0, seconds: 0.1 },
    ];
    events.iter().for_each(|event| log.write(event));
    assert_eq!(log.warning(), None);
    let text = fs::read_to_string(folder.join("events.ndjson")).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["started", "batch", "finding", "lane", "finished"]);
    assert!(lines.iter().all(|line| line["at"].is_number()));
    assert_eq!((&lines[2]["topic"], &lines[3]["lane"]["machine"]), (&"dec".into(), &"a".into()));

    // A folder that cannot be made: nothing fails, and the file is named.
    fs::write(folder.join("file"), "").unwrap();
    let mut log = EventLog::create(&folder.join("file"));
    log.write(&events[0]);
    assert!(log.warning().unwrap().contains("file/events.ndjson: "));
}

#[test]
fn history_knows_each_run_once_and_what_has_changed() {
    let folder = toys::folder("history");
    let mut history = History::open(&folder.join("history.sqlite")).unwrap();
    let at = |day: u64| UNIX_EPOCH + Duration::from_secs(1_760_000_000 + 86_400 * day);
    let good = toys::of("c", toys::right);
    assert_eq!(history.collect(&good, at(0)), Ok(true));
    assert_eq!(history.collect(&good, at(1)), Ok(false), "it is known");
    let bad = Report { commit: Some("ba9876543210".into()), ..toys::of("c", toys::wrong) };
    assert_eq!(history.collect(&bad, at(2)), Ok(true));
    let past = history::beside(&folder).unwrap();
    assert_eq!(past.runs.iter().map(|run| run.exit).collect::<Vec<_>>(), [0, 1]);
    let cases = past.series.iter().find(|series| series.name == "differ").unwrap();
    assert_eq!(cases.values[0], Some(0.0));
    let page = html::page(&bad, &past).unwrap();
    assert!(page.contains(r#""made":"2025-10-09 08:53""#));
    insta::assert_snapshot!(history.since(&bad, "0123456789abcdef0123").unwrap().unwrap());
    assert_eq!(history.since(&bad, "feedfeedfeed"), Ok(None));
}

#[test]
fn a_stored_result_is_read_strictly() {
    let folder = toys::folder("stored");
    let report = toys::of("c", toys::wrong);
    assert_eq!(reports::write(&report, &folder), Vec::<String>::new());
    let stored = reports::stored::read(&folder).unwrap();
    assert_eq!(stored.report.findings, report.findings);
    assert!(folder.join(&report.findings[0].file).exists() && folder.join("report.html").exists());
    let file = folder.join("report.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("\"schema\": 5", "\"schema\": 4", 1)).unwrap();
    let error = reports::stored::read(&file).unwrap_err();
    assert!(error.ends_with("report.json: is of schema 4, this program reads 5"), "{error}");
    fs::write(&file, "{").unwrap();
    assert!(reports::stored::read(&file).unwrap_err().contains("line 1"));
}

/// Whatever else cannot be written or read, the result is there, and each file that is not is named.
#[test]
fn nothing_takes_a_result_away() {
    let report = toys::of("c", toys::wrong);
    let folder = toys::folder("lost");
    fs::write(folder.join("failures"), "in the way of a folder").unwrap();
    fs::create_dir_all(folder.join("report.html/x")).unwrap();
    fs::create_dir_all(folder.join("junit.xml/x")).unwrap();
    fs::write(folder.join("history.sqlite"), "no database at all, and long enough to be read as one")
        .unwrap();
    let warnings = reports::write(&report, &folder);
    assert_eq!(reports::stored::read(&folder).unwrap().report.exit() as u8, 1);
    for file in ["failures/toy-c-model-wraps-dec", "report.html: ", "junit.xml: ", "history.sqlite: "] {
        assert!(warnings.iter().any(|warning| warning.contains(file)), "{file}: {warnings:?}");
    }
    // A folder that cannot be: no panic, and the result itself is named.
    fs::write(folder.join("file"), "").unwrap();
    assert!(reports::write(&report, &folder.join("file"))[0].contains("file/report.json: "));
    let summary = folder.join("file/summary.md");
    assert!(github::summarize(&report, &summary).unwrap().contains("summary.md: "));
}

#[test]
fn a_locked_or_foreign_history_is_a_warning() {
    let report = toys::of("rust", toys::right);
    let folder = toys::folder("locked");
    let file = folder.join("history.sqlite");
    drop(History::open(&file).unwrap());
    let lock = rusqlite::Connection::open(&file).unwrap();
    lock.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let warnings = reports::write(&report, &folder);
    assert!(
        warnings.len() == 1 && warnings[0].contains("history.sqlite: database is locked"),
        "{warnings:?}"
    );
    assert!(folder.join("report.html").exists());
    drop(lock);
    fs::remove_file(&file).unwrap();
    rusqlite::Connection::open(&file).unwrap().execute_batch("CREATE TABLE run (other TEXT)").unwrap();
    let warnings = reports::write(&report, &folder);
    assert!(warnings.len() == 1 && warnings[0].contains("history.sqlite: "), "{warnings:?}");
}

/// A result of elsewhere writes nothing outside of its folder.
#[test]
fn a_vector_is_written_into_the_folder_only() {
    let folder = toys::folder("outside");
    let mut report = toys::of("c", toys::wrong);
    report.findings.truncate(1);
    report.findings[0].file = "../escaped.yaml".into();
    let warnings = reports::write(&report, &folder);
    let named = folder.join("../escaped.yaml");
    assert_eq!(warnings, [format!("{}: is not in the folder of the result", named.display())]);
    assert!(!folder.join("../escaped.yaml").exists());
}

#[test]
fn a_replay_shows_who_differs() {
    use oracle::Subject as _;
    let toy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../oracle/tests/toy/counting.yaml");
    let suite = toy::Toy::written().unwrap().load(&toy).unwrap();
    let vector = suite.vectors.iter().find(|vector| vector.name == "inc-at-the-end").unwrap();
    let off: Twist = |_, _, after| Ok(after.wrapping_add(1));
    let mut machines: Vec<Box<dyn oracle::Machine<toy::Toy>>> = vec![
        Box::new(Twisted::new("rust", toys::right)),
        Box::new(Twisted::new("off", off)),
        Box::new(Twisted::new("stub\x1b[2J", toys::nothing)),
    ];
    let replays = oracle::replay::replay(&[vector], &mut machines);
    let texts: Vec<String> = replays.iter().map(reports::replay::text).collect();
    insta::assert_snapshot!(texts.join("\n"));
}

/// Every key of a result is described.
#[test]
fn the_form_is_documented() {
    let text = include_str!("../REPORT.md");
    let report = serde_json::to_value(toys::mixed()).unwrap();
    let statement = reports::statement::Statement::of(&toys::of("half", toys::part), "half").unwrap();
    let statement = serde_json::to_value(statement).unwrap();
    let finding = &report["findings"][0];
    let parts = [
        &report,
        &report["suites"][0],
        &report["spent"]["toy"],
        &report["machines"][0],
        &report["lanes"][0],
        &report["coverage"][0],
        &report["coverage"][0]["rows"][0],
        finding,
        &finding["in_case"],
        &finding["traces"],
        &finding["traces"]["machine"][0],
        &statement,
        &statement["suites"][0],
        &statement["lanes"][0],
        &statement["coverage"][0],
    ];
    for part in parts {
        let keys = part.as_object().unwrap_or_else(|| panic!("{part} is an object"));
        assert!(!keys.is_empty());
        for key in keys.keys() {
            assert!(text.contains(&format!("`{key}`")), "{key} is not described");
        }
    }
}

/// What no case is to blame for is seen as well.
#[test]
fn github_is_told_of_what_is_no_finding() {
    let mut report = toys::of("c", toys::right);
    report.lanes[0].machine_problem = Some("says more than it was asked".into());
    report.lanes[1].skipped_because = Some("it is not here".into());
    report.ledger.problems.push("row A1 is there twice".into());
    let lane = report.lanes[0].lane.to_string();
    let annotations = github::annotations(&report);
    let expected = [
        format!("::error title=Lockstep machine::toy {lane}: says more than it was asked"),
        format!("::error title=Lockstep skipped lane::toy {}: it is not here", report.lanes[1].lane),
        "::error title=Lockstep ledger problem::row A1 is there twice".into(),
    ];
    assert_eq!(annotations, expected);
}
