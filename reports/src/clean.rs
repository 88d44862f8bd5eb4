//! Text of others, made harmless for whoever shows it.
//!
//! Names, versions and errors of machines are any text. A terminal, GitHub, Markdown and XML each obey some of it. What they
//! would obey, or refuse, is shown as U+FFFD or taken apart, so that it is seen and does nothing.

use oracle::printable::is_obeyed;

/// What stands for a character that is not shown.
const REPLACEMENT: char = '\u{FFFD}';

/// Whether XML 1.0 may contain it.
fn is_in_xml(character: char) -> bool {
    !matches!(character, '\u{FFFE}' | '\u{FFFF}') && !is_obeyed(character)
}

fn replaced(text: &str, shows: impl Fn(char) -> bool) -> String {
    text.chars().map(|it| if shows(it) { it } else { REPLACEMENT }).collect()
}

/// A text within a line.
pub fn line(text: &str) -> String {
    replaced(text, |it| !is_obeyed(it))
}

/// A text of several lines.
pub fn lines(text: &str) -> String {
    replaced(text, |it| it == '\n' || !is_obeyed(it))
}

/// A text of several lines for standard output, which GitHub reads for commands: lines that begin with `::`, and `##[`
/// anywhere.
pub fn screen(text: &str) -> String {
    let harmless = |line: &str| {
        let line = line.replace("##[", "## [");
        let text = line.trim_start();
        match text.strip_prefix("::") {
            Some(rest) => format!("{}: :{rest}", &line[..line.len() - text.len()]),
            None => line,
        }
    };
    lines(text).split('\n').map(harmless).collect::<Vec<_>>().join("\n")
}

/// A text of several lines that XML 1.0 may contain; the writer escapes what is markup.
pub fn xml(text: &str) -> String {
    replaced(text, |it| it == '\n' || is_in_xml(it))
}

/// A text within a line, as a code span of Markdown.
pub fn code(text: &str) -> String {
    let text = line(text);
    if text.trim().is_empty() {
        return String::new();
    }
    let fence = fence(&text, 1);
    // A blank on each side is no part of the span, and keeps backticks of the text away from the fence.
    let edge = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{edge}{text}{edge}{fence}")
}

/// The same in a cell of a table.
pub fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// A text of several lines, as a block of Markdown in a language, which may be empty.
pub fn block(text: &str, language: &str) -> String {
    let text = lines(text);
    let fence = fence(&text, 3);
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

/// Backticks, at least so many and more than stand side by side in the text.
fn fence(text: &str, least: usize) -> String {
    let longest = text.split(|it| it != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(least.max(longest + 1))
}

/// A text within a line of HTML.
pub fn html(text: &str) -> String {
    line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_a_terminal_that_it_obeys() {
        assert_eq!(
            line("a\x1b[31m\u{9b}2J\r\nb\t\u{202E}c"),
            "a\u{FFFD}[31m\u{FFFD}2J\u{FFFD}\u{FFFD}b\u{FFFD}\u{FFFD}c"
        );
        assert_eq!(lines("a\nb\x07"), "a\nb\u{FFFD}");
    }

    #[test]
    fn github_finds_no_command_on_the_screen() {
        let shown = screen("a::b\n  ::stop-commands::x\n::error::y\nz ##[group]q");
        assert_eq!(shown, "a::b\n  : :stop-commands::x\n: :error::y\nz ## [group]q");
    }

    #[test]
    fn what_xml_refuses_is_replaced() {
        let refused: String = ['\0', '\u{8}', '\x1b', '\u{FFFE}', '\u{FFFF}'].iter().collect();
        assert_eq!(xml(&refused), "\u{FFFD}".repeat(5));
        assert_eq!(xml("a\n<é>\u{10FFFF}"), "a\n<é>\u{10FFFF}");
    }

    #[test]
    fn markdown_cannot_be_left() {
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(cell("a|b"), "`a\\|b`");
        assert_eq!(block("x\n```\n@team", ""), "````\nx\n```\n@team\n````\n");
        assert_eq!(html("</summary>"), "&lt;/summary&gt;");
    }
}
