//! Whether a measurement has changed.

/// A figure that changes by less than this share is not worth a word, where it is a speed.
const NOISE: f64 = 0.2;

/// Speeds and shares of time are noisy; what is counted is not.
pub(crate) fn matters(then: f64, now: f64, unit: &str) -> bool {
    let noisy = unit.ends_with("/s") || unit.is_empty() || unit == "s";
    let change = (now - then).abs();
    if noisy { change > NOISE * then.abs() } else { change > 0.0 }
}
