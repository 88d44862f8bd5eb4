//! Cells as bytes: four each, the lowest first.

/// Bytes of a cell.
pub const CELL: usize = size_of::<i32>();

/// The cells of these bytes; what is left over at the end is none.
pub fn read_cells(bytes: &[u8]) -> impl ExactSizeIterator<Item = i32> + '_ {
    bytes.as_chunks::<CELL>().0.iter().map(|cell| i32::from_le_bytes(*cell))
}

/// Writes cells to the beginning of `buffer`, as many as it has room for. Gives their bytes.
pub fn write_cells<'b>(cells: &[i32], buffer: &'b mut [u8]) -> &'b [u8] {
    let slots = buffer.as_chunks_mut::<CELL>().0;
    let count = cells.len().min(slots.len());
    for (slot, cell) in slots.iter_mut().zip(cells) {
        *slot = cell.to_le_bytes();
    }
    &buffer[..count * CELL]
}
