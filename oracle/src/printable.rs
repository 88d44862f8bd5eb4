//! Text that others have written, made fit to be shown: on a terminal, in a log, in XML.

/// The text on one line of at most `limit` characters. White space is shown as a blank; what controls a terminal, turns
/// the direction of text or is no character at all is shown as U+FFFD.
pub fn printable(text: &str, limit: usize) -> String {
    let shown = |c: char| match c {
        _ if c.is_whitespace() => ' ',
        _ if is_obeyed(c) || is_none(c) => '\u{FFFD}',
        _ => c,
    };
    let mut characters = text.trim().chars().map(shown);
    let mut line: String = characters.by_ref().take(limit).collect();
    if characters.next().is_some() {
        line.push('…');
    }
    line
}

/// Whether a character moves the cursor, changes colours, breaks a line or turns the direction of what follows.
pub fn is_obeyed(c: char) -> bool {
    let turns =
        matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || turns
}

/// Whether Unicode will never have a character there. XML refuses the first two.
fn is_none(c: char) -> bool {
    u32::from(c) & 0xFFFE == 0xFFFE || matches!(c, '\u{FDD0}'..='\u{FDEF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_not_shown() {
        let text = "a\u{1B}[31m\r\nb\u{FFFE}\u{202E}c\u{0}\u{1FFFF}";
        assert_eq!(printable(text, 99), "a\u{FFFD}[31m  b\u{FFFD}\u{FFFD}c\u{FFFD}\u{FFFD}");
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(printable("äöü", 3), "äöü");
        assert_eq!(printable("äöüß", 3), "äöü…");
    }

    #[test]
    fn what_turns_the_direction_is_obeyed() {
        let obeyed =
            |from: u32, to: u32| (from..=to).filter_map(char::from_u32).filter(|&c| is_obeyed(c)).count();
        // The Unicode property Bidi_Control has twelve characters.
        assert_eq!(obeyed(0xA0, 0x10_FFFF), 12 + 2);
        assert_eq!(obeyed(0, 0x9F), 65);
    }
}
