//! What GitHub shows of a result: a step summary, annotations, issues.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use oracle::report::{Exit, Finding, Report};
use oracle::verdict::Verdict;

use crate::{clean, coverage, finding, terminal};

/// Annotations of a step that GitHub shows.
const ANNOTATIONS: usize = 10;

/// Findings about the same thing, on whatever lanes.
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
        self.findings.iter().map(|finding| finding.count).sum()
    }

    fn title(&self) -> String {
        let cases = if self.count() == 1 {
            "1 case differs".into()
        } else {
            format!("{} cases differ", self.count())
        };
        clean::line(&format!("{} {}: {cases}", self.subject, self.topic))
    }

    fn explained(&self) -> Option<&Finding> {
        self.findings.iter().copied().find(|finding| finding.explained)
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

/// One issue a group of findings.
pub fn issues(report: &Report) -> Vec<Issue> {
    let issue = |group: &Group<'_>| {
        let key = clean::line(&format!("lockstep {} {}", group.subject, group.topic));
        let mut body = format!("{}\n\n", clean::code(&terminal::heading(report)));
        for finding in &group.findings {
            let (lane, origin) = (finding.lane.to_string(), finding.origin.to_string());
            let _ = writeln!(
                body,
                "- {} {}: {} cases, e.g. {}",
                clean::code(&lane),
                clean::code(&finding.aspect),
                finding.count,
                clean::code(&origin)
            );
        }
        if let Some(finding) = group.explained() {
            let _ = write!(body, "\n{}", clean::block(&finding::text(finding), ""));
            if !finding.vector.is_empty() {
                let _ = write!(body, "\n{}", clean::block(&finding.vector, "yaml"));
            }
        }
        Issue { title: format!("[{key}] {}", group.title()), key, body }
    };
    groups(report).iter().map(issue).collect()
}

/// The summary of a step, in Markdown.
pub fn summary(report: &Report) -> String {
    let exit = report.exit();
    let sign = if exit == Exit::Conformant { "✅" } else { "❌" };
    let kind = clean::html(&report.kind);
    let mut text =
        format!("## {sign} Lockstep {kind}: {exit}\n\n{}\n\n", clean::code(&terminal::heading(report)));
    text += &lanes(report);
    text.push('\n');
    let item = |text: String| format!("- {}\n", clean::code(&text));
    let mut items = String::new();
    for lane in report.lanes.iter().filter(|lane| !lane.ran()) {
        items += &item(terminal::skipped(lane));
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
    for group in groups(report) {
        let _ = write!(text, "\n<details><summary>{}</summary>\n\n", clean::html(&group.title()));
        if let Some(finding) = group.explained() {
            text += &clean::block(&finding::text(finding), "");
        }
        text.push_str("\n</details>\n");
    }
    text
}

/// The lanes that ran, a row each.
fn lanes(report: &Report) -> String {
    let ran = || report.lanes.iter().filter(|lane| lane.ran());
    if ran().next().is_none() {
        return String::new();
    }
    let verdicts = Verdict::ALL.map(Verdict::name).join(" | ");
    let mut text = format!("|  | subject | lane | cases | {verdicts} |\n|---|---|---|--:|");
    text += &"--:|".repeat(Verdict::ALL.len());
    text.push('\n');
    for lane in ran() {
        let counts = Verdict::ALL.map(|verdict| lane.counts.of(verdict).to_string()).join(" | ");
        let (subject, name) = (clean::cell(&lane.subject), clean::cell(&lane.lane.to_string()));
        let sign = lane.counts.sign().symbol();
        let _ = writeln!(text, "| {sign} | {subject} | {name} | {} | {counts} |", lane.cases);
    }
    text
}

/// Workflow commands, at most ten, one a group of findings; the last says how many more there are.
pub fn annotations(report: &Report) -> Vec<String> {
    let groups = groups(report);
    let shown = if groups.len() > ANNOTATIONS { ANNOTATIONS - 1 } else { groups.len() };
    let mut annotations: Vec<String> = groups[..shown].iter().map(annotation).collect();
    let more = groups.len() - shown;
    if more > 0 {
        annotations.push(format!("::error title=Lockstep::{more} more groups of findings are in the report"));
    }
    annotations
}

fn annotation(group: &Group<'_>) -> String {
    let mut properties = format!("title={}", property(&group.title()));
    let lanes: Vec<String> = group.findings.iter().map(|finding| finding.lane.to_string()).collect();
    let mut message = lanes.join(", ");
    if let Some(finding) = group.explained() {
        // A vector of the project stands in a file that can be marked.
        if let Some(line) = finding.line {
            properties = format!("file={},line={line},{properties}", property(&finding.file));
        }
        message = finding::text(finding);
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
        println!("{annotation}");
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
