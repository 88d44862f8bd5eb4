//! Verdicts: what is made of the answers of oracle and machine to a case, counted, and the one sign of a count.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// What is made of two answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The same outcome.
    Agree,
    /// Different outcomes, and rows of the ledger explain that.
    Known,
    /// Different outcomes, or the machine failed.
    Differ,
    /// The oracle failed, or broke a rule that holds for every implementation.
    OracleFault,
    /// One of them does not implement it.
    Unsupported,
    /// One of them could not be used.
    NotRun,
}

impl Verdict {
    /// All of them, in the order of tables.
    pub const ALL: [Verdict; 6] = [
        Verdict::Agree,
        Verdict::Known,
        Verdict::Differ,
        Verdict::OracleFault,
        Verdict::Unsupported,
        Verdict::NotRun,
    ];

    /// Whether it asks for an explanation.
    pub const fn fails(self) -> bool {
        matches!(self, Verdict::Differ | Verdict::OracleFault)
    }

    /// Whether the machine has done what it should.
    pub const fn passes(self) -> bool {
        matches!(self, Verdict::Agree | Verdict::Known)
    }

    /// The name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Agree => "agree",
            Verdict::Known => "known",
            Verdict::Differ => "differ",
            Verdict::OracleFault => "oracle fault",
            Verdict::Unsupported => "unsupported",
            Verdict::NotRun => "not run",
        }
    }

    /// What it says of two answers, in words for people.
    pub const fn meaning(self) -> &'static str {
        match self {
            Verdict::Agree => "both sides have the same outcome, in every field",
            Verdict::Known => "the outcomes differ, and a row of the ledger explains it",
            Verdict::Differ => "the outcomes differ, or the machine failed",
            Verdict::OracleFault => "the oracle failed, or broke a rule that holds for every implementation",
            Verdict::Unsupported => "one of the two does not implement it",
            Verdict::NotRun => "one of the two could not be used",
        }
    }
}

/// Cases, or steps, by verdict. The verdicts always come to what was judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Counts {
    /// Both outcomes are the same, in every field.
    #[serde(skip_serializing_if = "is_zero")]
    pub agree: u64,
    /// They differ, and a row of the ledger explains it.
    #[serde(skip_serializing_if = "is_zero")]
    pub known: u64,
    /// They differ, or the machine failed.
    #[serde(skip_serializing_if = "is_zero")]
    pub differ: u64,
    /// The oracle failed.
    #[serde(skip_serializing_if = "is_zero")]
    pub oracle_fault: u64,
    /// One of the two does not implement the case.
    #[serde(skip_serializing_if = "is_zero")]
    pub unsupported: u64,
    /// One of the two could not be used.
    #[serde(skip_serializing_if = "is_zero")]
    pub not_run: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The sum of counts, which does not go beyond the largest number: what a file claims may be any.
pub fn total(counts: impl IntoIterator<Item = u64>) -> u64 {
    counts.into_iter().fold(0, u64::saturating_add)
}

impl Counts {
    /// The count of a verdict.
    pub const fn of(&self, verdict: Verdict) -> u64 {
        match verdict {
            Verdict::Agree => self.agree,
            Verdict::Known => self.known,
            Verdict::Differ => self.differ,
            Verdict::OracleFault => self.oracle_fault,
            Verdict::Unsupported => self.unsupported,
            Verdict::NotRun => self.not_run,
        }
    }

    fn of_mut(&mut self, verdict: Verdict) -> &mut u64 {
        match verdict {
            Verdict::Agree => &mut self.agree,
            Verdict::Known => &mut self.known,
            Verdict::Differ => &mut self.differ,
            Verdict::OracleFault => &mut self.oracle_fault,
            Verdict::Unsupported => &mut self.unsupported,
            Verdict::NotRun => &mut self.not_run,
        }
    }

    /// Counts one.
    pub fn count(&mut self, verdict: Verdict) {
        *self.of_mut(verdict) += 1;
    }

    /// All that was judged. No sum goes beyond the largest number, as in [`total`].
    pub fn judged(&self) -> u64 {
        total(Verdict::ALL.into_iter().map(|verdict| self.of(verdict)))
    }

    /// Those that ask for an explanation.
    pub const fn failed(&self) -> u64 {
        self.differ.saturating_add(self.oracle_fault)
    }

    /// Those in which the machine has done what it should.
    pub const fn passed(&self) -> u64 {
        self.agree.saturating_add(self.known)
    }

    /// Those in which two outcomes were compared, or should have been.
    pub const fn compared(&self) -> u64 {
        self.passed().saturating_add(self.failed())
    }

    /// What is shown of them.
    pub fn sign(&self) -> Sign {
        let applies = |sign: &Sign| {
            let needed = |any: &&[Verdict]| any.iter().any(|&verdict| self.of(verdict) > 0);
            *sign != Sign::Nothing && sign.needs().iter().all(needed)
        };
        Sign::ALL.into_iter().find(applies).unwrap_or(Sign::Nothing)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        for verdict in Verdict::ALL {
            let sum = self.of_mut(verdict);
            *sum = sum.saturating_add(other.of(verdict));
        }
    }
}

