//! What is measured beside verdicts.

use serde::{Deserialize, Serialize};

/// Something measured, and what it must keep to where that is fixed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// What it belongs to, e.g. `budget/thumb`, `fuzz/loader`, `speed/instructions`.
    pub group: String,
    /// What was measured, e.g. `ADD`, `executions`, `rust / python`.
    pub name: String,
    /// The value.
    pub value: f64,
    /// Its unit, e.g. `bytes`, `instructions`, `1/s`; empty for a ratio or a share.
    pub unit: String,
    /// What it must not exceed.
    pub at_most: Option<f64>,
    /// What it must reach.
    pub at_least: Option<f64>,
}

impl Measurement {
    /// Whether it keeps to its bounds. What is not a number does not.
    pub fn holds(&self) -> bool {
        self.value.is_finite()
            && self.at_most.is_none_or(|bound| self.value <= bound)
            && self.at_least.is_none_or(|bound| self.value >= bound)
    }
}
