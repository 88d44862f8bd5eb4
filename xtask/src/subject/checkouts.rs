//! Checkouts of references, as the command line and the environment name them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use oracle::subject::{CheckoutName, Subject};

/// How the checkout of the reference that is behind the adapters in Python is named.
pub const OF_ADAPTERS: CheckoutName = CheckoutName { option: "upstream", variable: "HSX_REFERENCE" };

/// Where the checkouts lie that the command line names.
#[derive(Clone, Debug, Default)]
pub struct Checkouts(pub BTreeMap<CheckoutName, PathBuf>);

impl Checkouts {
    /// The checkout of a subject's reference.
    ///
    /// # Errors
    /// Nobody has named one; how to do that.
    pub fn of<S: Subject>(&self) -> Result<PathBuf, String> {
        self.named(S::reference().map_or(OF_ADAPTERS, |reference| reference.checkout()))
    }

    /// The checkout of the reference that is behind the adapters in Python.
    ///
    /// # Errors
    /// As [`Checkouts::of`].
    pub fn of_adapters(&self) -> Result<PathBuf, String> {
        self.named(OF_ADAPTERS)
    }

    /// Whether the command line names a checkout of a subject's reference.
    pub fn has_option_for<S: Subject>(&self) -> bool {
        self.0.contains_key(&S::reference().map_or(OF_ADAPTERS, |reference| reference.checkout()))
    }

    fn named(&self, name: CheckoutName) -> Result<PathBuf, String> {
        let CheckoutName { option, variable } = name;
        let given = self.0.get(&name).cloned();
        let checkout = given.or_else(|| std::env::var_os(variable).map(PathBuf::from));
        checkout.ok_or_else(|| format!("no checkout of the reference: give --{option} DIR or set {variable}"))
    }

    /// What another command needs to name the same.
    pub fn arguments(&self) -> impl Iterator<Item = [String; 2]> {
        self.0.iter().map(|(name, checkout)| [format!("--{}", name.option), checkout.display().to_string()])
    }
}
