//! The way of a run through the code.

use crate::alu::Flags;
use crate::profile::{Profile, Switch};

/// How far a run has come.
#[derive(Clone, Copy)]
pub(crate) struct Progress {
    /// The address of the instruction that is next, or has stopped the run.
    pub pc: u32,
    /// How many instructions may still retire.
    pub left: u32,
    /// Those that the instruction before has left.
    pub flags: Flags,
    /// The address of the instruction that has retired last, or has stopped the run; [`NOWHERE`] if there is none.
    pub before: u32,
}

/// An address that no instruction has.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// Where a run is and where its budget ends. Positions count words: they are addresses, rotated right by 2, so that a
/// misaligned one is beyond every code.
///
/// The budget is not counted down. It ends at a position, which moves when the run does not go straight on. Nor is the
/// last instruction noted at each: it is the word before, unless the run has just come from somewhere else.
///
/// `PART`: the words are a part of the code, and begin anywhere.
#[derive(Clone, Copy)]
pub(crate) struct Track<'v, const PART: bool> {
    /// The position of the instruction that is next.
    pub at: u32,
    /// Where the budget is used up if the run goes straight on.
    until: u32,
    /// Where the run has come last otherwise than from the word before.
    landed: u32,
    /// The position of the instruction from which it came there.
    from: u32,
    /// The address of the first word. Of the whole code it is 0 to 3; not 0 if pc is misaligned, and is allowed to be.
    pub origin: u32,
    /// All words there are.
    pub words: &'v [[u8; 4]],
    /// The words before `until`.
    pub ahead: &'v [[u8; 4]],
}

impl<'v> Track<'v, false> {
    /// The most instructions that a track can be given. With more, positions behind the code could not be told from those
    /// before it.
    pub const MOST: u32 = 1 << 29;

    /// The track through the whole code, from `way.pc` on.
    #[inline(always)]
    pub fn start(profile: impl Profile, code: &'v [u8], way: &Progress, budget: u32) -> Self {
        let origin = if profile.strict(Switch::Alignment) { 0 } else { way.pc % 4 };
        Track::of(code.get(origin as usize..).unwrap_or_default(), origin, way, budget)
    }
}

impl<'v> Track<'v, true> {
    /// The track through a part of the code that begins at the address `origin`, from `way.pc` on, which is aligned as that
    /// is.
    #[inline(always)]
    pub fn through(part: &'v [u8], origin: u32, way: &Progress, budget: u32) -> Self {
        Track::of(part, origin, way, budget)
    }
}

impl<'v, const PART: bool> Track<'v, PART> {
    #[inline(always)]
    fn of(bytes: &'v [u8], origin: u32, way: &Progress, budget: u32) -> Self {
        let Progress { pc, before, .. } = *way;
        let words = bytes.as_chunks().0;
        let position = |address: u32| address.wrapping_sub(origin).rotate_right(2);
        let (at, from) = (position(pc), position(before));
        Track { at, until: at, landed: at, from, origin, words, ahead: &[] }.ending(budget)
    }

    /// The address of the first word.
    #[inline(always)]
    fn origin(&self, profile: impl Profile) -> u32 {
        if !PART && profile.strict(Switch::Alignment) { 0 } else { self.origin }
    }

    /// The same with `left` instructions to go.
    #[inline(always)]
    fn ending(self, left: u32) -> Self {
        let until = self.at.wrapping_add(left);
        let ahead = &self.words[..self.words.len().min(until as usize)];
        Track { until, ahead, ..self }
    }

    /// Goes on at the position `at` after the instruction at hand.
    #[inline(always)]
    fn land(self, at: u32) -> Self {
        let left = self.left().wrapping_sub(1);
        Track { at, landed: at, from: self.at, ..self }.ending(left)
    }

    /// Goes on at the address `target` after the instruction at hand.
    #[inline(always)]
    pub fn jump(self, profile: impl Profile, target: u32) -> Self {
        self.land(target.wrapping_sub(self.origin(profile)).rotate_right(2))
    }

    /// Goes on behind the literal of the instruction at hand.
    #[inline(always)]
    pub fn skip_literal(self) -> Self {
        self.land(self.at + 2)
    }

    /// How many instructions may still retire.
    #[inline(always)]
    pub fn left(&self) -> u32 {
        self.until.wrapping_sub(self.at)
    }

    /// The address of the instruction that is next.
    #[inline(always)]
    pub fn pc(&self, profile: impl Profile) -> u32 {
        self.address(profile, self.at)
    }

    #[inline(always)]
    fn address(&self, profile: impl Profile, position: u32) -> u32 {
        position.rotate_left(2).wrapping_add(self.origin(profile))
    }

    /// The address of the instruction that has retired last.
    #[inline(always)]
    pub fn before(&self, profile: impl Profile) -> u32 {
        self.address(profile, if self.at == self.landed { self.from } else { self.at.wrapping_sub(1) })
    }
}

/// The instruction word at `pc`, if it lies within code.
#[inline(always)]
pub(crate) fn fetch(code: &[u8], pc: u32) -> Option<u32> {
    let start = pc as usize;
    let bytes = code.get(start..start.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}
