//! The instruction set, defined once.
//!
//! Every fact about an opcode that is data stands in one row of `for_each_op!`; the enum, the decoder, the encoder, the
//! assembler, the disassembler and the coverage points are all read from it. What an opcode *does* stands in
//! `execute`.
//!
//! Source: the plan names 57 opcodes (it counts 58; the 58th has no name and no number). The engine at the pinned
//! commit has handlers for 44 of them; the other 13 have a [`Switch`] in their row.

use crate::error::Check;
use crate::profile::{Profile, Switch};

/// Calls the macro `$with` with one row per opcode:
/// `/// what it does` `Variant = byte, "MNEMONIC", immediate, pops => pushes, family, existence, [checks in order];`
macro_rules! for_each_op {
    ($with:ident) => {
        $with! {
            /// Stops the machine; pc stays.
            Halt = 0x00, "HALT", Ignored, 0 => 0, Control, Always, [];
            /// Pushes the immediate, zero-extended.
            Push = 0x01, "PUSH", Number, 0 => 1, Stack, Always, [Room];
            /// Drops the top.
            Pop = 0x02, "POP", Ignored, 1 => 0, Stack, Always, [Operands];
            /// `a + b`, wrapping.
            Add = 0x03, "ADD", Ignored, 2 => 1, Arithmetic, Always, [Operands];
            /// `a - b`, wrapping.
            Sub = 0x04, "SUB", Ignored, 2 => 1, Arithmetic, Always, [Operands];
            /// `a * b`, wrapping.
            Mul = 0x05, "MUL", Ignored, 2 => 1, Arithmetic, Always, [Operands];
            /// `a / b`, truncated towards 0; the one quotient that does not fit wraps, as Arm's SDIV has it.
            Div = 0x06, "DIV", Ignored, 2 => 1, Arithmetic, Always, [Operands, Divisor];
            /// `a % b`, with the sign of `a`; 0 if the quotient does not fit.
            Mod = 0x07, "MOD", Ignored, 2 => 1, Arithmetic, Always, [Operands, Divisor];
            /// Pushes pc + 1 onto the data stack and jumps.
            Call = 0x08, "CALL", Target, 0 => 1, Control, Always, [Target, Room];
            /// Pops pc from the data stack.
            Ret = 0x09, "RET", Ignored, 1 => 0, Control, Always, [Operands, Target];
            /// Writes b (0 to 255; plan: 0 or 1) to pin a, which must be an output.
            DigitalWrite = 0x10, "DIGITAL_WRITE", Ignored, 2 => 0, Pins, Always,
                [Operands, PinNumber, Operand, PinPresent, PinOutput, Device];
            /// Pushes the level of pin a, 0 or 1.
            DigitalRead = 0x11, "DIGITAL_READ", Ignored, 1 => 1, Pins, Always,
                [Operands, PinNumber, PinPresent, Device];
            /// Sets the duty of pin a, which must be an output, to b, 0 to 65535.
            AnalogWrite = 0x12, "ANALOG_WRITE", Ignored, 2 => 0, Pins, Always,
                [Operands, PinNumber, Operand, PinPresent, PinOutput, Device];
            /// Pushes the sample of pin a, 0 to 65535.
            AnalogRead = 0x13, "ANALOG_READ", Ignored, 1 => 1, Pins, Always,
                [Operands, PinNumber, PinPresent, Device];
            /// Waits a / 17000 ms (plan: a nanoseconds, in whole milliseconds).
            Delay = 0x14, "DELAY", Ignored, 1 => 0, Time, Always, [Operands, Operand];
            /// Pushes whether button a is held.
            ButtonPressed = 0x15, "BUTTON_PRESSED", Ignored, 1 => 1, Buttons, With(Buttons), [Operands, Operand];
            /// Pushes whether button a is not held.
            ButtonReleased = 0x16, "BUTTON_RELEASED", Ignored, 1 => 1, Buttons, With(Buttons), [Operands, Operand];
            /// Sets the mode of pin a to b (0 to 255; plan: 0 to 3).
            PinMode = 0x17, "PIN_MODE", Ignored, 2 => 0, Pins, Always,
                [Operands, PinNumber, Operand, PinPresent, Device];
            /// Prints a string of the table with as many arguments as the top says; it pops those too.
            Printf = 0x18, "PRINTF", String, 1 => 0, Console, Always, [Operands, Operand, Text, Format, Device];
            /// Pushes the milliseconds since the start.
            Millis = 0x19, "MILLIS", Ignored, 0 => 1, Time, Always, [Room];
            /// Pushes the microseconds since the start.
            Micros = 0x1A, "MICROS", Ignored, 0 => 1, Time, Always, [Room];
            /// `a == b`.
            Eq = 0x20, "EQ", Ignored, 2 => 1, Comparison, Always, [Operands];
            /// `a != b`.
            Ne = 0x21, "NE", Ignored, 2 => 1, Comparison, Always, [Operands];
            /// `a < b`, signed (plan: unsigned).
            Lt = 0x22, "LT", Ignored, 2 => 1, Comparison, Always, [Operands];
            /// `a > b`, signed (plan: unsigned).
            Gt = 0x23, "GT", Ignored, 2 => 1, Comparison, Always, [Operands];
            /// `a <= b`, unsigned.
            Le = 0x24, "LE", Ignored, 2 => 1, Comparison, Always, [Operands];
            /// `a >= b`, unsigned.
            Ge = 0x25, "GE", Ignored, 2 => 1, Comparison, Always, [Operands];
            /// `a == b`.
            EqSigned = 0x26, "EQ_SIGNED", Ignored, 2 => 1, Comparison, Always, [Operands];
            /// `a != b`.
            NeSigned = 0x27, "NE_SIGNED", Ignored, 2 => 1, Comparison, Always, [Operands];
            /// `a < b`, signed.
            LtSigned = 0x28, "LT_SIGNED", Ignored, 2 => 1, Comparison, Always, [Operands];
            /// `a > b`, signed.
            GtSigned = 0x29, "GT_SIGNED", Ignored, 2 => 1, Comparison, Always, [Operands];
            /// `a <= b`, signed.
            LeSigned = 0x2A, "LE_SIGNED", Ignored, 2 => 1, Comparison, Always, [Operands];
            /// `a >= b`, signed.
            GeSigned = 0x2B, "GE_SIGNED", Ignored, 2 => 1, Comparison, Always, [Operands];
            /// Jumps.
            Jmp = 0x30, "JMP", Target, 0 => 0, Control, Always, [Target];
            /// Jumps if a is not 0; only then the target is checked.
            JmpTrue = 0x31, "JMP_TRUE", Target, 1 => 0, Control, Always, [Operands, Target];
            /// Jumps if a is 0; only then the target is checked.
            JmpFalse = 0x32, "JMP_FALSE", Target, 1 => 0, Control, Always, [Operands, Target];
            /// 1 if neither is 0, else 0.
            And = 0x40, "AND", Ignored, 2 => 1, Logic, Always, [Operands];
            /// 0 if both are 0, else 1.
            Or = 0x41, "OR", Ignored, 2 => 1, Logic, Always, [Operands];
            /// 1 if a is 0, else 0.
            Not = 0x42, "NOT", Ignored, 1 => 1, Logic, Always, [Operands];
            /// Pushes a global.
            LoadGlobal = 0x50, "LOAD_GLOBAL", Global, 0 => 1, Memory, Always, [Memory, Room];
            /// Pops into a global.
            StoreGlobal = 0x51, "STORE_GLOBAL", Global, 1 => 0, Memory, Always, [Operands, Memory];
            /// Pushes a copy of the cell that lies as many cells below the top as the immediate says.
            LoadLocal = 0x52, "LOAD_LOCAL", Local, 0 => 1, Memory, Always, [Memory, Room];
            /// Pops into the cell that then lies as many cells below the top as the immediate says.
            StoreLocal = 0x53, "STORE_LOCAL", Local, 1 => 0, Memory, Always, [Operands, Memory];
            /// Pushes element a of an array.
            LoadArray = 0x54, "LOAD_ARRAY", Array, 1 => 1, Memory, Always, [Operands, Memory];
            /// Writes a to element b of an array: the index is on top.
            StoreArray = 0x55, "STORE_ARRAY", Array, 2 => 0, Memory, Always, [Operands, Memory];
            /// Creates an array of a elements, 1 to 64, all 0.
            CreateArray = 0x56, "CREATE_ARRAY", Array, 1 => 0, Memory, Always, [Operands, Length, Memory];
            /// `a & b`.
            BitwiseAnd = 0x60, "BITWISE_AND", Ignored, 2 => 1, Bitwise, With(Bitwise), [Operands];
            /// `a | b`.
            BitwiseOr = 0x61, "BITWISE_OR", Ignored, 2 => 1, Bitwise, With(Bitwise), [Operands];
            /// `a ^ b`.
            BitwiseXor = 0x62, "BITWISE_XOR", Ignored, 2 => 1, Bitwise, With(Bitwise), [Operands];
            /// `!a`.
            BitwiseNot = 0x63, "BITWISE_NOT", Ignored, 1 => 1, Bitwise, With(Bitwise), [Operands];
            /// `a << b`, b being 0 to 31.
            ShiftLeft = 0x64, "SHIFT_LEFT", Ignored, 2 => 1, Shift, With(Bitwise), [Operands, Operand];
            /// `a >> b`, sign shifted in, b being 0 to 31.
            ShiftRight = 0x65, "SHIFT_RIGHT", Ignored, 2 => 1, Shift, With(Bitwise), [Operands, Operand];
            /// Clears the display's buffer.
            DisplayClear = 0x70, "DISPLAY_CLEAR", Ignored, 0 => 0, Display, With(Display), [Device];
            /// Draws string c of the table at column a, row b.
            DisplayText = 0x71, "DISPLAY_TEXT", Ignored, 3 => 0, Display, With(Display), [Operands, Operand, Device];
            /// Shows the display's buffer.
            DisplayUpdate = 0x72, "DISPLAY_UPDATE", Ignored, 0 => 0, Display, With(Display), [Device];
            /// Pushes whether button a is held.
            ButtonRead = 0x73, "BUTTON_READ", Ignored, 1 => 1, Buttons, With(Display), [Operands, Operand];
            /// Starts blinking string a of the table in Morse code.
            LedMorse = 0x74, "LED_MORSE", Ignored, 1 => 0, Display, With(Display), [Operands, Operand, Device];
        }
    };
}

