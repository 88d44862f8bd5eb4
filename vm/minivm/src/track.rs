//! The way of a run through the code.

use crate::alu::Flags;
use crate::profile::{Profile, Switch};

/// How far a run has come.
#[derive(Clone, Copy)]
pub(crate) struct Progress {
    /// The address of the instruction that is next, or has stopped the run.
    pub pc: u32,
    /// How many instructions may still retire, at most [`Progress::MOST`].
    pub left: u32,
    /// Those that the instruction before has left.
    pub flags: Flags,
    /// The address of the instruction that has retired last, if one has and the run remembers it.
    pub before: Option<u32>,
}

impl Progress {
    /// With more, positions behind the code could not be told from those before it.
    pub const MOST: u32 = 1 << 29;
}

/// Where a run is and where its budget ends. Positions count words: they are addresses, rotated right by 2, so that a
/// misaligned one is beyond every code.
///
/// The budget is not counted down. It ends at a position, which moves when the run does not go straight on.
#[derive(Clone, Copy)]
pub(crate) struct Track<'v> {
    /// The position of the instruction that is next.
    pub at: u32,
    /// Where the budget is used up if the run goes straight on.
    until: u32,
    /// The address of the first word, 0 to 3. Not 0 if pc is misaligned, and is allowed to be.
    pub origin: u32,
    /// All words of the code.
    pub words: &'v [[u8; 4]],
    /// The words before `until`.
    pub ahead: &'v [[u8; 4]],
}

impl<'v> Track<'v> {
    /// The track from `pc` on.
    #[inline(always)]
    pub fn start(profile: impl Profile, code: &'v [u8], pc: u32, budget: u32) -> Self {
        let origin = if profile.strict(Switch::Alignment) { 0 } else { pc % 4 };
        let words = code.get(origin as usize..).unwrap_or_default().as_chunks().0;
        let at = (pc - origin).rotate_right(2);
        Track { at, until: at, origin, words, ahead: &[] }.moved(at, budget)
    }

    /// The same with `left` instructions to go from `at`.
    #[inline(always)]
    pub fn moved(self, at: u32, left: u32) -> Self {
        let until = at.wrapping_add(left);
        let ahead = &self.words[..self.words.len().min(until as usize)];
        Track { at, until, ahead, ..self }
    }

    /// Goes on at the address `target` after the instruction at hand.
    #[inline(always)]
    pub fn jump(self, profile: impl Profile, target: u32) -> Self {
        let origin = if profile.strict(Switch::Alignment) { 0 } else { self.origin };
        let left = self.left().wrapping_sub(1);
        self.moved(target.wrapping_sub(origin).rotate_right(2), left)
    }

    /// How many instructions may still retire.
    #[inline(always)]
    pub fn left(&self) -> u32 {
        self.until.wrapping_sub(self.at)
    }

    /// The address of the instruction that is next.
    #[inline(always)]
    pub fn pc(&self, profile: impl Profile) -> u32 {
        let origin = if profile.strict(Switch::Alignment) { 0 } else { self.origin };
        self.at.rotate_left(2).wrapping_add(origin)
    }
}

/// The instruction word at `pc`, if it lies within code.
#[inline(always)]
pub(crate) fn fetch(code: &[u8], pc: u32) -> Option<u32> {
    let start = pc as usize;
    let bytes = code.get(start..start.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}
