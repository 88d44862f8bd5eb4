//! What GitHub shows of a result: a step summary, annotations, issues.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};

use oracle::report::{Exit, Finding, Report};

use crate::terminal;

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
        format!("{} {}: {} cases differ", self.subject, self.topic, self.count())
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
        let key = format!("lockstep {} {}", group.subject, group.topic);
        let mut body = format!("{}\n\n", terminal::heading(report));
        for finding in &group.findings {
            let _ = writeln!(
                body,
                "- `{}` {}: {} cases, e.g. `{}`",
                finding.lane, finding.aspect, finding.count, finding.case
            );
        }
        if let Some(finding) = group.explained() {
            let _ = write!(body, "\n```\n{}```\n", terminal::finding(finding));
            if !finding.vector.is_empty() {
                let _ = write!(body, "\n```yaml\n{}```\n", finding.vector);
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
    let mut text = format!("## {sign} Lockstep {}: {exit}\n\n{}\n\n", report.kind, terminal::heading(report));
    let ran = || report.lanes.iter().filter(|lane| lane.skipped_because.is_none());
    if ran().next().is_some() {
        text.push_str(
            "| subject | lane | cases | agree | known | differ | oracle fault | unsupported | not run |\n",
        );
        text.push_str("|---|---|--:|--:|--:|--:|--:|--:|--:|\n");
    }
    for lane in ran() {
        let counts: Vec<String> = lane.counts().iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "| {} | `{}` | {} |", lane.subject, lane.name, counts.join(" | "));
    }
    text.push('\n');
    for lane in report.lanes.iter().filter(|lane| lane.skipped_because.is_some()) {
        let because = lane.skipped_because.as_deref().unwrap_or_default();
        let _ = writeln!(text, "- skipped `{} {}`: {because}", lane.subject, lane.name);
    }
    for coverage in &report.coverage {
        let (all, hit) = coverage.totals();
        let _ = writeln!(
            text,
            "- coverage of {} in {}: {hit} of {all} points",
            coverage.subject, coverage.profile
        );
    }
    for problem in report.ledger.all_problems() {
        let _ = writeln!(text, "- ledger: {problem}");
    }
    for part in &report.parts {
        let _ = writeln!(text, "- {}", terminal::part(part));
    }
    for warning in report.all_warnings() {
        let _ = writeln!(text, "- warning: {warning}");
    }
    for group in groups(report) {
        let _ = write!(text, "\n<details><summary>{}</summary>\n\n", group.title());
        if let Some(finding) = group.explained() {
            let _ = write!(text, "```\n{}```\n", terminal::finding(finding));
        }
        text.push_str("\n</details>\n");
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
    let mut message =
        group.findings.iter().map(|finding| finding.lane.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(finding) = group.explained() {
        // A vector of the project stands in a file that can be marked.
        if let Some((file, line)) = finding.file.rsplit_once(':').filter(|_| finding.vector.is_empty()) {
            properties = format!("file={},line={},{properties}", property(file), property(line));
        }
        message = terminal::finding(finding);
    }
    format!("::error {properties}::{}", data(message.trim_end()))
}

/// The text of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Prints the annotations, and adds the summary to the file that GitHub names for it.
///
/// # Errors
/// Those of the file.
pub fn tell(report: &Report) -> io::Result<()> {
    for annotation in annotations(report) {
        println!("{annotation}");
    }
    let Some(file) = std::env::var_os("GITHUB_STEP_SUMMARY") else { return Ok(()) };
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file)?;
    file.write_all(summary(report).as_bytes())
}

/// The same, where the program runs in a workflow.
///
/// # Errors
/// Those of the file.
pub fn tell_if_there(report: &Report) -> io::Result<()> {
    if std::env::var_os("GITHUB_ACTIONS").is_some() { tell(report) } else { Ok(()) }
}
