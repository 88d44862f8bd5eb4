//! The divergence ledger of a subject: where specification, reference and profiles disagree, and what was decided.
//!
//! A row explains only what its witness shows. The ledger is checked in every run: each switch of the native
//! implementation has its row, and each row a witness that still differs. If the row has a switch, flipping it alone must
//! change the witness's outcome; if every profile follows the reference, the outcome must differ from what the vector says
//! the document would have (`document:`).

use std::fmt::{self, Display, Formatter};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use crate::machine::{Answer, Machine, run_one};
use crate::subject::{Difference, Profile, Subject, Switched, agree, compare, native};
use crate::suite::{Suite, Vector};

/// The rows of a subject's `ledger.yaml`.
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
    /// What kind of disagreement it is.
    kind: Kind,
    /// What the document says, with its section.
    document: String,
    /// What the reference does, with file and line.
    reference: String,
    /// What was decided, and why.
    decision: String,
    /// The name of the switch that parts the profiles; absent if every profile does the same.
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
#[serde(deny_unknown_fields)]
pub struct CheckedRow {
    /// The subject.
    pub subject: String,
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
    /// The name of the switch; absent if every profile does the same.
    pub switch: Option<String>,
    /// The name of the vector that shows it.
    pub witness: String,
    /// The vector's case, for people.
    pub listing: String,
    /// What the witness shows: `expected` is what the document has, or what comes out with the switch flipped, `got` is
    /// what comes out in the first profile that shows it.
    pub differences: Vec<Difference>,
    /// Why the row does not hold; absent if it does.
    pub problem: Option<String>,
}

/// Why a row does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowProblem {
    /// There is no vector of the witness's name.
    NoWitness(String),
    /// The native implementation has no switch of this name for this row.
    NoSwitch(String),
    /// Flipping the switch does not change what comes out of the witness.
    NotShown(String),
    /// The witness does not say what the document would have.
    NoDocument(String),
    /// What comes out of the witness is what the document says.
    AsDocumented(String),
    /// The witness does not run on the native machine; why.
    DoesNotRun(String, String),
}

impl Display for RowProblem {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            RowProblem::NoWitness(name) => write!(f, "there is no vector `{name}`"),
            RowProblem::NoSwitch(name) => write!(f, "there is no switch `{name}` for this row"),
            RowProblem::NotShown(name) => {
                write!(f, "`{name}` does not differ any more when the switch is flipped")
            }
            RowProblem::NoDocument(name) => write!(f, "`{name}` does not say what the document would have"),
            RowProblem::AsDocumented(name) => write!(f, "`{name}` does what the document says"),
            RowProblem::DoesNotRun(name, why) => write!(f, "`{name}` does not run: {why}"),
        }
    }
}

impl Ledger {
    /// Loads the ledger; one without rows if there is no such file.
    ///
    /// # Errors
    /// What is wrong with the file, with its line and column.
    pub fn load(file: &Path) -> Result<Self, String> {
        match std::fs::read_to_string(file) {
            Ok(source) => Ledger::read(&source, file),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Ledger::default()),
            Err(error) => Err(format!("{}: {error}", file.display())),
        }
    }

    /// Reads a ledger, as if it stood in `file`.
    ///
    /// # Errors
    /// What is wrong with it, with its line and column.
    pub fn read(source: &str, file: &Path) -> Result<Self, String> {
        let rows: Vec<Row> =
            serde_saphyr::from_str(source).map_err(|error| format!("{}: {error}", file.display()))?;
        for (index, row) in rows.iter().enumerate() {
            if rows[..index].iter().any(|earlier| earlier.id.value == row.id.value) {
                let (at, id) = (row.id.referenced, &row.id.value);
                return Err(format!("{}:{}:{}: {id} is there twice", file.display(), at.line(), at.column()));
            }
        }
        Ok(Ledger { rows })
    }

    /// Checks the rows against the vectors. Problems that belong to no row are the second part.
    pub fn check<S: Subject>(&self, suite: &Suite<S>) -> (Vec<CheckedRow>, Vec<String>) {
        let mut bench = Bench::<S>::new();
        let has_row = |switch: &crate::subject::Switch| {
            let rows = &self.rows;
            rows.iter().any(|row| row.id.value == switch.row && row.switch.as_deref() == Some(switch.name))
        };
        let without_row = bench.switches.iter().filter(|switch| !has_row(switch));
        let missing = without_row
            .map(|switch| format!("the switch {} has no row {} in the ledger", switch.name, switch.row));
        let missing = missing.collect();
        (self.rows.iter().map(|row| row.checked(suite, &mut bench)).collect(), missing)
    }
}

