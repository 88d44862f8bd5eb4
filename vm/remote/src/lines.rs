//! Framing: bytes in, lines out.

/// What a client has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A line, without its line feed.
    Whole(Vec<u8>),
    /// A line that was longer than it may be. It was dropped up to its line feed.
    TooLong,
}

/// The bytes of a line that has not ended yet.
#[derive(Debug)]
pub struct Lines {
    limit: usize,
    begun: Vec<u8>,
    /// The line that has begun is too long already.
    drops: bool,
}

impl Lines {
    /// Lines of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Lines { limit, begun: Vec::new(), drops: false }
    }

    /// Takes bytes in pieces of any size, and gives each line as it ends. Blank lines are passed over. No more than the
    /// limit is ever kept.
    ///
    /// ```
    /// use remote::lines::{Line, Lines};
    /// let mut lines = Lines::new(4);
    /// let mut told = Vec::new();
    /// for piece in [&b"ab"[..], b"c\n\nlonger\nd\n"] {
    ///     lines.take(piece, &mut |line| told.push(line));
    /// }
    /// assert_eq!(told, [Line::Whole(b"abc".into()), Line::TooLong, Line::Whole(b"d".into())]);
    /// ```
    pub fn take(&mut self, mut bytes: &[u8], tell: &mut impl FnMut(Line)) {
        while let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
            self.keep(&bytes[..end]);
            bytes = &bytes[end + 1..];
            let line = std::mem::take(&mut self.begun);
            if std::mem::take(&mut self.drops) {
                tell(Line::TooLong);
            } else if !line.trim_ascii().is_empty() {
                tell(Line::Whole(line));
            }
        }
        self.keep(bytes);
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.drops |= self.begun.len() + bytes.len() > self.limit;
        if self.drops {
            self.begun = Vec::new();
        } else {
            self.begun.extend_from_slice(bytes);
        }
    }
}