/// The one sign of some cases, in every view. What was not compared never has the sign of what agrees.
///
/// The gravest stands first: if several counts are shown in one place, it has the gravest of their signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// A case differs.
    Differ,
    /// The oracle failed at a case.
    OracleFault,
    /// A case could not be put to the machine.
    NotRun,
    /// Some cases agree, others are not implemented.
    Partly,
    /// None is implemented.
    Unsupported,
    /// There is no case.
    Nothing,
    /// A case differs as the ledger says, and all others agree.
    Known,
    /// All agree.
    Agree,
}

impl Sign {
    /// All of them, the gravest first.
    pub const ALL: [Sign; 8] = [
        Sign::Differ,
        Sign::OracleFault,
        Sign::NotRun,
        Sign::Partly,
        Sign::Unsupported,
        Sign::Nothing,
        Sign::Known,
        Sign::Agree,
    ];

    /// What must be counted for it: of each list at least one verdict. Of a count the first sign applies whose needs are
    /// met; [`Sign::Nothing`], which needs nothing, if no other does.
    pub const fn needs(self) -> &'static [&'static [Verdict]] {
        match self {
            Sign::Differ => &[&[Verdict::Differ]],
            Sign::OracleFault => &[&[Verdict::OracleFault]],
            Sign::NotRun => &[&[Verdict::NotRun]],
            Sign::Partly => &[&[Verdict::Unsupported], &[Verdict::Agree, Verdict::Known]],
            Sign::Unsupported => &[&[Verdict::Unsupported]],
            Sign::Nothing => &[],
            Sign::Known => &[&[Verdict::Known]],
            Sign::Agree => &[&[Verdict::Agree]],
        }
    }

    /// Whether it says that everything was compared, and nothing failed.
    pub const fn passes(self) -> bool {
        matches!(self, Sign::Known | Sign::Agree)
    }

    /// The name, as in stored results and style sheets.
    pub const fn name(self) -> &'static str {
        match self {
            Sign::Differ => "differ",
            Sign::OracleFault => "oracle_fault",
            Sign::NotRun => "not_run",
            Sign::Partly => "partly",
            Sign::Known => "known",
            Sign::Agree => "agree",
            Sign::Unsupported => "unsupported",
            Sign::Nothing => "nothing",
        }
    }

    /// A character for people.
    pub const fn symbol(self) -> char {
        match self {
            Sign::Differ => '✗',
            Sign::OracleFault => '!',
            Sign::NotRun => '?',
            Sign::Partly => '◐',
            Sign::Known => '≈',
            Sign::Agree => '✓',
            Sign::Unsupported => '–',
            Sign::Nothing => '·',
        }
    }

    /// What it means.
    pub const fn meaning(self) -> &'static str {
        match self {
            Sign::Differ => "a case differs",
            Sign::OracleFault => "the oracle failed",
            Sign::NotRun => "not run",
            Sign::Partly => "some agree, others are not implemented",
            Sign::Known => "differs as the ledger says",
            Sign::Agree => "all agree",
            Sign::Unsupported => "not implemented",
            Sign::Nothing => "no case",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_compared_is_never_shown_as_passed() {
        let one = |verdict| {
            let mut counts = Counts::default();
            counts.count(verdict);
            counts
        };
        for verdict in Verdict::ALL {
            let alone = one(verdict);
            assert_eq!(alone.sign() == Sign::Agree, verdict == Verdict::Agree, "{verdict:?}");
            let passes = [Verdict::Agree, Verdict::Known].contains(&verdict);
            assert_eq!(alone.sign().passes(), passes, "{verdict:?}");
            let mut beside = one(Verdict::Agree);
            beside += alone;
            assert_eq!(beside.sign() == Sign::Agree, verdict == Verdict::Agree, "{verdict:?}");
            for passing in [Verdict::Agree, Verdict::Known] {
                let mut mixed = one(passing);
                mixed += alone;
                assert_eq!(mixed.sign().passes(), passes, "{verdict:?} beside {passing:?}");
                assert_eq!((alone.judged(), mixed.judged()), (1, 2));
            }
        }
        assert_eq!(Counts::default().sign(), Sign::Nothing);
        assert!(Sign::ALL.is_sorted(), "the gravest stands first");
        assert!([Sign::Agree, Sign::Nothing].into_iter().min().is_some_and(|gravest| !gravest.passes()));
    }

    #[test]
    fn the_gravest_verdict_is_the_sign() {
        let all = Verdict::ALL.into_iter().fold(Counts::default(), |mut counts, verdict| {
            counts.count(verdict);
            counts
        });
        assert_eq!(all.sign(), Sign::Differ);
        assert_eq!(Counts { differ: 0, ..all }.sign(), Sign::OracleFault);
        assert_eq!(Counts { differ: 0, oracle_fault: 0, ..all }.sign(), Sign::NotRun);
        assert_eq!((all.failed(), all.passed(), all.compared()), (2, 2, 4));
    }
}
