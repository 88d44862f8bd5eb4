//! Operands into instruction fields, by the opcode's operand form.

use alloc::format;

use super::complaint::{Parsed, complain};
use super::operand::{Labels, Operand};
use crate::instruction::{Instruction, Reg};
use crate::isa::{Opcode, Operands};

/// The instruction, and the literal that follows it.
pub(super) fn instruction<'s>(
    op: Opcode,
    name: &'s str,
    operands: &[Operand<'s>],
    labels: &Labels,
    pc: u32,
) -> Parsed<'s, (Instruction, Option<u32>)> {
    let mut i = Instruction::new(op);
    let mut literal = None;
    match (op.operands(), operands) {
        (Operands::Nothing, []) => {}
        (Operands::Rd, [rd]) => i.rd = rd.register()?,
        (Operands::Rs1, [rs1]) => i.rs1 = rs1.register()?,
        (Operands::RdRs1, [rd, rs1]) => (i.rd, i.rs1) = (rd.register()?, rs1.register()?),
        (Operands::RdRs1Rs2, [rd, rs1, rs2]) => {
            (i.rd, i.rs1, i.rs2) = (rd.register()?, rs1.register()?, rs2.register()?);
        }
        (Operands::Rs1Rs2, [rs1, rs2]) => (i.rs1, i.rs2) = (rs1.register()?, rs2.register()?),
        (Operands::RdImm, [rd, imm]) => {
            i.rd = rd.register()?;
            i.imm = signed_field(imm, imm.value(labels)?)?;
        }
        (Operands::RdImm32, [rd, imm]) => {
            i.rd = rd.register()?;
            literal = Some(imm.in_range(labels, i64::from(i32::MIN), i64::from(u32::MAX))? as u32);
        }
        (Operands::RdMem, [rd, memory]) => {
            i.rd = rd.register()?;
            (i.rs1, i.imm) = memory_fields(memory, labels)?;
        }
        (Operands::MemRs2, [memory, rs2]) => {
            (i.rs1, i.imm) = memory_fields(memory, labels)?;
            i.rs2 = rs2.register()?;
        }
        (Operands::Target, [target]) => i.imm = target.in_range(labels, 0, 0xFFF)? as u16,
        (Operands::Call, [target]) => i.imm = signed_field(target, call_offset(target, labels, pc)?)?,
        (Operands::Call, [base, offset]) => {
            i.rs1 = base.register()?;
            if i.rs1 == Reg::R0 {
                return complain(base.text, "R0 is no base: the field 0 means pc");
            }
            i.imm = signed_field(offset, offset.value(labels)?)?;
        }
        (Operands::Svc, operands) => i.imm = svc_field(name, operands, labels)?,
        (Operands::Code, []) => {}
        (Operands::Code, [code]) => i.imm = code.in_range(labels, 0, 0xFF)? as u16,
        _ => return complain(name, format!("{} takes other operands: {}", op.mnemonic(), usage(op))),
    }
    Ok((i, literal))
}

fn signed_field<'s>(operand: &Operand<'s>, value: i64) -> Parsed<'s, u16> {
    if (-2048..=2047).contains(&value) {
        return Ok(value as u16 & 0xFFF);
    }
    complain(operand.text, format!("{value} does not fit 12 bits: -2048 to 2047"))
}

fn memory_fields<'s>(operand: &Operand<'s>, labels: &Labels) -> Parsed<'s, (Reg, u16)> {
    let (base, offset) = operand.memory(labels)?;
    Ok((base, signed_field(operand, offset)?))
}

/// A number counts words from here; a label is an address.
fn call_offset<'s>(target: &Operand<'s>, labels: &Labels, pc: u32) -> Parsed<'s, i64> {
    if let Ok(words) = target.constant() {
        return Ok(words);
    }
    let distance = target.value(labels)? - i64::from(pc);
    if distance % 4 != 0 {
        return complain(target.text, "the distance to this label is no multiple of 4");
    }
    Ok(distance / 4)
}

/// `SVC imm`, or `SVC MOD=m FN=f` in any order.
fn svc_field<'s>(name: &'s str, operands: &[Operand<'s>], labels: &Labels) -> Parsed<'s, u16> {
    if let [imm] = operands
        && !imm.text.contains('=')
    {
        return Ok(imm.in_range(labels, 0, 0xFFF)? as u16);
    }
    let (mut module, mut function) = (None, None);
    for operand in operands {
        let Some((key, value)) = operand.text.split_once('=') else {
            return complain(operand.text, "MOD=m or FN=f is wanted here");
        };
        let (field, max) = match key.to_ascii_uppercase().as_str() {
            "MOD" => (&mut module, 15),
            "FN" => (&mut function, 255),
            _ => return complain(operand.text, "MOD=m or FN=f is wanted here"),
        };
        if field.replace(Operand::new(value).in_range(labels, 0, max)? as u16).is_some() {
            return complain(operand.text, "given twice");
        }
    }
    match (module, function) {
        (Some(module), Some(function)) => Ok(module << 8 | function),
        _ => complain(name, format!("SVC takes {}", usage(Opcode::Svc))),
    }
}

fn usage(op: Opcode) -> &'static str {
    match op.operands() {
        Operands::Nothing => "none",
        Operands::Rd => "Rd",
        Operands::Rs1 => "Rs",
        Operands::RdRs1 => "Rd, Rs",
        Operands::RdRs1Rs2 => "Rd, Rs1, Rs2",
        Operands::Rs1Rs2 => "Rs1, Rs2",
        Operands::RdImm | Operands::RdImm32 => "Rd, imm",
        Operands::RdMem => "Rd, [Rs+imm]",
        Operands::MemRs2 => "[Rs1+imm], Rs2",
        Operands::Target => "address",
        Operands::Call => "label, or words, or Rbase, words",
        Operands::Svc => "MOD=m FN=f, or one number",
        Operands::Code => "nothing or a code of 8 bits",
    }
}
