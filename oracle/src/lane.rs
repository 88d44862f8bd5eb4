//! Lanes: which machine is compared with which oracle, in which profiles.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use vectors::Profile;

/// The name of the oracle that is no machine: what the vectors expect.
pub const VECTORS: &str = "vectors";

/// A pairing of a machine with an oracle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// The machine under test.
    pub machine: String,
    /// What is believed.
    pub oracle: Oracle,
}

/// What a lane believes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Oracle {
    /// The expectations of the vectors, in every profile that they and the machine have.
    Vectors,
    /// Another machine.
    Machine {
        /// Its name.
        name: String,
        /// The profile it runs in.
        profile: Profile,
        /// The profile that the machine under test runs in. Where it is another one, differences that a row of the
        /// ledger explains are known.
        machine_profile: Profile,
    },
}

impl Lane {
    /// `machine~oracle/profile`.
    pub fn between(machine: &str, oracle: &str, profile: Profile) -> Self {
        Lane::across((machine, profile), (oracle, profile))
    }

    /// `machine/profile~oracle/profile`.
    pub fn across((machine, machine_profile): (&str, Profile), (oracle, profile): (&str, Profile)) -> Self {
        let oracle = Oracle::Machine { name: oracle.into(), profile, machine_profile };
        Lane { machine: machine.into(), oracle }
    }

    /// `machine~vectors`.
    pub fn with_vectors(machine: &str) -> Self {
        Lane { machine: machine.into(), oracle: Oracle::Vectors }
    }

    /// The machines it needs.
    pub fn machines(&self) -> impl Iterator<Item = &str> {
        let oracle = match &self.oracle {
            Oracle::Vectors => None,
            Oracle::Machine { name, .. } => Some(name.as_str()),
        };
        std::iter::once(self.machine.as_str()).chain(oracle)
    }

    /// Which profiles of the machine and of the oracle are compared.
    pub fn profiles(&self) -> Vec<(Profile, Profile)> {
        match self.oracle {
            Oracle::Vectors => Profile::ALL.map(|profile| (profile, profile)).to_vec(),
            Oracle::Machine { profile, machine_profile, .. } => vec![(machine_profile, profile)],
        }
    }

    /// Whether its machine runs in `wanted`.
    pub fn runs_in(&self, wanted: Profile) -> bool {
        self.profiles().iter().any(|(machine, _)| *machine == wanted)
    }
}

impl Display for Lane {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let machine = &self.machine;
        match &self.oracle {
            Oracle::Vectors => write!(f, "{machine}~{VECTORS}"),
            Oracle::Machine { name, profile, machine_profile } if profile == machine_profile => {
                write!(f, "{machine}~{name}/{profile}")
            }
            Oracle::Machine { name, profile, machine_profile } => {
                write!(f, "{machine}/{machine_profile}~{name}/{profile}")
            }
        }
    }
}

impl FromStr for Lane {
    type Err = String;

    /// `machine~vectors`, `machine~oracle/profile` or, across profiles, `machine/profile~oracle/profile`.
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is no lane: MACHINE~ORACLE/PROFILE or MACHINE~{VECTORS}");
        let (machine, oracle) = text.split_once('~').ok_or_else(bad)?;
        if oracle == VECTORS && !machine.contains('/') {
            return Ok(Lane::with_vectors(machine));
        }
        let (name, profile) = oracle.rsplit_once('/').ok_or_else(bad)?;
        let profile: Profile = profile.parse()?;
        let (machine, machine_profile) = match machine.rsplit_once('/') {
            Some((machine, profile)) => (machine, profile.parse()?),
            None => (machine, profile),
        };
        if machine.is_empty() || name.is_empty() || name == VECTORS || name == machine {
            return Err(bad());
        }
        let oracle = Oracle::Machine { name: name.into(), profile, machine_profile };
        Ok(Lane { machine: machine.into(), oracle })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_its_name() {
        for name in [
            "rust~python/reference",
            "rust~vectors",
            "rust/strict~python/reference",
            "a-2/strict~b/reference",
        ] {
            let parsed: Lane = name.parse().unwrap();
            assert_eq!(parsed.to_string().parse::<Lane>().unwrap(), parsed);
        }
        assert_eq!("rust/strict~python/strict".parse::<Lane>().unwrap().to_string(), "rust~python/strict");
        for bad in [
            "",
            "rust",
            "rust~python",
            "rust~python/loose",
            "~python/strict",
            "rust~",
            "rust~vectors/strict",
            "a/strict~a/strict",
        ] {
            assert!(bad.parse::<Lane>().is_err(), "{bad}");
        }
    }
}
