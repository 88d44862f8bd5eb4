//! Places in vector files, and what is wrong there.

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_saphyr::{Location, Spanned};

use crate::printable::printable;

/// A place in a file; line and column count from 1. A complaint about the whole file has line 0, which is not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as it was named.
    pub file: PathBuf,
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// The longest name of a file that is shown, in characters.
const LONGEST_FILE: usize = 4096;

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let file = printable(&self.file.display().to_string(), LONGEST_FILE);
        match self.line {
            0 => f.write_str(&file),
            _ => write!(f, "{file}:{}:{}", self.line, self.column),
        }
    }
}

/// Something wrong with an entry, and where in its file.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) message: String,
}

impl Problem {
    /// A problem with this value.
    pub fn at<T>(value: &Spanned<T>, message: impl Into<String>) -> Self {
        let (line, column) = position(&value.referenced);
        Problem { line, column, message: message.into() }
    }
}

/// Line and column, from 1.
pub(super) fn position(location: &Location) -> (usize, usize) {
    (location.line() as usize, location.column() as usize)
}

/// Why a suite could not be loaded.
#[derive(Clone, Debug)]
pub struct SuiteError {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// The text of the file; empty if it could not be read.
    pub(super) source: String,
}

impl Display for SuiteError {
    /// `file:line:column: message`, then the line itself with a mark below.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.place, self.message)?;
        let Some(line) = self.source.lines().nth(self.place.line.wrapping_sub(1)) else { return Ok(()) };
        let mut rest = line.char_indices().map(|(at, _)| at).skip(self.place.column.saturating_sub(1));
        let mark = rest.next().unwrap_or(line.len())..rest.next().unwrap_or(line.len());
        let snippet = Snippet::source(line)
            .line_start(self.place.line)
            .annotation(AnnotationKind::Primary.span(mark).label(&self.message));
        let report = [Group::with_title(Level::ERROR.primary_title("bad vector")).element(snippet)];
        f.write_str(&Renderer::plain().render(&report))
    }
}

impl std::error::Error for SuiteError {}

/// All complaints as one text.
pub fn complaints(errors: &[SuiteError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_file_does_not_control_the_terminal() {
        let place = Place { file: "a\u{1b}[31m.yaml".into(), line: 9, column: 14 };
        assert_eq!(place.to_string(), "a\u{FFFD}[31m.yaml:9:14");
    }
}
