//! What the profiles of some subjects do unlike the reference or its documents, in Markdown, from their ledgers.

use std::fmt::Write as _;

use oracle::ledger::CheckedRow;
use oracle::report::SuiteReport;

use crate::isa::{cell, seen_from};

/// The page of some subjects, each with its suite and the rows of its ledger. Links are seen from a folder beside
/// `vectors/`.
pub fn page(ledgers: &[(SuiteReport, Vec<CheckedRow>)]) -> String {
    let subjects: Vec<&str> = ledgers.iter().map(|(suite, _)| suite.subject.as_str()).collect();
    let mut text = format!(
        "# What differs\n\n\
         Made by `cargo xtask differences {}` from the ledgers: every run checks that the vector in the last column \
         still shows the row. [SOURCES.md](../vectors/SOURCES.md) says what is cited, and the head of a ledger what is \
         shortened there.\n",
        subjects.join(" ")
    );
    for (suite, rows) in ledgers {
        let (parting, common): (Vec<&CheckedRow>, Vec<_>) = rows.iter().partition(|row| row.switch.is_some());
        let subject = &suite.subject;
        text += &table(suite, &parting, &format!("`{subject}`: profiles differ"));
        text += &table(suite, &common, &format!("`{subject}`: documents differ, profiles do not"));
    }
    text
}

/// A heading and a row for each; nothing if there are none.
fn table(suite: &SuiteReport, rows: &[&CheckedRow], heading: &str) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "\n## {heading}\n\n\
         | row | what | documents | reference | decision | shown by |\n|---|---|---|---|---|---|\n"
    );
    for CheckedRow { id, title, document, reference, decision, witness, .. } in rows {
        let [title, document, reference, decision] =
            [title, document, reference, decision].map(|it| cell(it));
        let _ = writeln!(
            text,
            "| **{id}** | {title} | {document} | {reference} | {decision} | {} |",
            link(suite, witness)
        );
    }
    text
}

/// A vector, with a link to its file.
fn link(suite: &SuiteReport, name: &str) -> String {
    match suite.vectors.get(name) {
        Some(vector) => {
            format!("[{name}](../vectors/{}/{})", suite.subject, seen_from(&suite.subject, &vector.file))
        }
        None => name.into(),
    }
}
