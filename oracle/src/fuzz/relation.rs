//! How two outcomes are related: which field differs first of all, and how far off it is.

use crate::cases::{Difference, Value, letters_of};

/// What differs, as the cause that findings are grouped by, and the relation of the two values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The family of the field, with the letters of flags that differ, or the words of a text: `r*`, `flags.C`,
    /// `stop fault memory`.
    pub field: String,
    /// E.g. `off by a bit`, `sign`, `wrap`, `budget instead of fault memory`.
    pub how: String,
}

/// The relation of two outcomes by the first of the fields in which they differ: fields come in the order of the state, which is
/// that of their importance. `None` if they do not differ.
pub fn relation(differences: &[Difference]) -> Option<Relation> {
    let Difference { path, expected, got } = differences.first()?;
    let family = path.family_name();
    let (field, how) = match (expected, got) {
        (Some(Value::Flags { value: a, letters }), Some(Value::Flags { value: b, .. })) => {
            (format!("{family}.{}", letters_of(a ^ b, letters)), "flag".to_owned())
        }
        (Some(Value::Word { value: a, bits }), Some(Value::Word { value: b, .. })) => {
            (family, numbers(*a, *b, (*bits).into()).into())
        }
        (Some(Value::Integer(a)), Some(Value::Integer(b))) => {
            (family, numbers(a.cast_unsigned(), b.cast_unsigned(), 64).into())
        }
        (Some(Value::Bytes(a)), Some(Value::Bytes(b))) => {
            let first = a.iter().zip(b).find(|(a, b)| a != b);
            let how = match first {
                Some((Some(a), Some(b))) => numbers((*a).into(), (*b).into(), 8),
                _ => "value",
            };
            (family, how.into())
        }
        (Some(Value::Text(a)), Some(Value::Text(b))) => {
            let how = if words(a) == words(b) { "value".into() } else { format!("{b} instead of {a}") };
            (named(&family, a), how)
        }
        (Some(Value::Text(only)), None) => (named(&family, only), "missing".into()),
        (None, Some(Value::Text(only))) => (named(&family, only), "not expected".into()),
        (Some(_), None) => (family, "missing".into()),
        (None, _) => (family, "not expected".into()),
        _ => (family, "value".into()),
    };
    Some(Relation { field, how })
}

/// The family of a text with the words that it begins with: an error has a name, and that is what the bug is about.
fn named(family: &str, text: &str) -> String {
    format!("{family} {}", words(text)).trim_end().into()
}

/// What a text begins with up to the first word with anything but letters in it.
fn words(text: &str) -> String {
    /// Longer texts are no names.
    const WORDS: usize = 3;
    let is_word = |word: &&str| word.chars().all(|c| c.is_ascii_alphabetic() || "_-".contains(c));
    let words: Vec<&str> = text.split_whitespace().take_while(is_word).collect();
    if words.len() <= WORDS { words.join(" ") } else { String::new() }
}

/// How far two numbers of so many bits are off.
fn numbers(a: u64, b: u64, width: u32) -> &'static str {
    let mask = u64::MAX >> 64u32.saturating_sub(width).min(63);
    let (difference, bits) = (a.wrapping_sub(b) & mask, (a ^ b) & mask);
    // All bits from this one on differ, and no bit below: one is the other with its sign extended.
    let extended = |from: u32| from < width && bits == mask & (u64::MAX << from);
    if difference == 1 || difference == mask {
        "off by one"
    } else if bits.is_power_of_two() {
        "off by a bit"
    } else if a & mask == b.wrapping_neg() & mask || [8, 12, 16, 32].into_iter().any(extended) {
        "sign"
    } else if bits & 0xFFF == 0 {
        "wrap"
    } else {
        "value"
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::cases::Path;

    fn flags(value: u32) -> Value {
        Value::Flags { value, letters: "ZCNV".into() }
    }

    #[rstest]
    #[case("r#", Value::word(1), Value::word(2), "r*", "off by one")]
    #[case("r#", Value::word(0x10), Value::word(0x50), "r*", "off by a bit")]
    #[case("r#", Value::word(0xFFFF_8000), Value::word(0x8000), "r*", "sign")]
    #[case("r#", Value::word(0xFFFF_9000), Value::word(0x9000), "r*", "sign")]
    #[case("r#", Value::word(5), Value::word(0xFFFF_FFFB), "r*", "sign")]
    #[case("pc", Value::word(4), Value::word(0x3_0004), "pc", "wrap")]
    #[case("r#", Value::word(4), Value::word(0x123_4567), "r*", "value")]
    #[case("n", Value::Integer(0), Value::Integer(-1), "n", "off by one")]
    #[case("flags", flags(3), flags(9), "flags.CV", "flag")]
    #[case("mem[#x]", Value::bytes(&[0, 7]), Value::bytes(&[1, 9]), "mem[*]", "off by one")]
    #[case(
        "stop",
        Value::text("budget"),
        Value::text("fault memory"),
        "stop budget",
        "fault memory instead of budget"
    )]
    #[case("stop", Value::text("svc 1 2"), Value::text("svc 1 3"), "stop svc", "value")]
    #[case("calls", Value::text("{\"pid\":1}"), Value::text("{\"pid\":2}"), "calls", "value")]
    fn a_difference_has_a_relation(
        #[case] family: &'static str,
        #[case] expected: Value,
        #[case] got: Value,
        #[case] field: &str,
        #[case] how: &str,
    ) {
        let path = Path::at(family, 3);
        let later = Difference { path: Path::of("steps"), expected: None, got: Some(Value::Integer(0)) };
        let first = Difference { path, expected: Some(expected), got: Some(got) };
        let found = relation(&[first, later]);
        assert_eq!(found, Some(Relation { field: field.into(), how: how.into() }));
    }

    #[test]
    fn a_text_of_one_side_names_the_cause() {
        let text = Some(Value::text("crc_mismatch"));
        let missing = Difference { path: Path::of("error"), expected: text.clone(), got: None };
        let surplus = Difference { path: Path::of("error"), expected: None, got: text };
        let fields = [missing, surplus].map(|it| relation(&[it]).map(|relation| relation.field));
        assert_eq!(fields, [Some("error crc_mismatch".to_owned()), Some("error crc_mismatch".to_owned())]);
    }

    #[test]
    fn equal_outcomes_have_none() {
        assert_eq!(relation(&[]), None);
    }
}
