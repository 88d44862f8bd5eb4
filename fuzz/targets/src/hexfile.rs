//! An input as a file that people can read: what it is about in lines that start with `#`, then its bytes in hex.

use std::fmt::Write as _;
use std::path::Path;

use oracle::{hex, reading};

/// An input of a target, and what it shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HexFile {
    /// The target.
    pub target: String,
    /// What is known of it, line by line.
    pub description: Vec<String>,
    /// The input.
    pub bytes: Vec<u8>,
}

const TARGET: &str = "target: ";
const LINE: usize = 16;

impl HexFile {
    /// The text of the file.
    pub fn text(&self) -> String {
        let mut text = format!("# {TARGET}{}\n", self.target);
        for line in &self.description {
            let _ = writeln!(text, "# {line}");
        }
        for line in self.bytes.chunks(LINE) {
            let _ = writeln!(text, "{}", line.chunks(4).map(hex::encode).collect::<Vec<_>>().join(" "));
        }
        text
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// What is wrong, and in which line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut file = HexFile::default();
        for (number, line) in (1..).zip(text.lines()) {
            let place = |why: String| format!("{number}: {why}");
            match line.trim().strip_prefix('#').map(str::trim_start) {
                Some(said) => match said.strip_prefix(TARGET) {
                    Some(target) if file.target.is_empty() => file.target = target.to_owned(),
                    _ => file.description.push(said.to_owned()),
                },
                None => {
                    let digits: String = line.split_whitespace().collect();
                    file.bytes.extend(hex::decode(&digits).map_err(place)?);
                }
            }
        }
        if file.target.is_empty() { Err(format!("1: no line `# {TARGET}NAME`")) } else { Ok(file) }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong, with the path.
    pub fn load(path: &Path) -> Result<Self, String> {
        let text = reading::text(path).map_err(|error| format!("{}: {error}", path.display()))?;
        HexFile::parse(&text).map_err(|error| format!("{}:{error}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_reads_again(bytes: Vec<u8>, lines in prop::collection::vec("[a-z:# ]{0,9}[a-z]", 0..4)) {
            let file = HexFile { target: "loader".into(), description: lines, bytes };
            let read = HexFile::parse(&file.text()).expect("it was just written");
            prop_assert_eq!(&read.bytes, &file.bytes);
            prop_assert_eq!(&read.target, &file.target);
            let description: Vec<&str> = file.description.iter().map(|line| line.trim_start()).collect();
            prop_assert_eq!(&read.description, &description);
        }
    }

    #[test]
    fn complaints_name_the_line() {
        assert_eq!(HexFile::parse("00"), Err("1: no line `# target: NAME`".into()));
        assert_eq!(
            HexFile::parse("# target: step\n\n0g"),
            Err("3: no lower-case hex digit at offset 1".into())
        );
    }
}
