//! Profiles: the readings of a subject's specification.

use std::fmt::{self, Debug, Display, Formatter};
use std::hash::{Hash, Hasher};

use serde::{Serialize, Serializer};

/// One reading of a subject's specification, by name. Each subject lists its own.
#[derive(Clone, Copy)]
pub struct Profile {
    name: &'static str,
    about: &'static str,
    base: Option<&'static str>,
}

impl Profile {
    /// A profile that stands by itself. `about` is a sentence for people; the name is as in the machine protocol.
    /// If it is not the first of its subject, the ledger explains how it differs from the first.
    pub const fn new(name: &'static str, about: &'static str) -> Self {
        Profile { name, about, base: None }
    }

    /// A profile that is derived from the profile named `base`: what vectors expect of that one they expect of this one
    /// too, unless they say otherwise, and the ledger explains how the two differ.
    pub const fn derived(name: &'static str, about: &'static str, base: &'static str) -> Self {
        Profile { name, about, base: Some(base) }
    }

    /// The name, as in the machine protocol.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// A sentence that says whom it follows.
    pub const fn about(self) -> &'static str {
        self.about
    }

    /// The name of the profile that it is derived from; absent if it stands by itself.
    pub const fn base(self) -> Option<&'static str> {
        self.base
    }
}

impl PartialEq for Profile {
    /// Within a subject a profile is its name.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Profile {}

impl PartialOrd for Profile {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Profile {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.name.cmp(other.name)
    }
}

impl Hash for Profile {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl Display for Profile {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Debug for Profile {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for Profile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}
