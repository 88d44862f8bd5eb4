//! What an image contains.

use crate::instruction::Word;
use crate::vm::{MAX_STRINGS, Program};

/// What an image contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image<'a> {
    pub(super) code: &'a [Word],
    pub(super) strings: Strings<'a>,
}

impl Image<'_> {
    /// The program.
    pub fn program(&self) -> Program<'_> {
        Program { code: self.code, strings: &self.strings.texts[..self.strings.count] }
    }
}

/// Strings, by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Strings<'a> {
    pub texts: [&'a [u8]; MAX_STRINGS],
    pub count: usize,
}

impl<'a> Strings<'a> {
    /// Adds a string, unless there are [`MAX_STRINGS`]; says whether more may follow.
    pub fn push(&mut self, text: &'a [u8]) -> bool {
        if let Some(slot) = self.texts.get_mut(self.count) {
            *slot = text;
            self.count += 1;
        }
        self.count < MAX_STRINGS
    }
}
