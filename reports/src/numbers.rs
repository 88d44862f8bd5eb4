//! Numbers as people write them.

/// A number with a comma between every three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many of something, e.g. `1 case`, `2,000 cases`.
pub(crate) fn plural(count: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// How many a second, to three digits, e.g. `75.6 k/s`.
pub(crate) fn rate(each_second: f64) -> String {
    let units = [(1e9, "G/s"), (1e6, "M/s"), (1e3, "k/s")];
    let (value, unit) = units
        .into_iter()
        // What is rounded to the next unit is written in it.
        .find(|(size, _)| each_second >= size * 0.9995)
        .map_or((each_second, "/s"), |(size, unit)| (each_second / size, unit));
    let digits = if value >= 99.95 { 0 } else { 1 };
    format!("{value:.digits$} {unit}")
}

/// A measured value: whole numbers in full, others to at most three places.
pub(crate) fn figure(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        let sign = if value < 0.0 { "-" } else { "" };
        return format!("{sign}{}", grouped(value.abs() as u64));
    }
    let places = if value.abs() >= 100.0 { 1 } else { 3 };
    format!("{value:.places$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (21_344, "21,344"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), text);
        }
        assert_eq!((plural(1, "case"), plural(1_000, "case")), ("1 case".into(), "1,000 cases".into()));
    }

    #[test]
    fn rates_have_three_digits() {
        for (number, text) in [
            (0.25, "0.2 /s"),
            (41.7, "41.7 /s"),
            (999.4, "999 /s"),
            (999.9, "1.0 k/s"),
            (75_600.0, "75.6 k/s"),
            (677_311.0, "677 k/s"),
            (999_900.0, "1.0 M/s"),
            (1.25e9, "1.2 G/s"),
        ] {
            assert_eq!(rate(number), text);
        }
    }

    #[test]
    fn figures_have_the_places_that_they_need() {
        for (number, text) in [(21.0, "21"), (-1_500.0, "-1,500"), (214.25, "214.2"), (0.5, "0.500")] {
            assert_eq!(figure(number), text);
        }
        assert_eq!(figure(f64::NAN), "NaN");
    }
}
