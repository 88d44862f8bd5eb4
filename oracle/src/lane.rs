//! Lanes: which machine is compared with which oracle, in which profiles.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::machine::Role;
use crate::subject::{Profile, Subject, UnknownProfile, profile_of};

/// The name of the oracle that is no machine: what the vectors expect.
pub const VECTORS: &str = "vectors";

/// A pairing of a machine with an oracle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lane {
    /// The machine under test.
    pub machine: String,
    /// What is believed.
    pub oracle: Oracle,
}

/// What a lane believes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Oracle {
    /// The expectations of the vectors, in every profile that they and the machine have.
    Vectors {},
    /// Another machine.
    Machine {
        /// Its name.
        name: String,
        /// The profile it runs in.
        profile: String,
        /// The profile that the machine under test runs in. If it is another one, differences that a row of the ledger
        /// explains are known.
        machine_profile: String,
    },
    /// The native machine, by digests of its state along long programs.
    Digests {
        /// The profile of both.
        profile: String,
    },
    /// No machine: the machine under test is a fuzz target, which says itself which of its laws an input breaks.
    Laws {},
}

impl Default for Lane {
    fn default() -> Self {
        Lane::with_vectors("")
    }
}

impl Lane {
    /// `machine~oracle/profile`.
    pub fn between(machine: &str, oracle: &str, profile: &str) -> Self {
        Lane::across((machine, profile), (oracle, profile))
    }

    /// `machine/profile~oracle/profile`.
    pub fn across((machine, machine_profile): (&str, &str), (oracle, profile): (&str, &str)) -> Self {
        let [name, profile, machine_profile] = [oracle, profile, machine_profile].map(str::to_owned);
        Lane { machine: machine.into(), oracle: Oracle::Machine { name, profile, machine_profile } }
    }

    /// `machine~vectors`.
    pub fn with_vectors(machine: &str) -> Self {
        Lane { machine: machine.into(), oracle: Oracle::Vectors {} }
    }

    /// `fuzz/target`: what a fuzz target says of its inputs.
    pub fn of_target(target: &str) -> Self {
        Lane { machine: target.into(), oracle: Oracle::Laws {} }
    }

    /// The machines it needs. A fuzz target needs none.
    pub fn machines(&self) -> impl Iterator<Item = &str> {
        let machine = Some(self.machine.as_str());
        let both = match &self.oracle {
            Oracle::Laws {} => [None, None],
            Oracle::Vectors {} | Oracle::Digests { .. } => [machine, None],
            Oracle::Machine { name, .. } => [machine, Some(name.as_str())],
        };
        both.into_iter().flatten()
    }

    /// Whether it compares two different profiles: then it is the ledger that is tested.
    pub fn is_across(&self) -> bool {
        matches!(&self.oracle, Oracle::Machine { profile, machine_profile, .. } if profile != machine_profile)
    }

    /// Which profiles of the machine and of the oracle are compared.
    ///
    /// # Errors
    /// A profile that the subject does not have.
    pub fn profiles<S: Subject>(&self) -> Result<Vec<(Profile, Profile)>, UnknownProfile> {
        Ok(match &self.oracle {
            Oracle::Vectors {} => S::PROFILES.iter().map(|&profile| (profile, profile)).collect(),
            Oracle::Machine { profile, machine_profile, .. } => {
                vec![(profile_of::<S>(machine_profile)?, profile_of::<S>(profile)?)]
            }
            Oracle::Laws {} => Vec::new(),
            Oracle::Digests { profile } => vec![(profile_of::<S>(profile)?, profile_of::<S>(profile)?)],
        })
    }

    /// Whether its machine runs in the profile of this name. With vectors it runs in every profile.
    pub fn runs_in(&self, wanted: &str) -> bool {
        match &self.oracle {
            Oracle::Vectors {} => true,
            Oracle::Machine { machine_profile, .. } => machine_profile == wanted,
            Oracle::Digests { profile } => profile == wanted,
            Oracle::Laws {} => false,
        }
    }
}

impl Display for Lane {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let machine = &self.machine;
        match &self.oracle {
            Oracle::Vectors {} => write!(f, "{machine}~{VECTORS}"),
            Oracle::Machine { name, profile, machine_profile } if profile == machine_profile => {
                write!(f, "{machine}~{name}/{profile}")
            }
            Oracle::Machine { name, profile, machine_profile } => {
                write!(f, "{machine}/{machine_profile}~{name}/{profile}")
            }
            Oracle::Digests { profile } => write!(f, "{machine}~digests/{profile}"),
            Oracle::Laws {} => write!(f, "fuzz/{machine}"),
        }
    }
}

