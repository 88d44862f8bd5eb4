//! Values that vectors write as text, whatever the subject.

use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use crate::hex;

/// Deserialises a type from text by its `FromStr`.
macro_rules! from_text {
    ($type:ident) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use from_text;

/// Bytes as hex digits, blanks between bytes allowed.
#[derive(Clone)]
pub(crate) struct HexBytes(pub(crate) Vec<u8>);

impl FromStr for HexBytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits: String = text.split_whitespace().collect();
        hex::decode(&digits.to_ascii_lowercase()).map(HexBytes)
    }
}

from_text!(HexBytes);