macro_rules! define_opcodes {
    ($($(#[doc = $about:literal])* $variant:ident = $byte:literal, $mnemonic:literal, $immediate:ident,
       $pops:literal => $pushes:literal, $family:ident, $existence:ident $(($switch:ident))?, [$($check:ident),*];)*) => {
        /// An operation code: byte 0 of an instruction. Operands are named from the bottom: `a`, `b`, `c`; the last is
        /// on top of the stack.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Opcode {
            $($(#[doc = $about])* $variant = $byte,)*
        }

        impl Opcode {
            /// Every opcode, by ascending byte.
            pub const ALL: &[Opcode] = &[$(Opcode::$variant,)*];

            /// The opcode of a byte, in whatever profile it exists; nothing if no profile has it.
            #[inline(always)]
            pub const fn from_byte(byte: u8) -> Option<Opcode> {
                match byte {
                    $($byte => Some(Opcode::$variant),)*
                    _ => None,
                }
            }

            /// What it does, in Markdown.
            pub const fn about(self) -> &'static str {
                match self {
                    $(Opcode::$variant => concat!($($about),*).trim_ascii(),)*
                }
            }

            /// The name in assembly text, upper case.
            pub const fn mnemonic(self) -> &'static str {
                match self {
                    $(Opcode::$variant => $mnemonic,)*
                }
            }

            /// What the immediate means.
            pub const fn immediate(self) -> Immediate {
                match self {
                    $(Opcode::$variant => Immediate::$immediate,)*
                }
            }

            /// How many cells it pops; `PRINTF` pops its arguments besides.
            pub const fn pops(self) -> usize {
                match self {
                    $(Opcode::$variant => $pops,)*
                }
            }

            /// How many cells it pushes.
            pub const fn pushes(self) -> usize {
                match self {
                    $(Opcode::$variant => $pushes,)*
                }
            }

            /// What it is about.
            pub const fn family(self) -> Family {
                match self {
                    $(Opcode::$variant => Family::$family,)*
                }
            }

            /// In which profiles it exists.
            #[inline(always)]
            pub const fn existence(self) -> Existence {
                match self {
                    $(Opcode::$variant => Existence::$existence $((Switch::$switch))?,)*
                }
            }

            /// What can be wrong, in the order in which it is checked.
            pub const fn checks(self) -> &'static [Check] {
                match self {
                    $(Opcode::$variant => &[$(Check::$check),*],)*
                }
            }
        }
    };
}