impl FromStr for Lane {
    type Err = String;

    /// `machine~vectors`, `machine~oracle/profile` or, across profiles, `machine/profile~oracle/profile`.
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is no lane: MACHINE~ORACLE/PROFILE or MACHINE~{VECTORS}");
        let (machine, oracle) = text.split_once('~').ok_or_else(bad)?;
        if oracle == VECTORS && !machine.contains('/') && !machine.is_empty() {
            return Ok(Lane::with_vectors(machine));
        }
        let (name, profile) = oracle.rsplit_once('/').ok_or_else(bad)?;
        let (machine, machine_profile) = machine.rsplit_once('/').unwrap_or((machine, profile));
        let is_named = [machine, name, profile, machine_profile].iter().all(|part| !part.is_empty());
        if !is_named || name == VECTORS || name == machine {
            return Err(bad());
        }
        Ok(Lane::across((machine, machine_profile), (name, profile)))
    }
}

/// A machine as far as lanes are made of it.
#[derive(Clone, Debug)]
pub struct Player {
    /// The name in lanes.
    pub name: String,
    /// What it is for the subject.
    pub role: Role,
    /// The profiles it can run.
    pub profiles: Vec<Profile>,
}

/// The lanes of a run in which nobody has named any: the native machine against the model and its twin in every profile;
/// each profile against the one that it is derived from, or the first; everyone against the vectors and the reference;
/// programs and chips against the model, or the native machine if there is no model.
pub fn default_lanes<S: Subject>(players: &[Player]) -> Vec<Lane> {
    let of = |role: Role| players.iter().filter(move |player| player.role == role);
    let ours = || of(Role::Native).chain(of(Role::Model));
    let mut lanes = Vec::new();
    let against = |player: &Player, oracle: &Player| {
        let shared = player.profiles.iter().filter(|profile| oracle.profiles.contains(profile));
        shared.map(|profile| Lane::between(&player.name, &oracle.name, profile.name())).collect::<Vec<_>>()
    };
    let pairs = |other: Role| of(Role::Native).flat_map(move |native| of(other).map(move |it| (native, it)));
    for (native, model) in pairs(Role::Model) {
        lanes.extend(S::PROFILES.iter().map(|p| Lane::between(&native.name, &model.name, p.name())));
    }
    for (native, twin) in pairs(Role::Twin) {
        lanes.extend(against(native, twin));
    }
    lanes.extend(ours().map(|player| Lane::with_vectors(&player.name)));
    for (native, model) in pairs(Role::Model) {
        let first = S::PROFILES[0].name();
        let described =
            S::PROFILES.iter().skip(1).map(|profile| (profile.name(), profile.base().unwrap_or(first)));
        lanes.extend(described.map(|(it, base)| Lane::across((&native.name, it), (&model.name, base))));
    }
    for reference in of(Role::Reference) {
        lanes.extend(ours().flat_map(|player| against(player, reference)));
    }
    let best = of(Role::Model).chain(of(Role::Native)).next();
    for other in of(Role::Chip).chain(of(Role::Program)) {
        lanes.extend(best.iter().flat_map(|oracle| against(other, oracle)));
        lanes.push(Lane::with_vectors(&other.name));
        lanes.extend(of(Role::Reference).flat_map(|reference| against(other, reference)));
    }
    lanes
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
            assert_eq!(parsed.to_string(), name);
            let stored = serde_json::to_string(&parsed).unwrap();
            assert_eq!(serde_json::from_str::<Lane>(&stored).unwrap(), parsed);
        }
        assert_eq!("rust/strict~python/strict".parse::<Lane>().unwrap().to_string(), "rust~python/strict");
        for bad in [
            "",
            "rust",
            "rust~python",
            "~python/strict",
            "rust~",
            "~vectors",
            "rust~python/",
            "rust~vectors/strict",
            "a/strict~a/strict",
        ] {
            assert!(bad.parse::<Lane>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_fuzz_target_needs_no_machine() {
        let lane = Lane::of_target("step");
        assert_eq!((lane.to_string().as_str(), lane.machines().count()), ("fuzz/step", 0));
    }

    #[test]
    fn only_a_lane_between_two_profiles_is_across() {
        let is_across = |name: &str| name.parse::<Lane>().unwrap().is_across();
        assert!(is_across("rust/strict~python/reference"));
        assert!(!is_across("rust~python/reference") && !is_across("rust~vectors"));
    }
}
