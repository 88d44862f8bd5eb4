//! A case: an image, and how it is cut into pieces.

use oracle::hex;
use serde::{Deserialize, Serialize};

/// The largest image, and the largest piece, in bytes.
const MAX: usize = 1_000_000;

/// An image that is written to a loader piece by piece.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The image.
    #[serde(with = "hex")]
    pub image: Vec<u8>,
    /// The sizes of the pieces. What is left is the last piece; pieces beyond the end are empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chunks: Vec<u32>,
}

impl Case {
    /// An image in one piece.
    pub fn whole(image: Vec<u8>) -> Self {
        Case { image, chunks: Vec::new() }
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        if self.image.len() > MAX {
            return Err(format!("image: {} bytes, at most {MAX} are allowed", self.image.len()));
        }
        match self.chunks.iter().position(|&size| size as usize > MAX) {
            Some(index) => Err(format!("chunks[{index}]: {} is not 0 to {MAX}", self.chunks[index])),
            None => Ok(()),
        }
    }

    /// The pieces, the last one included.
    pub fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let mut left = &self.image[..];
        let sizes = self.chunks.iter().map(|&size| size as usize).chain([usize::MAX]);
        sizes.map(move |size| {
            let (piece, behind) = left.split_at(size.min(left.len()));
            left = behind;
            piece
        })
    }
}
