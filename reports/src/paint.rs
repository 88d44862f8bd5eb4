//! Colour on the screen. It only repeats what signs and words say.
//!
//! A text is painted when it is whole and cleaned, so nothing in it but these colours moves a terminal.

use anstyle::{AnsiColor, Style};
use oracle::report::Exit;
use oracle::verdict::Sign;

/// The colour of a sign.
fn of_sign(sign: Sign) -> Style {
    match sign {
        Sign::Differ | Sign::OracleFault => AnsiColor::Red.on_default().bold(),
        Sign::NotRun => AnsiColor::Magenta.on_default().bold(),
        Sign::Partly | Sign::Unsupported | Sign::Nothing => Style::new().dimmed(),
        Sign::Known => AnsiColor::Yellow.on_default(),
        Sign::Agree => AnsiColor::Green.on_default(),
    }
}

/// What is shown of how a run ends. That it could not be determined is no difference.
pub(crate) fn sign_of(exit: Exit) -> Sign {
    match exit {
        Exit::Conformant => Sign::Agree,
        Exit::Undetermined | Exit::NothingSelected | Exit::Interrupted => Sign::NotRun,
        Exit::OracleFault => Sign::OracleFault,
        Exit::Differs | Exit::Usage | Exit::Ledger | Exit::Gate | Exit::Internal => Sign::Differ,
    }
}

/// Shows colours always or never; by default if there is a terminal, and `NO_COLOR` does not say otherwise.
pub fn set_colour(always: bool) {
    let choice = if always { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never };
    choice.write_global();
}

/// Whether standard output shows colours: if it is a terminal that has them, and nobody has said otherwise.
pub fn is_coloured() -> bool {
    anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}

/// The text with colours.
pub fn painted(text: &str) -> String {
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// The words that a line may begin with. What follows them may go on in the next line, so only they are painted.
const WORDS: [(&str, Style); 5] = [
    ("warning:", AnsiColor::Yellow.on_default()),
    ("  hole:", AnsiColor::Yellow.on_default()),
    ("skipped", Style::new().dimmed()),
    ("ladder:", AnsiColor::Cyan.on_default()),
    ("  replay:", Style::new().bold()),
];

fn line(text: &str) -> String {
    let verdict = Exit::BY_GRAVITY
        .into_iter()
        .find(|exit| text.strip_prefix(&exit.to_string()).is_some_and(|rest| rest.starts_with(": ")));
    if let Some(exit) = verdict {
        return within(of_sign(sign_of(exit)).bold(), text);
    }
    // The field that differs.
    if text.starts_with("   > ") {
        return within(AnsiColor::Red.on_default(), text);
    }
    for (word, style) in WORDS {
        if let Some(rest) = text.strip_prefix(word).filter(|rest| rest.starts_with(' ')) {
            return within(style, word) + rest;
        }
    }
    let painted = text.split(' ').map(|word| {
        let sign = Sign::ALL.into_iter().find(|sign| *word == sign.symbol().to_string());
        sign.map_or(word.to_owned(), |sign| within(of_sign(sign), word))
    });
    painted.collect::<Vec<_>>().join(" ")
}

fn within(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_adds_nothing_but_colour() {
        let text =
            "skipped a lane\n ✗ c~model/wraps  6 ≈ 4/4\n✗ a rule\n   >  a  0x0\nconformant: 4 cases\n a ✗b\n";
        let painted = painted(text);
        assert_eq!(anstream::adapter::strip_str(&painted).to_string(), text);
        assert_eq!(painted.matches("\u{1b}[0m").count(), 6, "{painted:?}");
    }

    #[test]
    fn what_could_not_be_determined_looks_like_no_difference() {
        assert_ne!(of_sign(sign_of(Exit::Undetermined)), of_sign(sign_of(Exit::Differs)));
    }
}
