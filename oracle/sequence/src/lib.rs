//! Lists without an allocator: items one after another in a piece of a message, as they cross the link to a chip. The
//! forms of subjects' cases and the frames that carry them are built of them. So are enums that frames call by numbers:
//! [`numbered`].

#![no_std]
#![forbid(unsafe_code)]

mod numbered;

use core::fmt::{self, Debug, Formatter};
use core::marker::PhantomData;

use serde::{Deserialize, Serialize};

/// Items of type `T`, in postcard, one after another. They are read when they are asked for.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Sequence<'a, T> {
    #[serde(borrow, with = "serde_bytes")]
    bytes: &'a [u8],
    #[serde(skip)]
    item: PhantomData<T>,
}

impl<'a, T> Sequence<'a, T> {
    /// Takes bytes for items, unseen: what they are shows when they are read.
    pub const fn of_bytes(bytes: &'a [u8]) -> Self {
        Sequence { bytes, item: PhantomData }
    }

    /// Its items as they are written, one behind the other.
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

impl<'a, T: Deserialize<'a>> Sequence<'a, T> {
    /// The items. The first that cannot be read is the last.
    pub fn iter(&self) -> impl Iterator<Item = Result<T, postcard::Error>> + use<'a, T> {
        let mut rest = self.bytes;
        core::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let taken = postcard::take_from_bytes(rest);
            rest = taken.as_ref().map_or(&[], |(_, behind)| behind);
            Some(taken.map(|(item, _)| item))
        })
    }
}

impl<T> Clone for Sequence<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Sequence<'_, T> {}

impl<T> Default for Sequence<'_, T> {
    fn default() -> Self {
        Sequence::of_bytes(&[])
    }
}

impl<T> PartialEq for Sequence<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<T> Debug for Sequence<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes of items", self.bytes.len())
    }
}

/// Writes items to a buffer, to be sent as a [`Sequence`].
#[derive(Debug)]
pub struct Packer<'b> {
    buffer: &'b mut [u8],
    length: usize,
}

impl<'b> Packer<'b> {
    /// An empty sequence.
    pub fn new(buffer: &'b mut [u8]) -> Self {
        Packer { buffer, length: 0 }
    }

    /// Adds an item.
    ///
    /// # Errors
    /// There is no room for it; the sequence is then as before.
    pub fn push<T: Serialize>(&mut self, item: &T) -> Result<(), postcard::Error> {
        self.length += postcard::to_slice(item, &mut self.buffer[self.length..])?.len();
        Ok(())
    }

    /// What was packed, as a sequence of what must be the type of all items.
    pub fn items<T>(&self) -> Sequence<'_, T> {
        Sequence::of_bytes(&self.buffer[..self.length])
    }

    /// Whether nothing was packed since the last [`Packer::clear`].
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Starts again with nothing.
    pub fn clear(&mut self) {
        self.length = 0;
    }
}

/// Reads a value in postcard that takes all of the bytes.
///
/// # Errors
/// They are no such value, or more than one.
pub fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, postcard::Error> {
    match postcard::take_from_bytes(bytes)? {
        (value, []) => Ok(value),
        _ => Err(postcard::Error::DeserializeBadEncoding),
    }
}
