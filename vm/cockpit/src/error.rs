//! What can be wrong with an instruction, and by which name that is reported.

use crate::profile::{Profile, Switch};

macro_rules! define_errors {
    ($($(#[$doc:meta])* $variant:ident, $name:literal;)*) => {
        /// An error as it is reported.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Error {
            $($(#[$doc])* $variant,)*
        }

        impl Error {
            /// Every error.
            pub const ALL: &[Error] = &[$(Error::$variant,)*];

            /// The name used in vectors, reports and the machine protocol.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Error::$variant => $name,)*
                }
            }

            /// The error of this name.
            pub fn from_name(name: &str) -> Option<Error> {
                Error::ALL.iter().copied().find(|error| error.name() == name)
            }
        }
    };
}

define_errors! {
    /// No room on the stack.
    StackOverflow, "stack_overflow";
    /// Too few operands on the stack.
    StackUnderflow, "stack_underflow";
    /// A target outside the program.
    InvalidJump, "invalid_jump";
    /// An opcode that does not exist; head also reports operands out of range by this name.
    InvalidOpcode, "invalid_opcode";
    /// A division by 0.
    DivisionByZero, "division_by_zero";
    /// A global, local, array or element that does not exist (head).
    MemoryBounds, "memory_bounds";
    /// A pin, a string or a device refuses (head).
    HardwareFault, "hardware_fault";
    /// There is no program.
    ProgramNotLoaded, "program_not_loaded";
    /// An operand out of range (plan).
    InvalidOperand, "invalid_operand";
    /// A pin that does not exist (plan).
    InvalidPin, "invalid_pin";
    /// A pin, a string or a device refuses (plan).
    IoOperationFailed, "io_operation_failed";
    /// A global, local, array or element that does not exist (plan).
    InvalidMemoryAccess, "invalid_memory_access";
}

impl Error {
    /// The reference's number; the plan gives its own four names none.
    pub const fn code(self) -> Option<u8> {
        match self {
            Error::StackOverflow => Some(1),
            Error::StackUnderflow => Some(2),
            Error::InvalidJump => Some(4),
            Error::InvalidOpcode => Some(5),
            Error::DivisionByZero => Some(6),
            Error::MemoryBounds => Some(7),
            Error::HardwareFault => Some(9),
            Error::ProgramNotLoaded => Some(10),
            _ => None,
        }
    }
}

/// One thing that an instruction makes sure of. Which checks an opcode has, and in which order, stands in its row of
/// the table of [`isa`](crate::isa).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// There is a program.
    Loaded,
    /// The opcode exists in the profile.
    Exists,
    /// The stack holds all operands.
    Operands,
    /// The stack has room for the result.
    Room,
    /// The target is an instruction of the program.
    Target,
    /// The divisor is not 0.
    Divisor,
    /// The pin's number is 0 to 255 (plan: 0 to 19).
    PinNumber,
    /// Another operand is in its range.
    Operand,
    /// The pin's number is 0 to 19 (head).
    PinPresent,
    /// The mode of the pin is output.
    PinOutput,
    /// The string is in the table.
    Text,
    /// The format has an argument for each `%` that is followed by a character.
    Format,
    /// The length of an array to be created is 1 to 64.
    Length,
    /// The global, local, array or element exists; or, if it is an array to be created, it does not.
    Memory,
    /// The device did what it was asked for.
    Device,
}

impl Check {
    /// The error that is reported if the check fails.
    pub fn error(self, profile: impl Profile) -> Error {
        let renamed = |switch, head, plan| if profile.plan(switch) { plan } else { head };
        match self {
            Check::Loaded => Error::ProgramNotLoaded,
            Check::Exists => Error::InvalidOpcode,
            Check::Operands => Error::StackUnderflow,
            Check::Room => Error::StackOverflow,
            Check::Target => Error::InvalidJump,
            Check::Divisor => Error::DivisionByZero,
            Check::PinNumber => renamed(Switch::PinError, Error::InvalidOpcode, Error::InvalidPin),
            Check::Operand => renamed(Switch::OperandError, Error::InvalidOpcode, Error::InvalidOperand),
            Check::PinPresent | Check::PinOutput | Check::Text | Check::Format | Check::Device => {
                renamed(Switch::IoError, Error::HardwareFault, Error::IoOperationFailed)
            }
            Check::Length => renamed(Switch::MemoryError, Error::MemoryBounds, Error::InvalidOperand),
            Check::Memory => renamed(Switch::MemoryError, Error::MemoryBounds, Error::InvalidMemoryAccess),
        }
    }
}
