//! The width of the screen, and text that keeps to it.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use console::{Term, measure_text_width};

/// The width if neither a terminal nor `COLUMNS` says one: of a file, of a log of CI.
pub(crate) const ELSEWHERE: usize = 120;
/// Below this no table can be read, so a terminal that says less is not believed.
const LEAST: usize = 40;

/// How many columns a line on standard output may have.
pub fn width() -> usize {
    let terminal = Term::stdout();
    let size = terminal.is_term().then(|| terminal.size_checked()).flatten();
    let own = size.map(|(_, columns)| usize::from(columns));
    let told = || std::env::var("COLUMNS").ok()?.parse().ok();
    own.or_else(told).unwrap_or(ELSEWHERE).max(LEAST)
}

/// How many columns the longest line of a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.lines().map(measure_text_width).max().unwrap_or(0)
}

/// A line as lines of at most `width` columns, broken at blanks if there are any; those after the first begin with
/// `indent` blanks.
pub(crate) fn folded(line: &str, width: usize, indent: usize) -> String {
    // Behind the indent there is room for a character, of which some take two columns.
    let indent = indent.min(width.saturating_sub(2));
    let mut lines = Vec::new();
    let mut rest = line.to_owned();
    while measure_text_width(&rest) > width {
        let end = prefix(&rest, width);
        let start = if lines.is_empty() { rest.len() - rest.trim_start().len() } else { indent };
        // A blank just behind the last column is one to break at too.
        let last = rest[..end].rfind(' ').filter(|&at| at > start);
        let cut = if rest[end..].starts_with(' ') { end } else { last.unwrap_or(end) };
        lines.push(rest[..cut].trim_end().to_owned());
        let left = rest[cut..].trim_start();
        rest = format!("{:indent$}{left}", "");
    }
    lines.push(rest);
    lines.join("\n")
}

/// The end of the longest beginning that takes at most `width` columns; at least one character.
fn prefix(line: &str, width: usize) -> usize {
    let mut taken = 0;
    let fits = |(_, character): &(usize, char)| {
        taken += measure_text_width(character.encode_utf8(&mut [0; 4]));
        taken <= width
    };
    let last = line.char_indices().take_while(fits).last();
    last.or(line.char_indices().next()).map_or(0, |(at, character)| at + character.len_utf8())
}

/// A text of which no line takes more than `width` columns.
pub(crate) fn fitted(text: &str, width: usize) -> String {
    let fit = |line: &str| {
        let indent = line.len() - line.trim_start_matches(' ').len() + 2;
        folded(line, width, indent.min(width / 2))
    };
    text.split('\n').map(fit).collect::<Vec<_>>().join("\n")
}

/// A command behind a title, on lines which a shell reads as one: they are broken at blanks that are not quoted.
pub(crate) fn command(title: &str, command: &str, width: usize) -> String {
    let indent = title.len() - title.trim_start().len() + 2;
    let (mut text, mut column) = (title.to_owned(), measure_text_width(title));
    for (at, word) in words(command).into_iter().enumerate() {
        let size = measure_text_width(word);
        // Behind every word but the last there must be room for the sign that the command goes on.
        if at > 0 && column + 1 + size + 2 > width {
            text += &format!(" \\\n{:indent$}", "");
            column = indent;
        } else {
            text.push(' ');
            column += 1;
        }
        text += word;
        column += size;
    }
    text
}

/// The words of a command, each with its quotes.
fn words(command: &str) -> Vec<&str> {
    let mut quote = None;
    let mut is_escaped = false;
    let parts = command.split(|character| {
        let splits = character == ' ' && quote.is_none() && !is_escaped;
        match (quote, character) {
            _ if is_escaped => is_escaped = false,
            (None | Some('"'), '\\') => is_escaped = true,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
        splits
    });
    parts.filter(|word| !word.is_empty()).collect()
}

/// A table without lines: what follows the first column stands to the right.
pub(crate) fn table<'a>(head: impl IntoIterator<Item = &'a str>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(head);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// A table as text, each line indented; what is too wide is broken within its cell.
pub(crate) fn laid_out(mut table: Table, width: usize, indent: usize) -> String {
    let room = width.saturating_sub(indent);
    if columns(&table.trim_fmt()) > room {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(room).unwrap_or(u16::MAX));
    }
    table.trim_fmt().lines().map(|line| format!("{:indent$}{line}\n", "")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_broken_at_blanks() {
        assert_eq!(folded("one two three", 80, 2), "one two three");
        assert_eq!(folded("one two three", 7, 2), "one two\n  three");
        assert_eq!(folded("  one two", 7, 4), "  one\n    two");
        assert_eq!(folded("abcdefgh", 4, 1), "abcd\n efg\n h");
        assert_eq!(folded("日本", 2, 2), "日\n本", "there is always an end");
        assert_eq!(folded("日本語", 4, 0), "日本\n語", "some characters take two columns");
    }

    #[test]
    fn a_broken_command_is_the_same_command() {
        let whole = "cargo xtask replay 'a file with blanks.yaml' --machine \"python3 it's.py\"";
        assert_eq!(command("replay:", whole, 200), format!("replay: {whole}"));
        let text = command("  replay:", whole, 40);
        assert!(columns(&text) <= 40 && text.lines().count() > 1, "{text}");
        let typed = text.replace("  replay: ", "").replace(" \\\n    ", " ");
        assert_eq!(typed, whole);
    }
}
