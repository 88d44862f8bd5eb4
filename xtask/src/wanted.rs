//! What of a run is wanted, by name or by pattern: lanes, and topics.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use glob::{MatchOptions, Pattern};
use oracle::Lane;

use crate::failure::Failure;

/// Lanes that are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WantedLanes {
    /// This one, even if the machines do not call for it.
    Named(Lane),
    /// Those that the machines call for and that have such a name.
    Like(Pattern),
}

impl WantedLanes {
    /// The lane, if it is named in full.
    pub fn named(&self) -> Option<&Lane> {
        match self {
            WantedLanes::Named(lane) => Some(lane),
            WantedLanes::Like(_) => None,
        }
    }

    /// Whether this lane is asked for.
    pub fn has(&self, lane: &Lane) -> bool {
        match self {
            WantedLanes::Named(named) => named == lane,
            WantedLanes::Like(pattern) => pattern.matches(&lane.to_string()),
        }
    }
}

impl FromStr for WantedLanes {
    type Err = String;

    /// Reads a lane, or a pattern with `*`, `?` or `[…]` in it.
    fn from_str(text: &str) -> Result<Self, String> {
        match pattern(text)? {
            Some(pattern) => Ok(WantedLanes::Like(pattern)),
            None => text.parse().map(WantedLanes::Named),
        }
    }
}

impl Display for WantedLanes {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            WantedLanes::Named(lane) => lane.fmt(f),
            WantedLanes::Like(pattern) => pattern.fmt(f),
        }
    }
}

/// The topics that `wanted` names, or has patterns for, in capitals or not, as they are `known`.
///
/// # Errors
/// One that names or matches none.
pub fn topics(wanted: &[String], known: &[&str]) -> Result<Vec<String>, Failure> {
    let insensitive = MatchOptions { case_sensitive: false, ..MatchOptions::new() };
    let mut chosen: Vec<String> = Vec::new();
    for text in wanted {
        let pattern = pattern(text).map_err(Failure::usage)?;
        let is_meant = |topic: &str| match &pattern {
            Some(pattern) => pattern.matches_with(topic, insensitive),
            None => topic.eq_ignore_ascii_case(text),
        };
        let meant: Vec<&str> = known.iter().copied().filter(|topic| is_meant(topic)).collect();
        if meant.is_empty() {
            return Err(Failure::usage(format!("there is no topic `{text}`, only {}", known.join(" "))));
        }
        for topic in meant {
            if !chosen.iter().any(|it| it == topic) {
                chosen.push(topic.to_owned());
            }
        }
    }
    Ok(chosen)
}

/// The pattern that a text is; nothing if it is a name.
///
/// # Errors
/// It looks like a pattern and is none.
fn pattern(text: &str) -> Result<Option<Pattern>, String> {
    if !text.contains(['*', '?', '[']) {
        return Ok(None);
    }
    Pattern::new(text).map(Some).map_err(|error| format!("`{text}`: {error}"))
}

/// Whether the subject of this name is among those that are asked for: all, if none is named.
pub fn is_subject(wanted: &[String], name: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|wanted| wanted == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_every_lane_like_it() {
        let lanes: Vec<Lane> =
            ["rust~python/strict", "rust/strict~python/reference", "rust~vectors", "mine~vectors"]
                .map(|lane| lane.parse().unwrap())
                .into();
        let chosen = |text: &str| {
            let wanted: WantedLanes = text.parse().unwrap();
            lanes.iter().filter(|lane| wanted.has(lane)).map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(chosen("*~vectors"), ["rust~vectors", "mine~vectors"]);
        assert_eq!(chosen("rust*strict*"), ["rust~python/strict", "rust/strict~python/reference"]);
        assert_eq!(chosen("rust~vectors"), ["rust~vectors"]);
        assert_eq!(chosen("mine~python/*"), [] as [&str; 0]);
        assert!("rust~[".parse::<WantedLanes>().is_err() && "rust".parse::<WantedLanes>().is_err());
    }

    #[test]
    fn topics_are_meant_in_capitals_or_not_and_once() {
        let known = ["ADD", "ADC", "SUB", "fetch"];
        let chosen = |wanted: &[&str]| {
            topics(&wanted.iter().map(|&it| it.to_owned()).collect::<Vec<_>>(), &known)
                .map_err(|it| it.message)
        };
        assert_eq!(chosen(&["ad?", "ADD", "Fetch"]).unwrap(), ["ADD", "ADC", "fetch"]);
        assert_eq!(chosen(&[]).unwrap(), [] as [&str; 0]);
        assert_eq!(chosen(&["ADD", "X*"]).unwrap_err(), "there is no topic `X*`, only ADD ADC SUB fetch");
        assert!(chosen(&["AD"]).is_err() && chosen(&["AD["]).is_err());
    }
}
