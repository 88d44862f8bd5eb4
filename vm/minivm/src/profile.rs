//! Profiles: what the machine does where the reference and its design document disagree.
//!
//! Each disagreement is one [`Switch`], named after what it changes and carrying the id of its row in the divergence
//! ledger. A [`Profile`] answers for every switch whether it is on. [`Reference`], [`Strict`] and [`Portable`] answer at compile time; a [`SwitchSet`] answers at run time, which is how
//! the ledger flips one switch alone.

macro_rules! define_switches {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $row:literal;)*) => {
        /// One place where reference and document disagree, or the reference's arithmetic is not the textbook's.
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

            /// The id of its row in the ledger of its subject, `vectors/minivm` or `vectors/hxe`.
            pub const fn ledger_row(self) -> &'static str {
                match self {
                    $(Switch::$variant => $row,)*
                }
            }
        }
    };
}

define_switches! {
    /// Strict: a 16- or 32-bit data access, or a fetch, off its natural boundary faults `misaligned`.
    Alignment, "alignment", "D4";
    /// Strict: a data address above 0xFFFF faults `memory`. Reference: it wraps at 16 bits.
    AddressRange, "address_range", "D5";
    /// Strict: V of `ADC` and `SBC` is the textbook's signed overflow. Reference: a formula that overlooks the carry.
    CarryOverflow, "carry_overflow", "D36";
    /// Strict: V of `MUL` is signed overflow. Reference: unsigned high word not 0, as C.
    MulOverflow, "mul_overflow", "D37";
    /// Strict: binary16 values that round up to 0x0400 do so. Reference: they become 0x03FF.
    SubnormalRounding, "subnormal_rounding", "D38";
    /// Strict: `FDIV` by 0 as IEEE 754 says. Reference: it divides by +infinity instead.
    FloatDivideByZero, "float_divide_by_zero", "D39";
    /// Strict: `F2I` of NaN gives 0 and of infinity saturates. Reference: it faults `invalid_conversion`.
    FloatToInt, "float_to_int", "D40";
    /// Strict: an illegal opcode faults and changes nothing. Reference: it retires as a step of 4 bytes, then stops.
    IllegalOpcode, "illegal_opcode", "D12";
    /// Strict: faults keep R0. Reference: memory, stack and divide faults write their code to it.
    FaultCodeInR0, "fault_code_in_r0", "D8";
    /// Strict: `RET` across the end of memory is a memory fault like any other. Reference: a host exception, which is
    /// reported as the fault `memory` but leaves R0 alone.
    ReturnAcrossEnd, "return_across_end", "D41";
    /// Portable: `FADD`, `FSUB`, `FMUL`, `FDIV` and `I2F` leave zeros in the upper half of rd. Reference and strict: they
    /// keep what was there.
    FloatUpperHalf, "float_upper_half", "D44";
    /// Strict: the length of rodata in an image must be a multiple of 4. Reference: any.
    RodataAlignment, "rodata_alignment", "D42";
    /// Strict: an image that declares a value, a command or a mailbox twice is rejected. Reference: it is loaded, and
    /// fails when the second one is registered.
    DuplicateDeclarations, "duplicate_declarations", "D43";
}

impl Switch {
    /// Whether it is one of the loader of images, not of the instruction set.
    pub const fn is_of_loader(self) -> bool {
        matches!(self, Switch::RodataAlignment | Switch::DuplicateDeclarations)
    }
}

/// Whom to follow, switch by switch.
pub trait Profile: Copy {
    /// Whether the switch is on: what it says is done (`true`), or what the reference does (`false`).
    fn strict(self, switch: Switch) -> bool;
}

/// Profile `reference`: bit for bit what the reference does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reference;

impl Profile for Reference {
    #[inline(always)]
    fn strict(self, _: Switch) -> bool {
        false
    }
}

/// Profile `strict`: what the document says, and textbook arithmetic where it is silent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Strict;

impl Profile for Strict {
    #[inline(always)]
    fn strict(self, switch: Switch) -> bool {
        !matches!(switch, Switch::FloatUpperHalf)
    }
}

/// Profile `portable`: strict, with what the reference's project has frozen for portable targets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Portable;

impl Profile for Portable {
    #[inline(always)]
    fn strict(self, _: Switch) -> bool {
        true
    }
}

/// A profile put together at run time: the switches in the set are strict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SwitchSet(u16);

impl SwitchSet {
    /// The profile `reference`.
    pub const REFERENCE: SwitchSet = SwitchSet(0);
    /// The profile `strict`.
    pub const STRICT: SwitchSet = SwitchSet::PORTABLE.flipped(Switch::FloatUpperHalf);
    /// The profile `portable`.
    pub const PORTABLE: SwitchSet = SwitchSet((1 << Switch::ALL.len()) - 1);

    /// The switches of a profile.
    ///
    /// ```
    /// # use minivm::{Reference, Switch, SwitchSet};
    /// let set = SwitchSet::of(Reference).flipped(Switch::Alignment);
    /// assert_ne!(set, SwitchSet::of(Reference));
    /// ```
    pub fn of(profile: impl Profile) -> Self {
        let on = Switch::ALL.iter().filter(|&&switch| profile.strict(switch));
        on.fold(SwitchSet(0), |set, &switch| set.flipped(switch))
    }

    /// The same profile with one switch the other way.
    pub const fn flipped(self, switch: Switch) -> Self {
        SwitchSet(self.0 ^ 1 << switch as u16)
    }
}

impl Profile for SwitchSet {
    fn strict(self, switch: Switch) -> bool {
        self.0 & 1 << switch as u16 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_answers_as_its_namesake() {
        for &switch in Switch::ALL {
            assert_eq!(SwitchSet::REFERENCE.strict(switch), Reference.strict(switch));
            assert_eq!(SwitchSet::STRICT.strict(switch), Strict.strict(switch));
            assert_eq!(SwitchSet::PORTABLE.strict(switch), Portable.strict(switch));
            assert!(SwitchSet::REFERENCE.flipped(switch).strict(switch));
            assert!(!SwitchSet::PORTABLE.flipped(switch).strict(switch));
        }
    }
}
