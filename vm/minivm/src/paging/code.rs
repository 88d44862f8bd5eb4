//! Lines of code at hand, and how they come there.

use super::store::CodeSource;
use crate::isa::Opcode;
use crate::stop::{Paging, PagingFailure};

/// A line that does not exist.
const NONE: u32 = u32::MAX;
/// Bytes of the longest instruction, `LDI32` with its literal.
const LONGEST: usize = 8;

/// Code of which `BUFFERS` lines (1 or 2) of `LINE` bytes are at hand: a power of two from 16 to 512, in the document 256
/// or 512. Other numbers do not compile.
///
/// It is used with [`Vm::run_paged`](crate::Vm::run_paged).
#[derive(Clone, Debug)]
pub struct PagedCode<S, const LINE: usize, const BUFFERS: usize> {
    source: S,
    buffers: [[u8; LINE]; BUFFERS],
    /// The number of the line in each buffer, or [`NONE`].
    lines: [u32; BUFFERS],
    /// The buffer of the line from which instructions run.
    current: usize,
    /// The line that was announced to the source, or [`NONE`].
    announced: u32,
    /// Room for an instruction that does not lie together.
    bridge: [u8; LONGEST],
    counters: CodeCounters,
}

/// What paging did for code since it was made. Numbers wrap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CodeCounters {
    /// Instructions went on in another line, which was at hand.
    pub hits: u32,
    /// Instructions went on in another line, which was read, or could not be.
    pub misses: u32,
    /// A line was given up for another.
    pub evictions: u32,
    /// Instructions went on in another line that is not the next.
    pub far_jumps: u32,
    /// A line was announced to the source.
    pub prefetches: u32,
    /// An announcement was taken back.
    pub aborts: u32,
}

/// A part of the code that lies together.
pub(super) struct Part<'c> {
    /// The address of its first byte.
    pub address: u32,
    pub bytes: &'c [u8],
    /// Whether it is one instruction that had to be put together.
    pub is_bridge: bool,
}

impl<S: CodeSource, const LINE: usize, const BUFFERS: usize> PagedCode<S, LINE, BUFFERS> {
    const SIZES: () = {
        assert!(
            LINE.is_power_of_two() && LINE >= 16 && LINE <= 512,
            "a line has 16 to 512 bytes, a power of two"
        );
        assert!(BUFFERS == 1 || BUFFERS == 2, "there are one or two buffers");
    };
    /// Where the last quarter of a line begins.
    const NEAR_END: usize = LINE - LINE / 4;

    /// Code of which nothing is at hand yet.
    pub const fn new(source: S) -> Self {
        let () = Self::SIZES;
        PagedCode {
            source,
            buffers: [[0; LINE]; BUFFERS],
            lines: [NONE; BUFFERS],
            current: 0,
            announced: NONE,
            bridge: [0; LONGEST],
            counters: CodeCounters {
                hits: 0,
                misses: 0,
                evictions: 0,
                far_jumps: 0,
                prefetches: 0,
                aborts: 0,
            },
        }
    }

    /// What paging did so far.
    pub fn counters(&self) -> CodeCounters {
        self.counters
    }

    /// The address of the first byte of a line. Of one that there cannot be it is behind all code.
    fn address(line: u32) -> u32 {
        line.saturating_mul(LINE as u32)
    }

    /// How many bytes of code there are from `address` on.
    pub(super) fn rest(&self, address: u32) -> usize {
        self.source.size().saturating_sub(address) as usize
    }

    /// The part that has the instruction at `pc` in it, of which at least the first word is code. It is aligned as pc is.
    pub(super) fn part(&mut self, pc: u32) -> Result<Part<'_>, PagingFailure> {
        let line = pc / LINE as u32;
        self.enter(line)?;
        let offset = pc as usize % LINE;
        let is_near_end = offset >= Self::NEAR_END;
        if is_near_end {
            self.announce(line + 1);
        }
        // Instructions leave the part where the last quarter begins, so that the next line can be announced.
        let end = if is_near_end { LINE } else { Self::NEAR_END };
        let end = end.min(self.rest(Self::address(line)));
        let is_long = self.buffers[self.current][offset] == Opcode::Ldi32 as u8;
        // A literal that is not in the code is not looked for.
        let length = if is_long && self.rest(pc) >= LONGEST { LONGEST } else { 4 };
        if offset + length > end {
            return self.put_together(line, offset, length);
        }
        let start = offset % 4;
        let bytes = &self.buffers[self.current][start..end];
        Ok(Part { address: Self::address(line) + start as u32, bytes, is_bridge: false })
    }

    /// The instruction of `length` bytes at an offset of a line, the rest of which may be in the next line.
    fn put_together(&mut self, line: u32, offset: usize, length: usize) -> Result<Part<'_>, PagingFailure> {
        let here = length.min(LINE - offset);
        self.bridge[..here].copy_from_slice(&self.buffers[self.current][offset..offset + here]);
        if here < length {
            self.enter(line + 1)?;
            self.bridge[here..length].copy_from_slice(&self.buffers[self.current][..length - here]);
        }
        let address = Self::address(line) + offset as u32;
        Ok(Part { address, bytes: &self.bridge[..length], is_bridge: true })
    }

    /// Goes on in a line, which is read if it is not at hand.
    fn enter(&mut self, line: u32) -> Result<(), PagingFailure> {
        let before = self.lines[self.current];
        if line == before {
            return Ok(());
        }
        let counters = &mut self.counters;
        if before != NONE && line != before + 1 {
            counters.far_jumps = counters.far_jumps.wrapping_add(1);
        }
        if self.announced != NONE && self.announced != line {
            counters.aborts = counters.aborts.wrapping_add(1);
            self.source.abort();
        }
        self.announced = NONE;
        if let Some(buffer) = self.lines.iter().position(|&at_hand| at_hand == line) {
            counters.hits = counters.hits.wrapping_add(1);
            self.current = buffer;
            return Ok(());
        }
        counters.misses = counters.misses.wrapping_add(1);
        // The other one, if there are two.
        let buffer = BUFFERS - 1 - self.current;
        if self.lines[buffer] != NONE {
            counters.evictions = counters.evictions.wrapping_add(1);
        }
        self.lines[buffer] = NONE;
        let address = Self::address(line);
        let length = LINE.min(self.rest(address));
        let read = self.source.read(address, &mut self.buffers[buffer][..length]);
        read.map_err(|_| PagingFailure { tried: Paging::ReadLine, address })?;
        self.lines[buffer] = line;
        self.current = buffer;
        Ok(())
    }

    /// Has the source begin to fetch a line, if there is one, and it is neither at hand nor announced.
    fn announce(&mut self, line: u32) {
        let address = Self::address(line);
        if self.announced != line && self.rest(address) > 0 && !self.lines.contains(&line) {
            self.announced = line;
            self.counters.prefetches = self.counters.prefetches.wrapping_add(1);
            self.source.prefetch(address);
        }
    }
}
