//! What GitHub shows of a result: a step summary, annotations, issues.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use oracle::report::{Finding, Report};
use oracle::verdict::{Sign, Verdict};

use crate::bugs::{self, Bug, bugs};
use crate::complaints::{Complaint, complaints};
use crate::layout::ELSEWHERE;
use crate::numbers::{grouped, plural};
use crate::out::say;
use crate::{clean, coverage, finding, lanes, paint, terminal};

/// Annotations of a step that GitHub shows.
const ANNOTATIONS: usize = 10;

/// An issue about the bugs of a topic, of whatever machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// What finds the issue again: in its title, the same in every run.
    pub key: String,
    /// The title.
    pub title: String,
    /// The text, in Markdown.
    pub body: String,
}

/// One issue for each topic in which something differs, in the order of the bugs.
pub fn issues(report: &Report) -> Vec<Issue> {
    let mut topics: Vec<((&str, &str), Vec<Bug<'_>>)> = Vec::new();
    for bug in bugs(report) {
        let Finding { subject, topic, .. } = bug.lead();
        let about = (subject.as_str(), topic.as_str());
        match topics.iter_mut().find(|(known, _)| *known == about) {
            Some((_, bugs)) => bugs.push(bug),
            None => topics.push((about, vec![bug])),
        }
    }
    topics.into_iter().map(|((subject, topic), bugs)| issue(report, (subject, topic), &bugs)).collect()
}

/// The issue about a topic. Its first bug is shown as the screen shows it, if it is explained; explained ones come first.
fn issue(report: &Report, (subject, topic): (&str, &str), bugs: &[Bug<'_>]) -> Issue {
    let key = clean::line(&format!("lockstep {subject} {topic}"));
    let mut body = format!("{}\n\n", clean::code(&terminal::heading(report)));
    for bug in bugs {
        let (what, origin) = (bugs::what(bug.lead()), bug.lead().origin.to_string());
        let (machine, what, origin) = (clean::code(bug.machine()), clean::code(&what), clean::code(&origin));
        let _ = writeln!(body, "- {machine} {what}: {}, e.g. {origin}", clean::line(&bug.extent()));
    }
    let first = &bugs[0];
    if first.lead().explained {
        let _ = write!(body, "\n{}", clean::block(&finding::text(first, ELSEWHERE), ""));
        if !first.lead().vector.is_empty() {
            let _ = write!(body, "\n{}", clean::block(&first.lead().vector, "yaml"));
        }
    }
    let more = match bugs.len() - 1 {
        0 => String::new(),
        more => format!(", and {}", plural(more as u64, "more finding")),
    };
    let about = clean::line(&format!("{}: {}{more}", first.machine(), first.extent()));
    Issue { title: format!("[{key}] {about}"), key, body }
}

/// The summary of a step, in Markdown.
pub fn summary(report: &Report) -> String {
    let exit = report.exit();
    let sign = match paint::sign_of(exit) {
        Sign::Agree => "✅",
        Sign::NotRun => "❔",
        _ => "❌",
    };
    let kind = clean::html(&report.kind);
    let facts = clean::code(&format!("{} · {}", terminal::heading(report), terminal::summed_up(report)));
    let mut text = format!("## {sign} Lockstep {kind}: {exit}\n\n{facts}\n");
    for bug in bugs(report) {
        // A sentence of the vectors. What a machine says stands in the block only.
        let rule = bug.lead().rule.as_ref();
        let rule = rule.map_or(String::new(), |rule| format!("<b>{}</b> ", clean::html(rule)));
        let about = clean::html(&title(&bug));
        let _ = write!(text, "\n<details><summary>{rule}{about}</summary>\n\n");
        if bug.lead().explained {
            text += &clean::block(&finding::text(&bug, ELSEWHERE), "");
        }
        text.push_str("\n</details>\n");
    }
    let _ = write!(text, "\n{}\n", table(report));
    let item = |text: String| format!("- {}\n", clean::code(&text));
    let mut items = String::new();
    for lane in report.lanes.iter().filter(|lane| !lane.ran()) {
        items += &item(lanes::skipped(lane));
    }
    for lane in report.lanes.iter().filter(|lane| lane.sample.is_some()) {
        items += &item(lanes::sampled(&[lane]));
    }
    for coverage in report.coverage() {
        items += &item(coverage::line(report, &coverage));
    }
    for problem in report.ledger.all_problems() {
        items += &item(format!("ledger: {problem}"));
    }
    for part in &report.parts {
        items += &item(terminal::part(part));
    }
    for warning in report.all_warnings() {
        items += &item(format!("warning: {warning}"));
    }
    text += &items;
    text
}

/// The lanes that ran, a row each.
fn table(report: &Report) -> String {
    let ran = || report.lanes.iter().filter(|lane| lane.ran());
    if ran().next().is_none() {
        return String::new();
    }
    let verdicts = Verdict::ALL.map(Verdict::name).join(" | ");
    let mut text = format!("|  | subject | lane | cases | {verdicts} |\n|---|---|---|--:|");
    text += &"--:|".repeat(Verdict::ALL.len());
    text.push('\n');
    for lane in ran() {
        let counts = Verdict::ALL.map(|verdict| grouped(lane.counts.of(verdict))).join(" | ");
        let (subject, name) = (clean::cell(&lane.subject), clean::cell(&lane.lane.to_string()));
        let sign = lane.sign().symbol();
        let _ = writeln!(text, "| {sign} | {subject} | {name} | {} | {counts} |", grouped(lane.cases));
    }
    text
}

/// What a bug is about, in a few words.
fn title(bug: &Bug<'_>) -> String {
    let Finding { subject, topic, .. } = bug.lead();
    clean::line(&format!("{} {subject} {topic}: {}", bug.machine(), bug.extent()))
}

/// Workflow commands, at most ten: one a bug, then one for each other reason for which the result is not conformant; the
/// last says how many more there are.
pub fn annotations(report: &Report) -> Vec<String> {
    let other = |it: Complaint| {
        let title = property(&clean::line(&format!("Lockstep {}", it.kind)));
        it.counts.then(|| format!("::error title={title}::{}", data(&it.text)))
    };
    let mut annotations: Vec<String> = bugs(report).iter().map(annotation).collect();
    annotations.extend(complaints(report).into_iter().filter_map(other));
    if annotations.len() > ANNOTATIONS {
        let more = annotations.split_off(ANNOTATIONS - 1).len();
        annotations.push(format!("::error title=Lockstep::{more} more are in the report"));
    }
    annotations
}

fn annotation(bug: &Bug<'_>) -> String {
    let mut properties = format!("title={}", property(&title(bug)));
    let lanes: Vec<String> = bug.findings.iter().map(|(_, finding)| finding.lane.to_string()).collect();
    let mut message = lanes.join(", ");
    if bug.lead().explained {
        message = finding::text(bug, ELSEWHERE);
    }
    // A vector of the project stands in a file that can be marked.
    let of_vector = bug.findings.iter().find_map(|(_, finding)| Some((&finding.file, finding.line?)));
    if let Some((file, line)) = of_vector {
        properties = format!("file={},line={line},{properties}", property(file));
    }
    format!("::error {properties}::{}", data(message.trim_end()))
}

/// The text of a workflow command.
fn data(text: &str) -> String {
    clean::lines(text).replace('%', "%25").replace('\n', "%0A")
}

/// A property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Prints the annotations, and adds the summary to the file that GitHub names for it. Returns why it could not, with the
/// file.
#[must_use]
pub fn tell(report: &Report) -> Option<String> {
    for annotation in annotations(report) {
        say(&annotation);
    }
    let file = std::env::var_os("GITHUB_STEP_SUMMARY")?;
    summarize(report, Path::new(&file))
}

/// The same if the program runs in a workflow.
#[must_use]
pub fn tell_if_there(report: &Report) -> Option<String> {
    std::env::var_os("GITHUB_ACTIONS").and_then(|_| tell(report))
}

/// Adds the summary to a file. Returns why it could not, with the file.
#[must_use]
pub fn summarize(report: &Report, file: &Path) -> Option<String> {
    let add = || -> io::Result<()> {
        let mut open = std::fs::OpenOptions::new().create(true).append(true).open(file)?;
        open.write_all(summary(report).as_bytes())
    };
    add().err().map(|error| format!("{}: {error}", file.display()))
}
