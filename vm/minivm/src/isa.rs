//! The instruction set, defined once.
//!
//! Every fact about an opcode that is data stands in one row of `for_each_op!`; the enum, the decoder, the operand
//! forms of assembler and disassembler, the faults an opcode can raise and its coverage points are all read from it.
//! What an opcode *does* stands in [`vm`](crate::vm).
//!
//! Source: the design document, section 4.2, and the reference's opcode table, which adds `LSL` to `SBC`
//! (`python/opcodes.py`, ledger row D2).

use crate::stop::Fault;

/// Calls the macro `$with` with one row per opcode:
/// `/// what it does` `Variant = byte, "MNEMONIC", operand form, flag effect, memory access;`
macro_rules! for_each_op {
    ($with:ident) => {
        $with! {
            /// `rd = imm`, sign-extended.
            Ldi = 0x01, "LDI", RdImm, Keep, Nothing;
            /// `rd = mem32[rs1 + imm]`.
            Ld = 0x02, "LD", RdMem, Keep, Load(4);
            /// `mem32[rs1 + imm] = rs2`.
            St = 0x03, "ST", MemRs2, Keep, Store(4);
            /// `rd = rs1`.
            Mov = 0x04, "MOV", RdRs1, Keep, Nothing;
            /// `rd = mem8[rs1 + imm]`, zero-extended.
            Ldb = 0x06, "LDB", RdMem, Keep, Load(1);
            /// `rd = mem16[rs1 + imm]`, zero-extended.
            Ldh = 0x07, "LDH", RdMem, Keep, Load(2);
            /// `mem8[rs1 + imm] = rs2`, low byte.
            Stb = 0x08, "STB", MemRs2, Keep, Store(1);
            /// `mem16[rs1 + imm] = rs2`, low half.
            Sth = 0x09, "STH", MemRs2, Keep, Store(2);
            /// `rd = rs1 + rs2`; C is the carry.
            Add = 0x10, "ADD", RdRs1Rs2, Nzcv, Nothing;
            /// `rd = rs1 - rs2`; C is set where nothing was borrowed.
            Sub = 0x11, "SUB", RdRs1Rs2, Nzcv, Nothing;
            /// `rd = rs1 * rs2`, low half; C is set where the unsigned high half is not 0.
            Mul = 0x12, "MUL", RdRs1Rs2, Nzcv, Nothing;
            /// `rd = rs1 / rs2`, signed, truncated towards 0.
            Div = 0x13, "DIV", RdRs1Rs2, NzClear, Nothing;
            /// `rd = rs1 & rs2`.
            And = 0x14, "AND", RdRs1Rs2, NzClear, Nothing;
            /// `rd = rs1 | rs2`.
            Or = 0x15, "OR", RdRs1Rs2, NzClear, Nothing;
            /// `rd = rs1 ^ rs2`.
            Xor = 0x16, "XOR", RdRs1Rs2, NzClear, Nothing;
            /// `rd = !rs1`.
            Not = 0x17, "NOT", RdRs1, NzClear, Nothing;
            /// The flags of `rs1 - rs2`, without the result.
            Cmp = 0x20, "CMP", Rs1Rs2, Nzcv, Nothing;
            /// `pc = imm`, zero-extended.
            Jmp = 0x21, "JMP", Target, Keep, Nothing;
            /// `pc = imm` if Z is set.
            Jz = 0x22, "JZ", Target, Keep, Nothing;
            /// `pc = imm` if Z is clear.
            Jnz = 0x23, "JNZ", Target, Keep, Nothing;
            /// Pushes the return address; `pc = (base + 4 * imm) & 0xFFFF`, base being pc where the field rs1 is 0.
            Call = 0x24, "CALL", Call, Keep, Push;
            /// Pops the return address into pc; at call depth 0 the task returns.
            Ret = 0x25, "RET", Nothing, Keep, Pop;
            /// Traps to whoever answers supervisor calls.
            Svc = 0x30, "SVC", Svc, Keep, Nothing;
            /// `rd = rs1 << (rs2 & 31)`.
            Lsl = 0x31, "LSL", RdRs1Rs2, Shift, Nothing;
            /// `rd = rs1 >> (rs2 & 31)`, zeros shifted in.
            Lsr = 0x32, "LSR", RdRs1Rs2, Shift, Nothing;
            /// `rd = rs1 >> (rs2 & 31)`, sign shifted in.
            Asr = 0x33, "ASR", RdRs1Rs2, Shift, Nothing;
            /// `rd = rs1 + rs2 + C`.
            Adc = 0x34, "ADC", RdRs1Rs2, Nzcv, Nothing;
            /// `rd = rs1 - rs2 - !C`.
            Sbc = 0x35, "SBC", RdRs1Rs2, Nzcv, Nothing;
            /// Pushes rs1.
            Push = 0x40, "PUSH", Rs1, Keep, Push;
            /// Pops into rd.
            Pop = 0x41, "POP", Rd, Keep, Pop;
            /// `rd.low = rs1.low + rs2.low` as binary16.
            Fadd = 0x50, "FADD", RdRs1Rs2, Keep, Nothing;
            /// `rd.low = rs1.low - rs2.low` as binary16.
            Fsub = 0x51, "FSUB", RdRs1Rs2, Keep, Nothing;
            /// `rd.low = rs1.low * rs2.low` as binary16.
            Fmul = 0x52, "FMUL", RdRs1Rs2, Keep, Nothing;
            /// `rd.low = rs1.low / rs2.low` as binary16.
            Fdiv = 0x53, "FDIV", RdRs1Rs2, Keep, Nothing;
            /// `rd.low = rs1` (signed) as binary16.
            I2f = 0x54, "I2F", RdRs1, Keep, Nothing;
            /// `rd = rs1.low` (binary16) truncated towards 0.
            F2i = 0x55, "F2I", RdRs1, Keep, Nothing;
            /// `rd =` the next code word.
            Ldi32 = 0x60, "LDI32", RdImm32, Keep, Nothing;
            /// Stops with a code of 8 bits.
            Brk = 0x7F, "BRK", Code, Keep, Nothing;
        }
    };
}

