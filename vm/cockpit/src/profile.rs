//! Profiles: what the machine does if the engine at the pinned commit and the plan for it disagree.
//!
//! Each disagreement is one [`Switch`], named after what it changes and carrying the id of its row in the divergence
//! ledger. A [`Profile`] answers for every switch whether the plan (`true`) or the engine (`false`) is followed.
//! [`Head`] and [`Plan`] answer at compile time; a [`SwitchSet`] answers at run time, which is how the ledger flips
//! one switch alone.

macro_rules! define_switches {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $row:literal;)*) => {
        /// One place of disagreement between the engine and its plan.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Switch {
            $($(#[$doc])* $variant,)*
        }

        impl Switch {
            /// Every switch.
            pub const ALL: &[Switch] = &[$(Switch::$variant,)*];

            /// The name, in `snake_case`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Switch::$variant => $name,)*
                }
            }

            /// The id of its row in the divergence ledger.
            pub const fn ledger_row(self) -> &'static str {
                match self {
                    $(Switch::$variant => $row,)*
                }
            }
        }
    };
}

define_switches! {
    /// Plan: an instruction that fails leaves the stack as it was. Head: operands that were popped before the error
    /// stay popped.
    Rollback, "rollback", "C1";
    /// Plan: `LT` and `GT` compare unsigned. Head: signed, beside unsigned `LE` and `GE`.
    UnsignedOrder, "unsigned_order", "C2";
    /// Plan: the opcodes 0x60 to 0x65 work on bits. Head: they do not exist.
    Bitwise, "bitwise", "C3";
    /// Plan: the opcodes 0x15 and 0x16 ask for buttons. Head: they do not exist.
    Buttons, "buttons", "C4";
    /// Plan: the opcodes 0x70 to 0x74 drive display, buttons and LED. Head: they do not exist.
    Display, "display", "C5";
    /// Plan: a pin outside 0 to 19 is `invalid_pin`. Head: `invalid_opcode` outside 0 to 255, else `hardware_fault`,
    /// and then after the check of the other operand.
    PinError, "pin_error", "C6";
    /// Plan: another operand out of its range is `invalid_operand`. Head: `invalid_opcode`.
    OperandError, "operand_error", "C7";
    /// Plan: what a pin, a string or a device refuses is `io_operation_failed`. Head: `hardware_fault`.
    IoError, "io_error", "C8";
    /// Plan: a global, local, array or element that does not exist is `invalid_memory_access`, and a length of an array
    /// that can not be is `invalid_operand`. Head: both are `memory_bounds`.
    MemoryError, "memory_error", "C9";
    /// Plan: `DIGITAL_WRITE` takes 0 and 1. Head: 0 to 255.
    DigitalValue, "digital_value", "C10";
    /// Plan: `PIN_MODE` takes the modes 0 to 3. Head: 0 to 255.
    PinModes, "pin_modes", "C11";
    /// Plan: `DELAY` takes nanoseconds. Head: units of which 17000 are a millisecond.
    DelayUnit, "delay_unit", "C12";
    /// Plan: the whole immediate is the number of a global or an array. Head: its low byte.
    WholeNumber, "whole_number", "C13";
    /// Plan: the lengths in an image's headers say where the strings are. Head: a search for something like a string.
    ImageLengths, "image_lengths", "C14";
}

impl Switch {
    /// Whether it is one of the reader of images, not of the instruction set.
    pub const fn is_of_image(self) -> bool {
        matches!(self, Switch::ImageLengths)
    }
}

/// Whom to follow, switch by switch.
pub trait Profile: Copy {
    /// Whether the plan is followed (`true`) or the engine (`false`).
    fn plan(self, switch: Switch) -> bool;
}

/// Profile `head`: bit for bit what the engine at the pinned commit does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Head;

impl Profile for Head {
    #[inline(always)]
    fn plan(self, _: Switch) -> bool {
        false
    }
}

/// Profile `plan`: what the plan says, and the engine if the plan is silent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plan;

impl Profile for Plan {
    #[inline(always)]
    fn plan(self, _: Switch) -> bool {
        true
    }
}

/// A profile put together at run time: the switches in the set follow the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SwitchSet(u16);

impl SwitchSet {
    /// The profile `head`.
    pub const HEAD: SwitchSet = SwitchSet(0);
    /// The profile `plan`.
    pub const PLAN: SwitchSet = SwitchSet((1 << Switch::ALL.len()) - 1);

    /// The same profile with one switch the other way.
    pub const fn flipped(self, switch: Switch) -> Self {
        SwitchSet(self.0 ^ 1 << switch as u16)
    }
}

impl Profile for SwitchSet {
    #[inline(always)]
    fn plan(self, switch: Switch) -> bool {
        self.0 & 1 << switch as u16 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_answers_as_its_namesake() {
        for &switch in Switch::ALL {
            assert_eq!(SwitchSet::HEAD.plan(switch), Head.plan(switch));
            assert_eq!(SwitchSet::PLAN.plan(switch), Plan.plan(switch));
            assert!(SwitchSet::HEAD.flipped(switch).plan(switch));
            assert!(!SwitchSet::PLAN.flipped(switch).plan(switch));
        }
    }
}
