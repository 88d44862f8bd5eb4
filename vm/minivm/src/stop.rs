//! Why a machine stops.

use core::fmt::{self, Display, Formatter};

/// What ends a run, other than having retired the instructions asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stop {
    /// `SVC`: a trap to whoever answers supervisor calls. Counts as retired; pc is behind it.
    Svc {
        /// 0 to 15.
        module: u8,
        /// The function in the module.
        function: u8,
    },
    /// `BRK`. Counts as retired; pc is behind it.
    Break {
        /// The low 8 bits of its immediate.
        code: u8,
    },
    /// `RET` at call depth 0: the task is done. Not counted; pc stays.
    Returned {
        /// R0.
        status: u32,
    },
    /// The instruction could not be carried out.
    Fault(Fault),
    /// The host's storage for return addresses is full ([`CallStack`](crate::CallStack)). No behaviour of the machine
    /// that is modelled: the run says nothing, and pc stays on the `CALL`.
    CallDepth,
    /// What keeps the code or the data of a [paged](crate::paging) machine has failed. No behaviour of the machine that is
    /// modelled: the run says nothing, and pc stays on the instruction that could not be fetched or carried out.
    Paging {
        /// What was tried.
        tried: Paging,
        /// The byte address of the first byte of the line or the page.
        address: u32,
    },
}

impl From<PagingFailure> for Stop {
    fn from(PagingFailure { tried, address }: PagingFailure) -> Self {
        Stop::Paging { tried, address }
    }
}

/// What a [paged](crate::paging) machine could not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PagingFailure {
    /// What was tried.
    pub tried: Paging,
    /// The byte address of the first byte of the line or the page.
    pub address: u32,
}

/// What is done with lines of code and pages of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Paging {
    /// A line of code is read from its source.
    ReadLine,
    /// A page of data is read from its store.
    ReadPage,
    /// A page of data is written to its store.
    WritePage,
    /// A page of data that is read-only is changed by an instruction.
    ChangePage,
}

impl Display for PagingFailure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let what = match self.tried {
            Paging::ReadLine => "the line of code cannot be read",
            Paging::ReadPage => "the page of data cannot be read",
            Paging::WritePage => "the page of data cannot be written back",
            Paging::ChangePage => "the page of data is read-only",
        };
        write!(f, "{what}: {:#x}", self.address)
    }
}

impl core::error::Error for PagingFailure {}

macro_rules! define_faults {
    ($($(#[$doc:meta])* $variant:ident, $name:literal;)*) => {
        /// Why an instruction could not be carried out.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub enum Fault {
            $($(#[$doc])* $variant,)*
        }

        impl Fault {
            /// Every fault.
            pub const ALL: &[Fault] = &[$(Fault::$variant,)*];

            /// The name used in vectors, reports and the machine protocol.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Fault::$variant => $name,)*
                }
            }

            /// The fault of this name.
            pub fn from_name(name: &str) -> Option<Fault> {
                Fault::ALL.iter().copied().find(|fault| fault.name() == name)
            }
        }
    };
}

define_faults! {
    /// A data access crosses the end of memory, or (strict) lies above it.
    Memory, "memory";
    /// `DIV` by 0.
    DivideByZero, "divide_by_zero";
    /// A push below address 0 or the stack limit, or from an sp beyond memory.
    StackOverflow, "stack_overflow";
    /// A pop from an sp at or beyond the end of memory.
    StackUnderflow, "stack_underflow";
    /// The opcode byte is not in the table.
    IllegalOpcode, "illegal_opcode";
    /// The instruction word at pc does not lie within code.
    PcOutOfRange, "pc_out_of_range";
    /// The literal of `LDI32` does not lie within code.
    TruncatedLdi32, "truncated_ldi32";
    /// `F2I` of NaN or infinity (reference).
    InvalidConversion, "invalid_conversion";
    /// An access or a fetch off its natural boundary (strict).
    Misaligned, "misaligned";
}

impl Fault {
    /// What the reference writes to R0 on this fault (`HSX_ERR_*`, host_vm.py:41-45), if anything.
    pub const fn r0_code(self) -> Option<u32> {
        match self {
            Fault::Memory => Some(0xFFFF_FF04),
            Fault::DivideByZero => Some(0xFFFF_FF05),
            Fault::StackOverflow => Some(0xFFFF_FF03),
            Fault::StackUnderflow => Some(0xFFFF_FF02),
            _ => None,
        }
    }
}