macro_rules! define_opcodes {
    ($($(#[doc = $about:literal])* $variant:ident = $byte:literal, $mnemonic:literal, $operands:ident, $flags:ident,
       $access:ident $(($width:literal))?;)*) => {
        /// An operation code: bits 31 to 24 of an instruction word.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Opcode {
            $($(#[doc = $about])* $variant = $byte,)*
        }

        /// What the byte of an opcode asks for: the opcodes numbered in a row, and a last number for bytes that are none.
        /// A match over all of them is one jump, without a check before it.
        #[derive(Clone, Copy)]
        pub(crate) enum Action {
            $($variant,)*
            Illegal,
        }

        impl Action {
            /// How many there are.
            pub const COUNT: usize = Action::Illegal as usize + 1;

            #[inline(always)]
            pub const fn of_byte(byte: u8) -> Action {
                static ACTIONS: [Action; 256] = {
                    let mut actions = [Action::Illegal; 256];
                    $(actions[$byte] = Action::$variant;)*
                    actions
                };
                ACTIONS[byte as usize]
            }
        }

        impl Opcode {
            /// Every opcode, by ascending byte.
            pub const ALL: &[Opcode] = &[$(Opcode::$variant,)*];

            /// The opcode of a byte, or nothing where the byte is illegal.
            #[inline(always)]
            pub const fn from_byte(byte: u8) -> Option<Opcode> {
                match Action::of_byte(byte) {
                    Action::Illegal => None,
                    action => Some(Opcode::ALL[action as usize]),
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

            /// The operands it takes, and how they are written.
            pub const fn operands(self) -> Operands {
                match self {
                    $(Opcode::$variant => Operands::$operands,)*
                }
            }

            /// What it does to the flags.
            pub const fn flags(self) -> FlagEffect {
                match self {
                    $(Opcode::$variant => FlagEffect::$flags,)*
                }
            }

            /// How it touches data memory.
            pub const fn access(self) -> Access {
                static ACCESSES: &[Access] = &[$(Access::$access $(($width))?,)*];
                match Action::of_byte(self as u8) {
                    Action::Illegal => Access::Nothing,
                    action => ACCESSES[action as usize],
                }
            }
        }
    };
}

for_each_op!(define_opcodes);

/// The operands of an opcode, in the order of its assembly text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operands {
    /// None.
    Nothing,
    /// `Rd`.
    Rd,
    /// `Rs1`.
    Rs1,
    /// `Rd, Rs1`.
    RdRs1,
    /// `Rd, Rs1, Rs2`.
    RdRs1Rs2,
    /// `Rs1, Rs2`.
    Rs1Rs2,
    /// `Rd, imm`: signed, 12 bits.
    RdImm,
    /// `Rd, imm`: 32 bits, in the word after the instruction.
    RdImm32,
    /// `Rd, [Rs1+imm]`: signed, 12 bits.
    RdMem,
    /// `[Rs1+imm], Rs2`: signed, 12 bits.
    MemRs2,
    /// `imm`: unsigned, 12 bits; a byte address in code.
    Target,
    /// `imm` or `Rs1, imm`: signed, 12 bits; words from pc or from Rs1.
    Call,
    /// `MOD=m FN=f`: 4 and 8 bits.
    Svc,
    /// `code`: 8 bits.
    Code,
}

impl Operands {
    /// The bits of an instruction word that the opcode reads. The others are ignored by the machine.
    pub const fn used_bits(self) -> u32 {
        const OPCODE: u32 = 0xFF00_0000;
        const RD: u32 = 0x00F0_0000;
        const RS1: u32 = 0x000F_0000;
        const RS2: u32 = 0x0000_F000;
        const IMM: u32 = 0x0000_0FFF;
        OPCODE
            | match self {
                Operands::Nothing => 0,
                Operands::Rd | Operands::RdImm32 => RD,
                Operands::Rs1 => RS1,
                Operands::RdRs1 => RD | RS1,
                Operands::RdRs1Rs2 => RD | RS1 | RS2,
                Operands::Rs1Rs2 => RS1 | RS2,
                Operands::RdImm => RD | IMM,
                Operands::RdMem => RD | RS1 | IMM,
                Operands::MemRs2 => RS1 | RS2 | IMM,
                Operands::Target | Operands::Svc => IMM,
                Operands::Call => RS1 | IMM,
                Operands::Code => 0xFF,
            }
    }
}

/// What an opcode does to the flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagEffect {
    /// Nothing.
    Keep,
    /// Writes all four.
    Nzcv,
    /// Writes Z and N, clears C and V.
    NzClear,
    /// Writes Z and N, clears V; C is the last bit shifted out and is kept where the amount is 0.
    Shift,
}

/// How an opcode touches data memory; widths in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Not at all.
    Nothing,
    /// Reads at `rs1 + imm`.
    Load(u8),
    /// Writes at `rs1 + imm`.
    Store(u8),
    /// Writes 4 bytes below sp.
    Push,
    /// Reads 4 bytes at sp.
    Pop,
}

impl Opcode {
    /// The size of the instruction in code, in bytes.
    pub const fn size(self) -> u32 {
        match self.operands() {
            Operands::RdImm32 => 8,
            _ => 4,
        }
    }

    /// Whether the opcode can raise `fault` in profile `strict` (or else in profile `reference`).
    ///
    /// Faults of the fetch (illegal opcode, pc out of range, misaligned pc) belong to no opcode.
    pub const fn can_raise(self, fault: Fault, strict: bool) -> bool {
        match (fault, self.access()) {
            (Fault::Memory, Access::Load(width) | Access::Store(width)) => strict || width > 1,
            (Fault::Misaligned, Access::Load(width) | Access::Store(width)) => strict && width > 1,
            (Fault::Misaligned, Access::Push | Access::Pop) => strict,
            (Fault::StackOverflow, Access::Push) => true,
            (Fault::Memory | Fault::StackUnderflow, Access::Pop) => true,
            (Fault::DivideByZero, _) => matches!(self, Opcode::Div),
            (Fault::InvalidConversion, _) => matches!(self, Opcode::F2i) && !strict,
            (Fault::TruncatedLdi32, _) => matches!(self, Opcode::Ldi32),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_38_opcodes_in_ascending_order() {
        assert_eq!(Opcode::ALL.len(), 38);
        assert!(Opcode::ALL.is_sorted());
    }

    #[test]
    fn a_byte_is_an_opcode_or_illegal() {
        let legal = (0..=255u8).filter_map(Opcode::from_byte).inspect(|op| assert!(Opcode::ALL.contains(op)));
        assert_eq!(legal.count(), Opcode::ALL.len());
        for &op in Opcode::ALL {
            assert_eq!(Opcode::from_byte(op as u8), Some(op));
        }
    }
}
