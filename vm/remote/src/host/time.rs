//! Times in replies.

/// ms of the executive's clock, as the seconds of the protocols.
pub fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}
