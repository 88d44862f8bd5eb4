//! Checkouts of references, as the command line and the environment name them.

use std::path::PathBuf;

use clap::Args;
use oracle::subject::Subject;

/// The variable of the reference that is behind the adapters in Python.
const HSX: &str = "HSX_REFERENCE";

/// Where the checkouts of references lie.
#[derive(Args, Clone, Debug, Default)]
pub struct Checkouts {
    /// A checkout of the reference [default: $HSX_REFERENCE]
    #[arg(long, value_name = "DIR")]
    upstream: Option<PathBuf>,
    /// A checkout of the reference of `cockpit` [default: $COCKPIT_REFERENCE]
    #[arg(long, value_name = "DIR")]
    upstream_cockpit: Option<PathBuf>,
}

impl Checkouts {
    /// Each with its option and the variable that stands in for it.
    fn all(&self) -> [(&'static str, &'static str, &Option<PathBuf>); 2] {
        [
            ("--upstream", HSX, &self.upstream),
            ("--upstream-cockpit", "COCKPIT_REFERENCE", &self.upstream_cockpit),
        ]
    }

    /// The checkout of a subject's reference.
    ///
    /// # Errors
    /// Nobody has named one; how to do that.
    pub fn of<S: Subject>(&self) -> Result<PathBuf, String> {
        S::reference().map_or_else(|| self.of_adapters(), |reference| self.named(reference.variable()))
    }

    /// The checkout of the reference that is behind the adapters in Python.
    ///
    /// # Errors
    /// As [`Checkouts::of`].
    pub fn of_adapters(&self) -> Result<PathBuf, String> {
        self.named(HSX)
    }

    fn named(&self, wanted: &str) -> Result<PathBuf, String> {
        let known = self.all().into_iter().find(|(_, variable, _)| *variable == wanted);
        let (option, _, given) = known.ok_or_else(|| format!("no option names a checkout for {wanted}"))?;
        let checkout = given.clone().or_else(|| std::env::var_os(wanted).map(PathBuf::from));
        checkout.ok_or_else(|| format!("no checkout of the reference: give {option} DIR or set {wanted}"))
    }

    /// What another command needs to name the same.
    pub fn arguments(&self) -> impl Iterator<Item = [String; 2]> {
        let given = self.all().into_iter();
        let named = given.filter_map(|(option, _, checkout)| {
            Some([option.to_owned(), checkout.as_ref()?.display().to_string()])
        });
        named.collect::<Vec<_>>().into_iter()
    }
}
