//! What an instruction did to data memory, told from what is remembered of it.

use minivm::instruction::Word;
use minivm::isa;
use minivm::vm::LastInstruction;

/// A load or a store that was carried out.
#[derive(Clone, Copy)]
pub struct Access {
    /// A store.
    pub is_write: bool,
    /// The address as it was computed, 32 bits.
    pub address: u32,
    /// 4, 2 or 1 byte.
    pub width: u8,
    /// What was loaded, or the low bytes of what was stored.
    pub value: u32,
}

/// The access of the instruction executed last, with the registers after it. Stack operations are none.
pub fn access(last: &LastInstruction, after: &[u32; 16]) -> Option<Access> {
    let word = Word(last.opcode);
    let address = last.regs[word.rs1().index()].wrapping_add_signed(word.signed_imm());
    match word.op()?.access() {
        isa::Access::Load(width) => {
            Some(Access { is_write: false, address, width, value: after[word.rd().index()] })
        }
        isa::Access::Store(width) => {
            let value = last.regs[word.rs2().index()] & u32::MAX >> (32 - 8 * u32::from(width));
            Some(Access { is_write: true, address, width, value })
        }
        _ => None,
    }
}
