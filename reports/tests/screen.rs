//! The screen, at the widths of terminals: what stands on it, and that it keeps to them.

use std::path::Path;

use oracle::Lane;
use oracle::partition::Shard;
use oracle::plan::Plan;
use oracle::report::{LaneReport, Measurement, Report};
use oracle::verdict::Counts;
use reports::terminal;

mod toys;
use toys::{Twisted, full, hostile};

fn seen(report: &Report) -> Report {
    report.seen_from_outside(Path::new("target/lockstep"))
}

#[test]
fn the_screen_of_a_run_without_differences() {
    insta::assert_snapshot!(terminal::screen(&toys::of("rust", toys::right), 80));
}

#[test]
fn the_screen_of_machines_of_every_kind() {
    let report = seen(&toys::mixed());
    insta::assert_snapshot!("the_screen_at_80_columns", terminal::screen(&report, 80));
    insta::assert_snapshot!("the_screen_at_200_columns", terminal::screen(&report, 200));
}

#[test]
fn the_screen_of_a_part() {
    let plan = Plan { topics: vec!["inc".into()], sweep_stride: 3, shard: Shard::even((2, 3)), ..full() };
    let report = toys::run(vec![Twisted::new("rust", toys::right)], plan, Vec::new());
    insta::assert_snapshot!(terminal::screen(&report, 80));
}

/// No line is longer than the terminal, whatever stands in it.
#[test]
fn every_screen_keeps_to_its_width() {
    let long = Twisted::new(&"a-very-long-name-".repeat(9), toys::wrong);
    let reports = [
        toys::of("rust", toys::right),
        toys::mixed(),
        hostile(),
        measured(9),
        toys::run(vec![long], full(), Vec::new()),
    ];
    for report in reports.iter().map(seen) {
        for width in [40, 80, 200] {
            for screen in [terminal::screen(&report, width), reports::fuzz::screen(&report, width)] {
                let longest = screen.lines().max_by_key(|line| console::measure_text_width(line)).unwrap();
                assert!(console::measure_text_width(longest) <= width, "at {width}: {longest}");
            }
        }
    }
}

/// A result that is about what it has measured.
fn measured(count: u8) -> Report {
    let measurement = |at: u8| Measurement {
        group: format!("budget/part-{}", at / 4),
        name: format!("instruction {at}"),
        value: 1000.0 + f64::from(at),
        unit: "instructions".into(),
        at_most: (at < 6).then_some(1004.0),
        at_least: None,
    };
    Report { measurements: (0..count).map(measurement).collect(), ..Report::new("budget", None, 1) }
}

#[test]
fn the_screen_of_measurements() {
    insta::assert_snapshot!(terminal::screen(&measured(9), 80));
    let many = terminal::screen(&measured(90), 80);
    assert!(many.contains("✗ instruction 5") && !many.contains("instruction 6"), "{many}");
}

#[test]
fn the_screen_of_a_fuzz_session() {
    let mut report = Report::new("fuzz", None, 1);
    for (name, runs, floor) in [("step", 1000, 900.0), ("loader", 0, 10.0)] {
        let counts = Counts { agree: runs / 2, unsupported: runs / 2, ..Counts::default() };
        report.lanes.push(LaneReport {
            cases: runs,
            counts,
            ..LaneReport::new("fuzz", Lane::of_target(name))
        });
        let measure = |what: &str, value, at_least| Measurement {
            group: format!("fuzz/{name}"),
            name: what.into(),
            value,
            unit: String::new(),
            at_most: None,
            at_least,
        };
        let speed = measure("executions", 500.0, Some(floor));
        report.measurements.extend([speed, measure("useful", 0.5, None), measure("corpus", 12.0, None)]);
    }
    insta::assert_snapshot!(reports::fuzz::screen(&report, 80));
}
