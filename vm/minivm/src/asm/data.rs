//! Directives of the data section.

use alloc::format;
use alloc::vec::Vec;

use super::complaint::{Parsed, complain};
use super::operand::{Labels, Operand};
use crate::hxe::SECTION_MAX;

/// How many bytes a directive takes at `offset`.
pub(super) fn size<'s>(
    directive: &str,
    name: &'s str,
    operands: &[Operand<'s>],
    offset: usize,
) -> Parsed<'s, usize> {
    let single = || match operands {
        [operand] => Ok(operand),
        _ => complain(name, format!("{directive} takes one operand")),
    };
    let count = || match single()?.constant()? {
        count @ 0..=0x1_0000 => Ok(count as usize),
        _ => complain(name, format!("{directive} takes 0 to {SECTION_MAX}")),
    };
    match directive {
        ".byte" => operands.iter().map(|operand| Ok(operand.string().map_or(1, |text| text.len()))).sum(),
        ".half" | ".hword" => Ok(2 * operands.len()),
        ".word" => Ok(4 * operands.len()),
        ".ascii" => Ok(single()?.string()?.len()),
        ".asciz" | ".string" => Ok(single()?.string()?.len() + 1),
        ".zero" => count(),
        ".align" => match count()? {
            0 => complain(name, ".align takes a positive number"),
            unit => Ok(offset.next_multiple_of(unit) - offset),
        },
        _ => complain(name, "unknown directive in .data"),
    }
}

/// Appends the bytes of a directive to `rodata`.
pub(super) fn emit<'s>(
    name: &'s str,
    operands: &[Operand<'s>],
    labels: &Labels,
    rodata: &mut Vec<u8>,
) -> Parsed<'s, ()> {
    let directive = name.to_ascii_lowercase();
    match directive.as_str() {
        ".byte" => {
            for operand in operands {
                match operand.string() {
                    Ok(text) => rodata.extend(text),
                    Err(_) => rodata.push(operand.in_range(labels, -0x80, 0xFF)? as u8),
                }
            }
        }
        ".half" | ".hword" => {
            for operand in operands {
                rodata.extend((operand.in_range(labels, -0x8000, 0xFFFF)? as u16).to_le_bytes());
            }
        }
        ".word" => {
            for operand in operands {
                let value = operand.in_range(labels, i64::from(i32::MIN), i64::from(u32::MAX))?;
                rodata.extend((value as u32).to_le_bytes());
            }
        }
        ".ascii" | ".asciz" | ".string" => {
            for operand in operands {
                rodata.extend(operand.string()?);
            }
            if directive != ".ascii" {
                rodata.push(0);
            }
        }
        ".zero" | ".align" => {
            let padding = size(&directive, name, operands, rodata.len())?;
            rodata.resize(rodata.len() + padding, 0);
        }
        _ => {}
    }
    Ok(())
}
