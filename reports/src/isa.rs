//! The page of an instruction set, in Markdown: its table, the rules of its vectors, and where its profiles differ.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use oracle::ledger::CheckedRow;
use oracle::report::SuiteReport;
use oracle::subject::{BitField, Instruction, InstructionSet};

/// Characters of a diagram for each bit.
const SCALE: usize = 2;
/// Bits in a row of a diagram.
const ROW: usize = 32;

/// The page of a subject; `rows` are those of its ledger. Links are seen from the folder of the subject.
pub fn page(set: &dyn InstructionSet, suite: &SuiteReport, rows: &[CheckedRow]) -> String {
    let instructions = set.instructions();
    let SuiteReport { subject, .. } = suite;
    let mut text = format!(
        "# The instruction set of `{subject}`\n\n\
         Made by `cargo xtask isa {subject}` from the table of opcodes, the [vectors](.) and the [ledger](ledger.yaml): \
         what stands here is what is tested. {}\n",
        set.encoding()
    );
    text += &contents(&instructions);
    for instruction in &instructions {
        let _ = write!(text, "\n## {}\n\n{}", instruction.topic, table(instruction));
        text += &rules(instruction.topic, suite);
        text += &divergences(instruction.topic, suite, rows);
    }
    let is_instruction = |topic: &str| instructions.iter().any(|instruction| instruction.topic == topic);
    let mut others: Vec<&str> = suite.vectors.values().map(|vector| vector.topic.as_str()).collect();
    others.sort_unstable();
    others.dedup();
    for topic in others.into_iter().filter(|topic| !is_instruction(topic)) {
        let _ = write!(text, "\n## {topic}\n\nNo instruction: what holds of all of them.\n");
        text += &rules(topic, suite);
        text += &divergences(topic, suite, rows);
    }
    text
}

/// Every instruction in a line.
fn contents(instructions: &[Instruction]) -> String {
    let mut text = "\n| opcode | instruction | what it does |\n|---|---|---|\n".to_owned();
    for Instruction { topic, about, syntax, fields, .. } in instructions {
        let byte = fields.first().map_or("", |field| field.name.as_str());
        let _ = writeln!(text, "| `{byte}` | [`{syntax}`](#{}) | {} |", anchor(topic), cell(about));
    }
    text
}

/// What the table has of an instruction.
fn table(instruction: &Instruction) -> String {
    let Instruction { about, syntax, fields, facts, .. } = instruction;
    let mut text = format!("`{syntax}`: {about}\n\n```text\n{}```\n\n", diagram(fields));
    for (what, fact) in facts {
        let _ = writeln!(text, "- {what}: {fact}");
    }
    text
}

/// The fields as boxes, in rows of 32 bits, with the numbers of their first and last bit or byte above.
fn diagram(fields: &[BitField]) -> String {
    let mut text = String::new();
    let mut rest = fields;
    while !rest.is_empty() {
        let mut bits = 0;
        let length = rest.iter().take_while(|field| {
            bits += field.bits;
            bits <= ROW
        });
        let (row, behind) = rest.split_at(length.count().max(1));
        rest = behind;
        let (mut numbers, mut line, mut names) = (String::new(), "+".to_owned(), "|".to_owned());
        for BitField { name, from, to, bits } in row {
            let width = bits * SCALE;
            let (from, to) = (from.to_string(), if from == to { String::new() } else { to.to_string() });
            let _ = write!(numbers, " {from}{to:>rest$}", rest = width - from.len());
            let _ = write!(line, "{}+", "-".repeat(width));
            let _ = write!(names, "{name:^width$}|");
        }
        let _ = write!(text, "{}\n{line}\n{names}\n{line}\n", numbers.trim_end());
    }
    text
}

/// The rules that the vectors of a topic test, each with them.
fn rules(topic: &str, suite: &SuiteReport) -> String {
    let mut by_rule: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for (name, vector) in suite.vectors.iter().filter(|(_, vector)| vector.topic == topic) {
        by_rule.entry(&vector.rule).or_default().push((name, &vector.file));
    }
    let mut text = String::new();
    for (rule, vectors) in by_rule {
        let sentence = suite.rules.get(rule).map_or("", String::as_str);
        let vector = |(name, file): &(&str, &str)| format!("[{name}]({})", seen_from(&suite.subject, file));
        let vectors: Vec<String> = vectors.iter().map(vector).collect();
        let _ = writeln!(text, "- **{rule}** {}<br>{}", cell(sentence), vectors.join(", "));
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}

/// The rows of the ledger whose witness is of a topic.
fn divergences(topic: &str, suite: &SuiteReport, rows: &[CheckedRow]) -> String {
    let is_of = |row: &&CheckedRow| suite.vectors.get(&row.witness).is_some_and(|it| it.topic == topic);
    let mut text = String::new();
    for CheckedRow { id, title, decision, switch, .. } in rows.iter().filter(is_of) {
        let who = if switch.is_some() { "Profiles differ" } else { "Documents differ, profiles do not" };
        let _ = writeln!(text, "- **{id}** {}. {who}: {}", cell(title), cell(decision));
    }
    if text.is_empty() { text } else { format!("\nDivergences:\n\n{text}") }
}

/// The anchor that Markdown gives to the heading of a topic.
pub fn anchor(topic: &str) -> String {
    topic.to_lowercase()
}

/// A file of the project, seen from the folder of the subject.
pub(crate) fn seen_from<'f>(subject: &str, file: &'f str) -> &'f str {
    file.split_once(&format!("vectors/{subject}/")).map_or(file, |(_, file)| file)
}

/// A sentence within a line or a cell.
pub(crate) fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
