//! Where the registers and the stack of a task lie.

use minivm::control::Layout;
use minivm::hxe::RODATA_BASE;

use heapless::Vec;

/// Stacks of the reference: how many fit below their top.
const STACKS: u16 = 14;
const STACK: u32 = 0x1000;
const STACKS_TOP: u32 = 0xFFFC;
const BANKS_BASE: u32 = 0x1000;
const BANK: u32 = 64;
/// The layout of the control plane.
const WINDOW: u32 = 0xFFC0;

/// Banks of registers and stacks of the reference: freed ones are used again, the last one first.
#[derive(Debug, Default)]
pub(crate) struct Banks {
    next_bank: u16,
    next_stack: u16,
    free_banks: Vec<u16, { STACKS as usize }>,
    free_stacks: Vec<u16, { STACKS as usize }>,
}

impl Banks {
    /// A bank and a stack. Without a stack the bank is lost.
    pub fn take(&mut self) -> Option<(u16, u16)> {
        let bank = self.free_banks.pop().or_else(|| {
            let bank = self.next_bank;
            let fits = BANKS_BASE + BANK * u32::from(bank) <= WINDOW;
            self.next_bank += u16::from(fits);
            fits.then_some(bank)
        })?;
        let stack = self.free_stacks.pop().or_else(|| {
            let stack = self.next_stack;
            self.next_stack += u16::from(stack < STACKS);
            (stack < STACKS).then_some(stack)
        })?;
        Some((bank, stack))
    }

    /// Gives a bank and a stack back.
    pub fn give(&mut self, (bank, stack): (u16, u16)) {
        // No more are in use than there are stacks.
        let _room = (self.free_banks.push(bank), self.free_stacks.push(stack));
    }

    /// Where they lie.
    pub fn layout((bank, stack): (u16, u16)) -> Layout {
        let end = STACKS_TOP - STACK * u32::from(stack);
        let window = (BANKS_BASE + BANK * u32::from(bank)) as u16;
        Layout { window, stack: end - STACK..end, data: None }
    }

    /// The layout that every task has in profile `strict`.
    pub fn strict() -> Layout {
        let stack = WINDOW - STACK;
        Layout { window: WINDOW as u16, stack: stack..WINDOW, data: Some(stack - RODATA_BASE) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fourteen_stacks_and_a_lost_bank() {
        let mut banks = Banks::default();
        let taken: std::vec::Vec<_> = (0..14).map(|_| banks.take().unwrap()).collect();
        let first = Banks::layout(taken[0]);
        assert_eq!((first.window, first.stack), (0x1000, 0xEFFC..0xFFFC));
        let last = Banks::layout(taken[13]);
        assert_eq!((last.window, last.stack), (0x1340, 0x1FFC..0x2FFC));
        assert_eq!(banks.take(), None);
        banks.give(taken[3]);
        banks.give(taken[5]);
        assert_eq!((banks.take(), banks.take()), (Some(taken[5]), Some(taken[3])));
        banks.give(taken[0]);
        // Bank 14 was lost with the task that found no stack, so the bank that was freed is taken.
        assert_eq!(banks.take(), Some((0, 0)));
        for _ in 0..2000 {
            assert_eq!(banks.take(), None);
        }
    }
}
