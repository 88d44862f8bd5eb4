//! Bytes as lower-case hex, for serde: `#[serde(with = "hex")]`.

use data_encoding::HEXLOWER;
use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;

/// The hex text of `bytes`.
pub fn encode(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

/// The bytes of a text of lower-case hex digits.
///
/// # Errors
/// Says what is wrong: an odd number of digits, or something that is no lower-case hex digit.
pub fn decode(text: &str) -> Result<Vec<u8>, String> {
    HEXLOWER.decode(text.as_bytes()).map_err(|error| match error.kind {
        data_encoding::DecodeKind::Length => format!("an odd number of hex digits ({})", text.len()),
        _ => format!("no lower-case hex digit at offset {}", error.position),
    })
}

/// Writes bytes as hex text.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&encode(bytes))
}

/// Reads bytes from hex text.
///
/// # Errors
/// Those of the deserializer, and texts that are no hex.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    struct HexVisitor;

    impl Visitor<'_> for HexVisitor {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a text of lower-case hex digits")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Vec<u8>, E> {
            decode(text).map_err(E::custom)
        }
    }

    deserializer.deserialize_str(HexVisitor)
}
