//! The page of the instruction set: what the table has of each opcode.

use minivm::isa::{Access, FlagEffect, Opcode, Operands};
use minivm::stop::Fault;
use oracle::subject::{BitField, Instruction, InstructionSet};

use crate::cases::MiniVm;

impl InstructionSet for MiniVm {
    fn encoding(&self) -> &'static str {
        "An instruction is a word of 32 bits, big-endian; `LDI32` is followed by a second one. Fields that an opcode does \
         not use may hold anything."
    }

    fn instructions(&self) -> Vec<Instruction> {
        Opcode::ALL.iter().map(|&op| instruction(op)).collect()
    }
}

fn instruction(op: Opcode) -> Instruction {
    Instruction {
        topic: op.mnemonic(),
        about: op.about(),
        syntax: format!("{} {}", op.mnemonic(), written(op.operands())).trim_end().to_owned(),
        fields: fields(op),
        facts: vec![("Flags", flags(op.flags())), ("Memory", memory(op.access())), ("Faults", faults(op))],
    }
}

/// The operands in assembly text.
fn written(operands: Operands) -> &'static str {
    match operands {
        Operands::Nothing => "",
        Operands::Rd => "Rd",
        Operands::Rs1 => "Rs1",
        Operands::RdRs1 => "Rd, Rs1",
        Operands::RdRs1Rs2 => "Rd, Rs1, Rs2",
        Operands::Rs1Rs2 => "Rs1, Rs2",
        Operands::RdImm | Operands::RdImm32 => "Rd, imm",
        Operands::RdMem => "Rd, [Rs1+imm]",
        Operands::MemRs2 => "[Rs1+imm], Rs2",
        Operands::Target => "imm",
        Operands::Call => "[Rs1,] imm",
        Operands::Svc => "MOD=m FN=f",
        Operands::Code => "code",
    }
}

/// The fields of the word, those that the opcode does not read without a name.
fn fields(op: Opcode) -> Vec<BitField> {
    let used = op.operands().used_bits();
    let named = |name: &str, from: u8, to: u8| {
        let is_used = used & (1 << to) != 0;
        BitField::new(if is_used { name } else { "" }, from, to, usize::from(from - to) + 1)
    };
    let mut fields = vec![BitField::new(format!("{:#04x}", op as u8), 31, 24, 8)];
    fields.extend([named("rd", 23, 20), named("rs1", 19, 16), named("rs2", 15, 12)]);
    match op.operands() {
        Operands::Svc => fields.extend([named("module", 11, 8), named("function", 7, 0)]),
        Operands::Code => fields.extend([named("", 11, 8), named("code", 7, 0)]),
        _ => fields.push(named("imm", 11, 0)),
    }
    if op.size() == 8 {
        fields.push(BitField::new("imm", 31, 0, 32));
    }
    fields
}

fn flags(effect: FlagEffect) -> String {
    match effect {
        FlagEffect::Keep => "kept",
        FlagEffect::Nzcv => "Z, N, C and V are written",
        FlagEffect::NzClear => "Z and N are written, C and V cleared",
        FlagEffect::Shift => {
            "Z and N are written, V cleared; C is the last bit shifted out, kept if the amount is 0"
        }
    }
    .into()
}

fn memory(access: Access) -> String {
    match access {
        Access::Nothing => "not touched".into(),
        Access::Load(width) => format!("reads {width} bytes at Rs1 + imm"),
        Access::Store(width) => format!("writes {width} bytes at Rs1 + imm"),
        Access::Push => "writes 4 bytes below sp".into(),
        Access::Pop => "reads 4 bytes at sp".into(),
    }
}

/// The faults of the opcode itself; those of the fetch are no opcode's.
fn faults(op: Opcode) -> String {
    let fault = |fault: &Fault| match [false, true].map(|strict| op.can_raise(*fault, strict)) {
        [true, true] => Some(format!("`{}`", fault.name())),
        [true, false] => Some(format!("`{}` (`reference`)", fault.name())),
        [false, true] => Some(format!("`{}` (`strict`, `portable`)", fault.name())),
        [false, false] => None,
    };
    let faults: Vec<String> = Fault::ALL.iter().filter_map(fault).collect();
    if faults.is_empty() { "none of its own".into() } else { faults.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_all_bits_and_the_used_ones_have_names() {
        for &op in Opcode::ALL {
            let fields = fields(op);
            let bits: usize = fields.iter().map(|field| field.bits).sum();
            assert_eq!(bits, 8 * op.size() as usize, "{op:?}");
            let mask = |field: &BitField| (u32::MAX >> (32 - field.bits)) << field.to;
            let used = fields.iter().filter(|field| !field.name.is_empty());
            let used = used.fold(0, |used, field| used | if field.bits < 32 { mask(field) } else { 0 });
            assert_eq!(used, op.operands().used_bits(), "{op:?}");
        }
    }
}
