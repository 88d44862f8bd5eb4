//! What GitHub shows of a result: a step summary, annotations, issues.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use oracle::report::{Finding, Report};
use oracle::verdict::{Sign, Verdict, total};

use crate::bugs::{Bug, bugs};
use crate::layout::ELSEWHERE;
use crate::numbers::grouped;
use crate::out::say;
use crate::{clean, coverage, finding, lanes, paint, terminal};

/// Annotations of a step that GitHub shows.
const ANNOTATIONS: usize = 10;

/// Findings about the same topic, of whatever machine and lane: what one issue is about.
struct Group<'a> {
    subject: &'a str,
    topic: &'a str,
    findings: Vec<&'a Finding>,
}

fn groups(report: &Report) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<(&str, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        groups.entry((&finding.subject, &finding.topic)).or_default().push(finding);
    }
    let group = |((subject, topic), findings)| Group { subject, topic, findings };
    let mut groups: Vec<Group<'_>> = groups.into_iter().map(group).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count()));
    groups
}

impl Group<'_> {
    fn count(&self) -> u64 {
        total(self.findings.iter().map(|finding| finding.count))
    }

    fn title(&self) -> String {
        let cases = if self.count() == 1 {
            "1 case differs".into()
        } else {
            format!("{} cases differ", self.count())
        };
        clean::line(&format!("{} {}: {cases}", self.subject, self.topic))
    }
}

/// An issue about a group of findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// What finds the issue again: in its title, the same in every run.
    pub key: String,
    /// The title.
    pub title: String,
    /// The text, in Markdown.
    pub body: String,
}

/// One issue a topic in which something differs.
pub fn issues(report: &Report) -> Vec<Issue> {
    let bugs = bugs(report);
    let issue = |group: &Group<'_>| {
        let key = clean::line(&format!("lockstep {} {}", group.subject, group.topic));
        let mut body = format!("{}\n\n", clean::code(&terminal::heading(report)));
        for finding in &group.findings {
            let (lane, origin) = (finding.lane.to_string(), finding.origin.to_string());
            let _ = writeln!(
                body,
                "- {} {}: {} cases, e.g. {}",
                clean::code(&lane),
                clean::code(finding.failure.as_deref().unwrap_or(&finding.aspect)),
                finding.count,
                clean::code(&origin)
            );
        }
        let is_about = |bug: &&Bug<'_>| {
            let lead = bug.lead();
            (lead.subject.as_str(), lead.topic.as_str()) == (group.subject, group.topic) && lead.explained
        };
        if let Some(bug) = bugs.iter().find(is_about) {
            let _ = write!(body, "\n{}", clean::block(&finding::text(bug, ELSEWHERE), ""));
            if !bug.lead().vector.is_empty() {
                let _ = write!(body, "\n{}", clean::block(&bug.lead().vector, "yaml"));
            }
        }
        Issue { title: format!("[{key}] {}", group.title()), key, body }
    };
    groups(report).iter().map(issue).collect()
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

/// Workflow commands, at most ten, one a bug; the last says how many more there are.
pub fn annotations(report: &Report) -> Vec<String> {
    let bugs = bugs(report);
    let shown = if bugs.len() > ANNOTATIONS { ANNOTATIONS - 1 } else { bugs.len() };
    let mut annotations: Vec<String> = bugs[..shown].iter().map(annotation).collect();
    let more = bugs.len() - shown;
    if more > 0 {
        annotations.push(format!("::error title=Lockstep::{more} more findings are in the report"));
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
