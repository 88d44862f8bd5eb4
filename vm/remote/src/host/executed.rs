//! What an instruction did, for those who trace.

use minivm::{Instruction, isa};
use serde_json::{Value, json};

/// Access of an instruction to data memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Whether it writes.
    pub writes: bool,
    /// Byte address.
    pub address: u32,
    /// In bytes.
    pub width: u32,
    /// What was read or written.
    pub value: u32,
}

/// An instruction that was executed, and what it left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    /// The task.
    pub pid: u16,
    /// Its byte address.
    pub pc: u32,
    /// Where the task goes on.
    pub next_pc: u32,
    /// Its word.
    pub opcode: u32,
    /// R0 to R15 behind it.
    pub regs: [u32; 16],
    /// Flags behind it.
    pub flags: u8,
    /// Instructions of the task so far, this one included.
    pub steps: u64,
    /// Its access to data memory, if it is a load or a store.
    pub access: Option<Access>,
}

impl Executed {
    /// As a reply or an event has it.
    pub fn show(&self) -> Value {
        let Executed { pid, pc, next_pc, opcode, regs, flags, steps, access } = self;
        let mut shown = json!({
            "pc": pc, "next_pc": next_pc, "opcode": opcode, "regs": regs, "flags": flags, "steps": steps, "pid": pid,
        });
        if let Some(Access { writes, address, width, value }) = access {
            let op = if *writes { "write" } else { "read" };
            shown["mem_access"] = json!({"op": op, "address": address, "width": width, "value": value});
        }
        shown
    }
}

/// The access of an instruction, from the registers before it and behind it.
pub fn access(word: u32, before: &[u32; 16], behind: &[u32; 16]) -> Option<Access> {
    let instruction = Instruction::decode(word)?;
    let (writes, width) = match instruction.op.access() {
        isa::Access::Load(width) => (false, u32::from(width)),
        isa::Access::Store(width) => (true, u32::from(width)),
        _ => return None,
    };
    let base = before[instruction.rs1.index()];
    let address = base.wrapping_add_signed(instruction.word().signed_imm()) & 0xFFFF;
    let register = if writes { before[instruction.rs2.index()] } else { behind[instruction.rd.index()] };
    let value = register & (u32::MAX >> (32 - 8 * width));
    Some(Access { writes, address, width, value })
}