/// What rows are checked with.
struct Bench<S: Subject> {
    switches: Vec<crate::subject::Switch>,
    switched: Option<Box<dyn Switched<S>>>,
    native: Option<Box<dyn Machine<S>>>,
}

impl<S: Subject> Bench<S> {
    fn new() -> Self {
        let ledgered = S::ledgered();
        Bench {
            switches: ledgered.map(|it| it.switches()).unwrap_or_default(),
            switched: ledgered.map(|it| it.machine()),
            native: native::<S>(),
        }
    }

    /// What the witness shows of a switch: without it flipped and with it, in the first profile in which that differs.
    fn flipped(&mut self, switch: usize, case: &S::Case) -> Option<(S::Outcome, S::Outcome)> {
        let machine = self.switched.as_mut()?;
        let mut both = |profile: Profile| {
            let plain = machine.run(profile, &[], case)?;
            let flipped = machine.run(profile, &[switch], case)?;
            (!agree::<S>(case, &plain, &flipped)).then_some((plain, flipped))
        };
        S::PROFILES.iter().find_map(|&profile| both(profile))
    }
}

impl Row {
    fn checked<S: Subject>(&self, suite: &Suite<S>, bench: &mut Bench<S>) -> CheckedRow {
        let witness = suite.vectors.iter().find(|vector| vector.name == self.witness);
        let shown = self.check(witness, bench);
        CheckedRow {
            subject: S::NAME.into(),
            id: self.id.value.clone(),
            title: self.title.clone(),
            kind: self.kind,
            document: self.document.clone(),
            reference: self.reference.clone(),
            decision: self.decision.clone(),
            switch: self.switch.clone(),
            witness: self.witness.clone(),
            listing: witness.map(|witness| S::listing(&witness.case)).unwrap_or_default(),
            problem: shown.as_ref().err().map(ToString::to_string),
            differences: shown.unwrap_or_default(),
        }
    }

    /// What the witness shows.
    fn check<S: Subject>(
        &self,
        witness: Option<&Vector<S>>,
        bench: &mut Bench<S>,
    ) -> Result<Vec<Difference>, RowProblem> {
        let name = || self.witness.clone();
        let witness = witness.ok_or_else(|| RowProblem::NoWitness(name()))?;
        if let Some(switch) = &self.switch {
            let known = bench.switches.iter().position(|it| it.row == self.id.value && it.name == switch);
            let at = known.ok_or_else(|| RowProblem::NoSwitch(switch.clone()))?;
            let (plain, flipped) =
                bench.flipped(at, &witness.case).ok_or_else(|| RowProblem::NotShown(name()))?;
            return Ok(compare::<S>(&witness.case, &flipped, &plain));
        }
        let document = witness.document.as_ref().ok_or_else(|| RowProblem::NoDocument(name()))?;
        let native = bench.native.as_mut();
        let native =
            native.ok_or_else(|| RowProblem::DoesNotRun(name(), "there is no native machine".into()))?;
        match run_one(&mut **native, S::PROFILES[0], &witness.case) {
            Answer::Outcome(outcome) if agree::<S>(&witness.case, document, &outcome) => {
                Err(RowProblem::AsDocumented(name()))
            }
            Answer::Outcome(outcome) => Ok(compare::<S>(&witness.case, document, &outcome)),
            other => Err(RowProblem::DoesNotRun(name(), other.reason().unwrap_or_default().into())),
        }
    }
}
