//! How two outcomes are related: which field differs first of all, and how far off it is.

use vectors::Difference;

/// The fields by what they tell: a wrong stop or pc drags others along, a wrong register its flags.
const PRIORITY: [&str; 14] = [
    "result",
    "error",
    "offset",
    "stop",
    "failure",
    "pc",
    "register",
    "mem",
    "code",
    "psw",
    "sp",
    "call_stack",
    "steps",
    "trace",
];

/// What differs, as the cause that findings are grouped by, and the relation of the two values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The field, e.g. `register`, `psw.C`, `stop`.
    pub field: String,
    /// E.g. `off by a bit`, `sign`, `wrap`, `memory instead of budget`.
    pub how: String,
}

/// The relation of two outcomes; nothing where they do not differ.
pub fn relation(differences: &[Difference]) -> Option<Relation> {
    let rank = |difference: &&Difference| {
        let general = general(&difference.field);
        PRIORITY.iter().position(|&known| known == general).unwrap_or(PRIORITY.len())
    };
    let Difference { field, expected, got } = differences.iter().min_by_key(rank)?;
    let field = general(field);
    Some(match field.as_str() {
        "psw" => {
            let flags: String =
                "ZCNV".chars().filter(|&flag| expected.contains(flag) != got.contains(flag)).collect();
            Relation { field: format!("psw.{flags}"), how: "flag".into() }
        }
        "stop" | "result" | "error" => {
            let (expected, got) = (words(expected), words(got));
            let how = if expected == got {
                values(&expected, &got)
            } else {
                format!("{got} instead of {expected}")
            };
            Relation { field, how }
        }
        _ => Relation { field, how: values(expected, got) },
    })
}

/// A field without what differs from case to case: indices, and which register it is.
fn general(field: &str) -> String {
    let register = field.strip_prefix('r').is_some_and(|rest| rest.parse::<u8>().is_ok());
    if register {
        return "register".into();
    }
    let mut depth = 0;
    let kept = field.chars().filter(|&c| {
        depth += i32::from(c == '[');
        let keep = depth == 0;
        depth -= i32::from(c == ']');
        keep
    });
    kept.collect()
}

/// A stop or an error without its numbers.
fn words(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !word.starts_with(|c: char| c.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}

fn number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// How far two values are off.
fn values(expected: &str, got: &str) -> String {
    let (Some(a), Some(b)) = (number(expected), number(got)) else { return "value".into() };
    let (difference, bits) = (a.wrapping_sub(b), a ^ b);
    let extended = |shift: u32| a << shift == b << shift && bits >> (31 - shift) == u32::MAX >> (31 - shift);
    let how = if difference == 1 || difference == u32::MAX {
        "off by one"
    } else if bits.is_power_of_two() {
        "off by a bit"
    } else if a == b.wrapping_neg() || [16, 20, 24].into_iter().any(extended) {
        "sign"
    } else if bits & 0xFFFF == 0 || bits & 0xFFF == 0 {
        "wrap"
    } else {
        "value"
    };
    how.into()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&[("r3", "0x1", "0x2"), ("psw", "Z", "-")], "register", "off by one")]
    #[case(&[("r3", "0x10", "0x50")], "register", "off by a bit")]
    #[case(&[("r3", "0xffff8000", "0x8000")], "register", "sign")]
    #[case(&[("r3", "0x5", "0xfffffffb")], "register", "sign")]
    #[case(&[("pc", "0x4", "0x30004")], "pc", "wrap")]
    #[case(&[("r3", "0x4", "0x1234567")], "register", "value")]
    #[case(&[("psw", "ZC", "ZV")], "psw.CV", "flag")]
    #[case(&[("steps", "1", "0"), ("stop", "budget", "fault memory")], "stop", "fault memory instead of budget")]
    #[case(&[("mem[0x8000]", "00", "01")], "mem", "off by one")]
    #[case(&[("values[0].name", "a", "b")], "values.name", "value")]
    #[case(&[("error", "crc_mismatch", "truncated")], "error", "truncated instead of crc_mismatch")]
    fn a_difference_has_a_relation(
        #[case] differences: &[(&str, &str, &str)],
        #[case] field: &str,
        #[case] how: &str,
    ) {
        let differences: Vec<_> = differences
            .iter()
            .map(|&(field, expected, got)| Difference {
                field: field.into(),
                expected: expected.into(),
                got: got.into(),
            })
            .collect();
        assert_eq!(relation(&differences), Some(Relation { field: field.into(), how: how.into() }));
    }

    #[test]
    fn equal_outcomes_have_none() {
        assert_eq!(relation(&[]), None);
    }
}
