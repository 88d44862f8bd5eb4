//! Values as they are typed on the command line, checked where they are read.

use std::time::Duration;

use clap::builder::PossibleValuesParser;

use crate::subjects;

/// Reads the name of a subject.
pub fn subject() -> PossibleValuesParser {
    PossibleValuesParser::new(subjects::ALL.iter().map(|subject| subject.name()))
}

/// Reads `I/N`.
///
/// # Errors
/// It is not that, or N is more than a run is ever split into.
pub fn shard(text: &str) -> Result<(u64, u64), String> {
    let parsed = text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
    parsed
        .filter(|&(part, of)| (1..=of).contains(&part) && of <= oracle::partition::MOST_SHARDS)
        .ok_or_else(|| format!("I/N with 1 <= I <= N <= {} is wanted", oracle::partition::MOST_SHARDS))
}

/// Reads a time in seconds, 0.01 to 86,400.
///
/// # Errors
/// It is no such number.
pub fn seconds(text: &str) -> Result<Duration, String> {
    time(text, 0.01, 86_400.0).map(Duration::from_secs_f64)
}

/// Reads a time in minutes, up to a week.
///
/// # Errors
/// It is no such number.
pub fn minutes(text: &str) -> Result<Duration, String> {
    time(text, 0.01, 10_080.0).map(|minutes| Duration::from_secs_f64(60.0 * minutes))
}

fn time(text: &str, least: f64, most: f64) -> Result<f64, String> {
    // What is not a number is in no range.
    let number = text.parse::<f64>().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("a number from {least} to {most} is wanted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_finite_and_positive() {
        for bad in ["nan", "inf", "-1", "0", "1e30", "", "ten"] {
            assert!(seconds(bad).is_err() && minutes(bad).is_err(), "{bad}");
        }
        assert_eq!(seconds("2.5"), Ok(Duration::from_millis(2500)));
        assert_eq!(minutes("0.5"), Ok(Duration::from_secs(30)));
    }

    #[test]
    fn shards_are_parts_of_a_whole() {
        assert_eq!(shard("2/3"), Ok((2, 3)));
        for bad in ["0/3", "4/3", "1", "a/b", "1/18446744073709551615", "1/0"] {
            assert!(shard(bad).is_err(), "{bad}");
        }
    }
}
