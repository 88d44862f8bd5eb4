//! Blinking in Morse code, a bit at a time whenever somebody looks at the clock.

/// How long a dot is, in milliseconds. A dash is three dots, so is the gap between characters; between words it is seven.
const DOT: u64 = 100;
/// The longest text that is kept: a string of a program.
const MAX: usize = cockpit::vm::MAX_STRING_LENGTH;

/// Letters, then digits.
const CODES: [&str; 36] = [
    ".-", "-...", "-.-.", "-..", ".", "..-.", "--.", "....", "..", ".---", "-.-", ".-..", "--", "-.", "---",
    ".--.", "--.-", ".-.", "...", "-", "..-", "...-", ".--", "-..-", "-.--", "--..", "-----", ".----",
    "..---", "...--", "....-", ".....", "-....", "--...", "---..", "----.",
];

/// A text that is being blinked.
pub struct Morse {
    text: [u8; MAX],
    length: usize,
    /// The character, and the mark within it, that come next.
    next: (usize, usize),
    is_on: bool,
    /// When the LED changes next, in milliseconds since the start.
    due: u64,
}

impl Morse {
    /// Nothing.
    pub const fn silent() -> Self {
        Morse { text: [0; MAX], length: 0, next: (0, 0), is_on: false, due: 0 }
    }

    /// Begins a text, in place of the one that is being blinked.
    pub fn begin(&mut self, text: &[u8], now: u64) {
        self.length = text.len().min(MAX);
        self.text[..self.length].copy_from_slice(&text[..self.length]);
        (self.next, self.is_on, self.due) = ((0, 0), false, now);
    }

    /// Whether the LED has to be switched now, and then how.
    pub fn change(&mut self, now: u64) -> Option<bool> {
        if now < self.due || self.next.0 >= self.length && !self.is_on {
            return None;
        }
        if self.is_on {
            self.is_on = false;
            self.due = now + self.gap();
            return Some(false);
        }
        let marks = code(self.text[self.next.0]);
        match marks.as_bytes().get(self.next.1) {
            Some(mark) => {
                self.next.1 += 1;
                self.is_on = true;
                self.due = now + if *mark == b'-' { 3 * DOT } else { DOT };
                Some(true)
            }
            // A blank: three of its seven dots have passed behind the character before.
            None => {
                self.next = (self.next.0 + 1, 0);
                self.due = now + 4 * DOT;
                None
            }
        }
    }

    /// How long it is dark behind a mark, going on to the next character if it was the last of its.
    fn gap(&mut self) -> u64 {
        if self.next.1 < code(self.text[self.next.0]).len() {
            return DOT;
        }
        self.next = (self.next.0 + 1, 0);
        3 * DOT
    }
}

/// The marks of a character; none for what has no code.
fn code(byte: u8) -> &'static str {
    match byte.to_ascii_uppercase() {
        letter @ b'A'..=b'Z' => CODES[usize::from(letter - b'A')],
        digit @ b'0'..=b'9' => CODES[26 + usize::from(digit - b'0')],
        _ => "",
    }
}
