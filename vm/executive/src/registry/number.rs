//! Numbers of binary16.

/// A number as it is set and read: of NaN only the sign is kept.
///
/// ```
/// use executive::registry::canonical;
/// assert_eq!([0x3C00, 0x7C01, 0xFFFF].map(canonical), [0x3C00, 0x7E00, 0xFE00]);
/// ```
pub const fn canonical(bits: u16) -> u16 {
    if bits & 0x7FFF > 0x7C00 { bits & 0x8000 | 0x7E00 } else { bits }
}
