//! From bytes to frames.

use hil_wire::frame::DELIMITER;

/// What has arrived between two delimiters.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrival<'a> {
    /// What may be a frame.
    Frame(&'a mut [u8]),
    /// More bytes than this, which were dropped.
    TooLong(u32),
}

/// Collects bytes until a frame is whole.
pub struct Receiver<B> {
    buffer: B,
    length: usize,
    overflown: bool,
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> Receiver<B> {
    /// A receiver of frames that fit into `buffer`.
    pub fn new(buffer: B) -> Self {
        Receiver { buffer, length: 0, overflown: false }
    }

    /// The longest frame it takes.
    pub fn capacity(&self) -> u32 {
        self.buffer.as_ref().len() as u32
    }

    /// Takes a byte. Gives what has arrived, if the byte ends something.
    pub fn push(&mut self, byte: u8) -> Option<Arrival<'_>> {
        if byte != DELIMITER {
            match self.buffer.as_mut().get_mut(self.length) {
                Some(slot) => {
                    *slot = byte;
                    self.length += 1;
                }
                None => self.overflown = true,
            }
            return None;
        }
        let length = core::mem::take(&mut self.length);
        if core::mem::take(&mut self.overflown) {
            return Some(Arrival::TooLong(self.capacity()));
        }
        // Delimiters stand before and behind a frame, so there is nothing between many of them.
        (length > 0).then(|| Arrival::Frame(&mut self.buffer.as_mut()[..length]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_said_once_and_the_next_frame_is_whole() {
        let mut receiver = Receiver::new([0; 4]);
        assert!(b"12345678".iter().all(|&byte| receiver.push(byte).is_none()));
        assert_eq!(receiver.push(0), Some(Arrival::TooLong(4)));
        assert_eq!(receiver.push(0), None);
        assert!(b"abcd".iter().all(|&byte| receiver.push(byte).is_none()));
        assert_eq!(receiver.push(0), Some(Arrival::Frame(&mut b"abcd".clone())));
    }
}
