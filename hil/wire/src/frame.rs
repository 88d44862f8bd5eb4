//! Frames: how a message survives a line that loses, repeats and changes bytes.
//!
//! ```text
//! 00 · COBS( version 1 · kind 1 · sequence 4 · message, postcard · CRC-32 4 ) · 00
//! ```
//!
//! Numbers are little-endian; the CRC is that of zip and Ethernet, over everything before it. A zero byte never occurs
//! within a frame, so one before and one behind it separate it from whatever half a frame came before.

use cobs::CobsEncoder;
use crc::{CRC_32_ISO_HDLC, Crc, Digest, Table};
use postcard::ser_flavors::Flavor;
use serde::{Deserialize, Serialize};

/// The version of frames and messages. Whatever changes the form of a message raises it.
pub const VERSION: u8 = 2;
/// What separates frames.
pub const DELIMITER: u8 = 0;

/// Bytes before the message.
const HEADER: usize = 6;
/// Bytes behind it.
const CHECKSUM: usize = 4;

static CRC: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISO_HDLC);

/// Which way a frame goes. A line that echoes gives a host its own requests back, which are no replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// From host to chip.
    Request = 0x51,
    /// From chip to host.
    Reply = 0x52,
}

/// A frame that has arrived whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Which way it goes.
    pub kind: Kind,
    /// The number of the request; replies repeat it. 0 belongs to no request.
    pub sequence: u32,
    /// The message, to be read with [`Frame::message`].
    pub payload: &'a [u8],
}

/// Why bytes are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Damage {
    /// The zero bytes that were taken out cannot be put back.
    Stuffing,
    /// Too short for header and CRC.
    Length,
    /// The CRC does not match.
    Checksum,
    /// Another version than [`VERSION`]: this one.
    Version(u8),
    /// No [`Kind`]: this one.
    Kind(u8),
}

impl<'a> Frame<'a> {
    /// Reads a frame from the bytes between two delimiters. They are decoded in place.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn decode(bytes: &'a mut [u8]) -> Result<Self, Damage> {
        let length = cobs::decode_in_place(bytes).map_err(|_| Damage::Stuffing)?;
        let (body, checksum) = bytes[..length].split_last_chunk::<CHECKSUM>().ok_or(Damage::Length)?;
        let (header, payload) = body.split_first_chunk::<HEADER>().ok_or(Damage::Length)?;
        if CRC.checksum(body) != u32::from_le_bytes(*checksum) {
            return Err(Damage::Checksum);
        }
        let [version, kind, sequence @ ..] = *header;
        if version != VERSION {
            return Err(Damage::Version(version));
        }
        let kinds = [Kind::Request, Kind::Reply];
        let kind = kinds.into_iter().find(|&known| known as u8 == kind).ok_or(Damage::Kind(kind))?;
        Ok(Frame { kind, sequence: u32::from_le_bytes(sequence), payload })
    }

    /// The message in it.
    ///
    /// # Errors
    /// The payload is none of this type, or is longer than one.
    pub fn message<T: Deserialize<'a>>(&self) -> Result<T, postcard::Error> {
        oracle_sequence::read(self.payload)
    }
}

/// The most bytes that a frame takes whose message takes `message` bytes, delimiters included.
pub const fn frame_size(message: usize) -> usize {
    let body = HEADER + message + CHECKSUM;
    cobs::max_encoding_length(body) + 2
}

/// Writes a frame, with its delimiters, to the start of `buffer`. Gives its length.
///
/// # Errors
/// The buffer is too small: [`frame_size`] says what suffices.
pub fn encode<T: Serialize>(
    kind: Kind,
    sequence: u32,
    message: &T,
    buffer: &mut [u8],
) -> Result<usize, postcard::Error> {
    let [first, middle @ .., _] = buffer else { return Err(postcard::Error::SerializeBufferFull) };
    *first = DELIMITER;
    let output = Output { encoder: CobsEncoder::new(middle), digest: CRC.digest() };
    let parts = (VERSION, kind as u8, sequence.to_le_bytes(), message);
    let length = postcard::serialize_with_flavor(&parts, output)?;
    let end = buffer.get_mut(1 + length).ok_or(postcard::Error::SerializeBufferFull)?;
    *end = DELIMITER;
    Ok(length + 2)
}

/// Where postcard writes to: through the CRC into the COBS encoder.
struct Output<'a> {
    encoder: CobsEncoder<'a>,
    digest: Digest<'static, u32, Table<1>>,
}

impl Flavor for Output<'_> {
    type Output = usize;

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.try_extend(&[byte])
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.digest.update(bytes);
        self.encoder.push(bytes).map_err(|_| postcard::Error::SerializeBufferFull)
    }

    fn finalize(mut self) -> postcard::Result<usize> {
        let checksum = self.digest.finalize();
        let pushed = self.encoder.push(&checksum.to_le_bytes());
        pushed.map_err(|_| postcard::Error::SerializeBufferFull)?;
        Ok(self.encoder.finalize())
    }
}
