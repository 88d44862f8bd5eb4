//! The envelope of a vector: what every subject's entries have in common.

use std::fmt;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_saphyr::Spanned;

use super::keys::{Keys, KnownKey, read_once};
use super::place::{Place, Problem, position};
use super::vector::{Expectation, Vector};
use super::written::{Text, check_name};
use crate::cases::{Cases, Profile, profile_of};

/// The keys of the envelope; beside them stand the names of the profiles.
const ENVELOPE: [&str; 6] = ["name", "rule", "note", "only", "expect", "document"];

/// An entry as it is written.
pub(super) struct Entry<S: Cases, T: Text<S>> {
    name: Spanned<String>,
    rule: Spanned<String>,
    note: String,
    /// The one profile it runs in.
    only: Option<Spanned<String>>,
    expect: Option<T::Expect>,
    /// What is expected beyond `expect`, by profile.
    overlays: Vec<(Profile, T::Expect)>,
    document: Option<T::Expect>,
    given: T::Given,
}

impl<'de, S: Cases, T: Text<S>> Deserialize<'de> for Entry<S, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Envelope<S, T>(PhantomData<(S, T)>);

        impl<'de, S: Cases, T: Text<S>> Visitor<'de> for Envelope<S, T> {
            type Value = Entry<S, T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a vector")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry<S, T>, A::Error> {
                read(map)
            }
        }

        deserializer.deserialize_map(Envelope(PhantomData))
    }
}

fn read<'de, S: Cases, T: Text<S>, A: MapAccess<'de>>(mut map: A) -> Result<Entry<S, T>, A::Error> {
    let (mut name, mut rule, mut note, mut only) = (None, None, None, None);
    let (mut expect, mut document) = (None, None);
    let mut overlays: Vec<(Profile, T::Expect)> = Vec::new();
    let mut given = T::Given::default();
    let profiles = S::PROFILES.iter().map(|profile| profile.name());
    let known: Vec<&str> =
        ENVELOPE.into_iter().chain(profiles).chain(T::Given::NAMES.iter().copied()).collect();
    while let Some(key) = map.next_key_seed(KnownKey(&known))? {
        match key.as_str() {
            "name" => read_once(&mut name, &key, &mut map)?,
            "rule" => read_once(&mut rule, &key, &mut map)?,
            "note" => read_once(&mut note, &key, &mut map)?,
            "only" => read_once(&mut only, &key, &mut map)?,
            "expect" => read_once(&mut expect, &key, &mut map)?,
            "document" => read_once(&mut document, &key, &mut map)?,
            key => {
                if let Ok(profile) = profile_of::<S>(key) {
                    let before = overlays.iter().position(|(known, _)| *known == profile);
                    let mut overlay = before.map(|at| overlays.remove(at).1);
                    read_once(&mut overlay, key, &mut map)?;
                    overlays.extend(overlay.map(|overlay| (profile, overlay)));
                } else {
                    given.read(key, &mut map)?;
                }
            }
        }
    }
    Ok(Entry {
        name: name.ok_or_else(|| A::Error::missing_field("name"))?,
        rule: rule.ok_or_else(|| A::Error::missing_field("rule"))?,
        note: note.unwrap_or_default(),
        only,
        expect,
        overlays,
        document,
        given,
    })
}

impl<S: Cases, T: Text<S>> Entry<S, T> {
    /// The vector that it is. Files that it names lie in `folder`.
    pub(super) fn resolve(self, text: &T, folder: &Path) -> Result<Vector<S>, Problem> {
        let complain = |why: String| Problem::at(&self.name, why);
        check_name(&self.name.value).map_err(complain)?;
        let (case, context) = text.case(&self.given, &self.name, folder)?;
        S::check_case(&case).map_err(complain)?;
        let only = self.only.as_ref().map(|name| {
            profile_of::<S>(&name.value).map_err(|unknown| Problem::at(name, unknown.to_string()))
        });
        let only = only.transpose()?;
        let mut expected = Vec::new();
        for &profile in S::PROFILES {
            let lineage = lineage::<S>(profile);
            if only.is_none_or(|only| lineage.contains(&only)) {
                let layers = self.layers(&lineage);
                expected.push(self.expectation(text, (&case, &context), &layers, profile)?);
            } else if self.overlay(profile).is_some() {
                return Err(complain(format!("expects something of {profile}, in which it does not run")));
            }
        }
        let last = *S::PROFILES.last().ok_or_else(|| complain("the subject has no profile".into()))?;
        let document = self.document.as_ref().map(|document| {
            let layers: Vec<&T::Expect> = self.expect.iter().chain([document]).collect();
            self.expectation(text, (&case, &context), &layers, last)
        });
        let document = document.transpose()?;
        let (line, column) = position(&self.name.referenced);
        Ok(Vector {
            name: self.name.value,
            rule: self.rule.value,
            note: self.note,
            place: Place { file: PathBuf::new(), line, column },
            case,
            expected,
            document: document.map(|expectation| expectation.outcome),
        })
    }

    fn overlay(&self, profile: Profile) -> Option<&T::Expect> {
        self.overlays.iter().find(|(known, _)| *known == profile).map(|(_, overlay)| overlay)
    }

    /// What is expected in a profile, from the general to the particular.
    fn layers(&self, lineage: &[Profile]) -> Vec<&T::Expect> {
        self.expect.iter().chain(lineage.iter().rev().filter_map(|&profile| self.overlay(profile))).collect()
    }

    fn expectation(
        &self,
        text: &T,
        (case, context): (&S::Case, &T::Context),
        layers: &[&T::Expect],
        profile: Profile,
    ) -> Result<Expectation<S>, Problem> {
        let complain = |why: String| Problem::at(&self.name, why);
        let expectation = text.expectation(case, context, layers, profile).map_err(complain)?;
        if expectation.partial.is_none() {
            let possible = S::check_outcome(case, &expectation.outcome);
            possible.map_err(|rule| complain(format!("cannot come out: {rule}")))?;
        }
        Ok(expectation)
    }
}

/// The profile, the one it is derived from, and so on.
fn lineage<S: Cases>(profile: Profile) -> Vec<Profile> {
    let base = |profile: &Profile| profile_of::<S>(profile.base()?).ok();
    std::iter::successors(Some(profile), base).take(S::PROFILES.len()).collect()
}
