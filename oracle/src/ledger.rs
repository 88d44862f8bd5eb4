//! The divergence ledger: where specification, reference and profiles disagree, and what was decided.
//!
//! A row explains only what its witness shows. The ledger is checked in every run: each switch of the native
//! implementation has its row, and each row a witness that still differs: where the row has a switch, flipping it
//! alone must change the witness's outcome; where both profiles follow the reference, the outcome must differ from what
//! the vector says the document would have (`document:`).

use std::fmt::{self, Display, Formatter};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;
use vectors::{Difference, Profile, Suite, Vector};

use crate::machine::{Answer, run_one};
use crate::native::Native;

/// The rows of `vectors/divergences.yaml`.
#[derive(Debug, Default)]
pub struct Ledger {
    rows: Vec<Row>,
}

/// One divergence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// `D1`, `D2`, …
    id: Spanned<String>,
    /// A few words.
    title: String,
    /// The subject it belongs to.
    subject: String,
    /// What kind of disagreement it is.
    kind: Kind,
    /// What the document says, with its section.
    document: String,
    /// What the reference does, with file and line.
    reference: String,
    /// What was decided, and why.
    decision: String,
    /// The switch of the profile, where the profiles differ.
    switch: Option<String>,
    /// The vector that shows it.
    witness: String,
}

/// Who is at odds with whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The reference is wrong by its own document, or by arithmetic.
    ReferenceBug,
    /// The document does not say.
    DocumentSilent,
    /// Document and reference both mean it.
    DocumentConflict,
    /// The document is wrong.
    DocumentError,
}

impl Display for Kind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::ReferenceBug => "reference-bug",
            Kind::DocumentSilent => "document-silent",
            Kind::DocumentConflict => "document-conflict",
            Kind::DocumentError => "document-error",
        })
    }
}

/// A row as it stands in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedRow {
    /// `D1`, `D2`, …
    pub id: String,
    /// A few words.
    pub title: String,
    /// What kind of disagreement it is.
    pub kind: Kind,
    /// What the document says.
    pub document: String,
    /// What the reference does.
    pub reference: String,
    /// What was decided.
    pub decision: String,
    /// The switch, if the profiles differ.
    pub switch: Option<String>,
    /// The name of the vector that shows it.
    pub witness: String,
    /// The vector's case, for people.
    pub listing: String,
    /// Where its outcomes differ: `expected` is what the document has, or the profile `strict`, `got` is the reference.
    pub differences: Vec<Difference>,
    /// Why the row does not hold, if it does not.
    pub problem: Option<String>,
}

impl Ledger {
    /// Loads the ledger.
    ///
    /// # Errors
    /// What is wrong with the file, with its line and column.
    pub fn load(file: &Path) -> Result<Self, String> {
        let source = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let rows: Vec<Row> =
            serde_saphyr::from_str(&source).map_err(|error| format!("{}: {error}", file.display()))?;
        for (index, row) in rows.iter().enumerate() {
            if rows[..index].iter().any(|earlier| earlier.id.value == row.id.value) {
                let at = row.id.referenced;
                return Err(format!(
                    "{}:{}:{}: {} is there twice",
                    file.display(),
                    at.line(),
                    at.column(),
                    row.id.value
                ));
            }
        }
        Ok(Ledger { rows })
    }

    /// Checks the rows of subject `S` against its vectors. Problems that belong to no row are the second part.
    pub fn check<S: Native>(&self, suite: &Suite<S>) -> (Vec<CheckedRow>, Vec<String>) {
        let rows: Vec<&Row> = self.rows.iter().filter(|row| row.subject == S::NAME).collect();
        let without_row = |(id, name): (&str, &str)| {
            let found = rows.iter().any(|row| row.id.value == id && row.switch.as_deref() == Some(name));
            (!found).then(|| format!("the switch {name} has no row {id} in the ledger"))
        };
        let missing = S::switches().into_iter().filter_map(without_row).collect();
        (rows.iter().map(|row| row.checked(suite)).collect(), missing)
    }
}

impl Row {
    fn checked<S: Native>(&self, suite: &Suite<S>) -> CheckedRow {
        let witness = suite.vectors.iter().find(|vector| vector.name == self.witness);
        CheckedRow {
            id: self.id.value.clone(),
            title: self.title.clone(),
            kind: self.kind,
            document: self.document.clone(),
            reference: self.reference.clone(),
            decision: self.decision.clone(),
            switch: self.switch.clone(),
            witness: self.witness.clone(),
            listing: witness.map(|witness| S::listing(&witness.case)).unwrap_or_default(),
            differences: witness.map(differences).unwrap_or_default(),
            problem: self.check(witness).err(),
        }
    }

    fn check<S: Native>(&self, witness: Option<&Vector<S>>) -> Result<(), String> {
        let id = self.id.value.as_str();
        let Some(witness) = witness else {
            return Err(format!("there is no vector `{}`", self.witness));
        };
        if let Some(switch) = &self.switch {
            if !S::switches().contains(&(id, switch.as_str())) {
                return Err(format!("there is no switch `{switch}` for this row"));
            }
            return match S::switch_shows(id, &witness.case) {
                true => Ok(()),
                false => {
                    Err(format!("`{}` does not differ any more when the switch is flipped", self.witness))
                }
            };
        }
        let Some(document) = &witness.document else {
            return Err(format!("`{}` does not say what the document would have", self.witness));
        };
        match run_one(&mut *S::machine(), Profile::Reference, &witness.case) {
            Answer::Outcome(outcome) if S::compare(document, &outcome).is_empty() => {
                Err(format!("`{}` does what the document says", self.witness))
            }
            Answer::Outcome(_) => Ok(()),
            other => Err(format!("`{}` does not run: {other:?}", self.witness)),
        }
    }
}

/// What a witness shows: the reference beside what the document says, or else beside the other profile.
fn differences<S: Native>(witness: &Vector<S>) -> Vec<Difference> {
    let mut machine = S::machine();
    let mut outcome = |profile| match run_one(&mut *machine, profile, &witness.case) {
        Answer::Outcome(outcome) => Some(outcome),
        _ => None,
    };
    let expected = witness.document.clone().or_else(|| outcome(Profile::Strict));
    match (expected, outcome(Profile::Reference)) {
        (Some(expected), Some(got)) => S::compare(&expected, &got),
        _ => Vec::new(),
    }
}
