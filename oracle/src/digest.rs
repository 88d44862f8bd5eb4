//! Digests: what fixes a set of cases, or a result, in a few bytes.
//!
//! JSON is hashed in its canonical form: keys sorted, no white space. Every digest is made under a tag that names what
//! is hashed, so that no two kinds of things share one.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// SHA-256 over the tag and the canonical JSON of `value`, in hexadecimal.
pub fn of<T: Serialize>(tag: &str, value: &T) -> String {
    crate::hex::encode(&bytes(tag, canonical(value).as_bytes()))
}

/// JSON with sorted keys and no white space.
pub fn canonical<T: Serialize>(value: &T) -> String {
    // Maps of `serde_json::Value` are sorted by key.
    serde_json::to_value(value).unwrap_or_default().to_string()
}

fn bytes(tag: &str, text: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update((tag.len() as u64).to_be_bytes());
    hasher.update(tag);
    hasher.update(text);
    hasher.finalize().into()
}

/// The sum of digests modulo 2^256. It does not depend on their order, so parts can be added up in any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sum([u8; 32]);

impl Sum {
    /// Adds the digest of a text.
    pub fn add(&mut self, tag: &str, text: &[u8]) {
        self.add_sum(Sum(bytes(tag, text)));
    }

    /// Adds another sum.
    pub fn add_sum(&mut self, other: Sum) {
        let mut carry = 0;
        for (byte, other) in self.0.iter_mut().zip(other.0).rev() {
            let sum = u16::from(*byte) + u16::from(other) + carry;
            *byte = sum as u8;
            carry = sum >> 8;
        }
    }
}

impl From<Sum> for String {
    fn from(sum: Sum) -> Self {
        crate::hex::encode(&sum.0)
    }
}

impl TryFrom<String> for Sum {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bytes = crate::hex::decode(&text)?;
        Ok(Sum(bytes.try_into().map_err(|_| format!("`{text}` is not 32 bytes"))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_wherever_they_stand() {
        let value: serde_json::Value =
            serde_json::from_str(r#"{"b": [{"d": 1, "c": "x y"}], "a": null}"#).unwrap();
        assert_eq!(canonical(&value), r#"{"a":null,"b":[{"c":"x y","d":1}]}"#);
    }

    #[test]
    fn a_digest_is_of_its_tag_too() {
        let value = json!({"a": 1});
        assert_eq!(of("one", &value).len(), 64);
        assert_ne!(of("one", &value), of("two", &value));
        assert_eq!(of("one", &value), of("one", &json!({"a": 1})));
    }

    #[test]
    fn a_sum_does_not_know_the_order() {
        let sum = |values: &[u32]| {
            let mut sum = Sum::default();
            values.iter().for_each(|value| sum.add("n", &value.to_be_bytes()));
            sum
        };
        let mut parts = sum(&[3, 1]);
        parts.add_sum(sum(&[2]));
        assert_eq!(parts, sum(&[1, 2, 3]));
        assert_ne!(sum(&[1, 1]), sum(&[1]));
        let text: String = parts.into();
        assert_eq!(Sum::try_from(text), Ok(parts));
        assert!(Sum::try_from("12".to_owned()).is_err());
    }
}
