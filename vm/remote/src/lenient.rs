//! Arguments as clients send them. The reference puts Python's `int` around everything, so texts, fractions and booleans
//! pass for numbers, and clients rely on it.

use std::fmt::{self, Formatter};

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize};

/// A whole number: as a number, a fraction (cut), a boolean, or a text in decimal or behind `0x`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Int(pub i64);

/// A number: as a number, a boolean, or a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Float(pub f64);

/// A switch: a boolean, a number that is not 0, or one of the texts `on`, `yes`, `true` and `1`, `off`, `no`, `false` and
/// `0`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flag(pub bool);

/// A text, or anything that is written as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub String);

/// One or several.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Many<T> {
    /// Several.
    List(Vec<T>),
    /// One.
    One(T),
}

impl<T> Many<T> {
    /// All of them.
    pub fn into_list(self) -> Vec<T> {
        match self {
            Many::List(list) => list,
            Many::One(one) => vec![one],
        }
    }
}

/// A whole number as a text says it.
fn int(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) => Some(sign * i64::try_from(u64::from_str_radix(hex, 16).ok()?).ok()?),
        None => text.parse().ok(),
    }
}

/// What a visitor has to say for whatever a JSON value of one of these kinds can be.
macro_rules! lenient {
    ($name:ident, $what:literal, |$number:ident: f64| $from_number:expr, |$whole:ident: i128| $from_whole:expr,
     |$truth:ident: bool| $from_truth:expr, |$text:ident: &str| $from_text:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Kinds;

                impl Visitor<'_> for Kinds {
                    type Value = $name;

                    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
                        f.write_str($what)
                    }

                    fn visit_i64<E: Error>(self, whole: i64) -> Result<$name, E> {
                        self.visit_i128(whole.into())
                    }

                    fn visit_u64<E: Error>(self, whole: u64) -> Result<$name, E> {
                        self.visit_i128(whole.into())
                    }

                    fn visit_i128<E: Error>(self, $whole: i128) -> Result<$name, E> {
                        Ok($from_whole)
                    }

                    fn visit_f64<E: Error>(self, $number: f64) -> Result<$name, E> {
                        Ok($from_number)
                    }

                    fn visit_bool<E: Error>(self, $truth: bool) -> Result<$name, E> {
                        Ok($from_truth)
                    }

                    fn visit_str<E: Error>(self, $text: &str) -> Result<$name, E> {
                        let of_text: Option<$name> = $from_text;
                        of_text.ok_or_else(|| E::custom(format_args!("`{}` is not {}", $text, $what)))
                    }
                }

                deserializer.deserialize_any(Kinds)
            }
        }
    };
}

lenient!(
    Int,
    "a whole number",
    |number: f64| Int(number as i64),
    |whole: i128| Int(whole.clamp(i64::MIN.into(), i64::MAX.into()) as i64),
    |truth: bool| Int(truth.into()),
    |text: &str| int(text).map(Int)
);
lenient!(
    Float,
    "a number",
    |number: f64| Float(number),
    |whole: i128| Float(whole as f64),
    |truth: bool| Float(truth.into()),
    |text: &str| text.trim().parse().ok().map(Float)
);
lenient!(
    Flag,
    "`on` or `off`",
    |number: f64| Flag(number != 0.0),
    |whole: i128| Flag(whole != 0),
    |truth: bool| Flag(truth),
    |text: &str| match text.trim().to_ascii_lowercase().as_str() {
        "on" | "yes" | "true" | "1" => Some(Flag(true)),
        "off" | "no" | "false" | "0" | "" => Some(Flag(false)),
        _ => None,
    }
);
lenient!(
    Text,
    "a text",
    |number: f64| Text(number.to_string()),
    |whole: i128| Text(whole.to_string()),
    |truth: bool| Text(truth.to_string()),
    |text: &str| Some(Text(text.to_owned()))
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_for_a_number() {
        let read = |json: &str| serde_json::from_str::<Int>(json).ok().map(|Int(number)| number);
        for (json, number) in [
            ("5", 5),
            ("\" 7 \"", 7),
            ("1.9", 1),
            ("true", 1),
            ("\"0x10\"", 16),
            ("\"-0x1\"", -1),
            ("1e300", i64::MAX),
            ("18446744073709551615", i64::MAX),
        ] {
            assert_eq!(read(json), Some(number), "{json}");
        }
        for json in ["null", "\"\"", "\"x\"", "[]", "{}", "\"0x\"", "\"0xFFFFFFFFFFFFFFFF\""] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn a_number_beyond_those_with_a_sign_is_itself() {
        let most = u64::MAX.to_string();
        assert_eq!(serde_json::from_str::<Text>(&most).unwrap(), Text(most.clone()));
        assert_eq!(serde_json::from_str::<Float>(&most).unwrap(), Float(u64::MAX as f64));
        assert_eq!(serde_json::from_str::<Flag>(&most).unwrap(), Flag(true));
    }
}