for_each_op!(define_opcodes);

/// What the immediate of an opcode means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Immediate {
    /// Nothing.
    Ignored,
    /// A number, 0 to 65535.
    Number,
    /// The index of an instruction.
    Target,
    /// The number of a global, 0 to 63.
    Global,
    /// A distance in cells, below the top of the stack.
    Local,
    /// The number of an array, 0 to 15.
    Array,
    /// The number of a string; only its low byte counts.
    String,
}

/// What an opcode is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Where to go on, or that it ends.
    Control,
    /// The stack alone.
    Stack,
    /// Arithmetic.
    Arithmetic,
    /// Comparisons, which give 0 or 1.
    Comparison,
    /// Logic on truth values, which gives 0 or 1.
    Logic,
    /// Logic on bits.
    Bitwise,
    /// Shifts.
    Shift,
    /// Globals, locals, arrays.
    Memory,
    /// GPIO pins.
    Pins,
    /// Clock and delay.
    Time,
    /// The console.
    Console,
    /// Buttons.
    Buttons,
    /// Display and LED.
    Display,
}

/// In which profiles an opcode exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existence {
    /// In all.
    Always,
    /// In those whose switch follows the plan.
    With(Switch),
}

impl Opcode {
    /// Whether `profile` has it.
    #[inline(always)]
    pub fn exists(self, profile: impl Profile) -> bool {
        match self.existence() {
            Existence::Always => true,
            Existence::With(switch) => profile.plan(switch),
        }
    }

    /// Whether the stack is higher after it than before.
    pub const fn grows(self) -> bool {
        self.pushes() > self.pops()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Head, Plan};

    #[test]
    fn the_plan_names_57_opcodes_and_the_engine_has_44_of_them() {
        assert!(Opcode::ALL.is_sorted());
        assert_eq!(Opcode::ALL.iter().filter(|op| op.exists(Plan)).count(), 57);
        assert_eq!(Opcode::ALL.iter().filter(|op| op.exists(Head)).count(), 44);
    }

    #[test]
    fn a_byte_is_an_opcode_or_none() {
        let known = (0..=255u8).filter_map(Opcode::from_byte).inspect(|op| assert!(Opcode::ALL.contains(op)));
        assert_eq!(known.count(), Opcode::ALL.len());
        for &op in Opcode::ALL {
            assert_eq!(Opcode::from_byte(op as u8), Some(op));
        }
    }

    #[test]
    fn opcodes_check_operands_if_they_pop_and_room_if_they_grow() {
        for &op in Opcode::ALL {
            assert_eq!(op.checks().contains(&Check::Operands), op.pops() > 0, "{op:?}");
            assert_eq!(op.checks().contains(&Check::Room), op.grows(), "{op:?}");
        }
    }
}
