//! Lines into statements.

use alloc::format;

use super::complaint::{Parsed, complain};
use crate::isa::{Immediate, Opcode};

/// A line: a label, something that is placed, both or nothing.
pub(super) struct Statement<'s> {
    pub label: Option<&'s str>,
    pub body: Body<'s>,
}

pub(super) enum Body<'s> {
    Nothing,
    /// With the text of its immediate, if the opcode takes one.
    Instruction(Opcode, Option<&'s str>),
    /// `.word` with its text.
    Word(&'s str),
    /// The directive's name, and its text.
    String(&'s str, &'s str),
}

pub(super) fn parse(line: &str) -> Parsed<'_, Statement<'_>> {
    let code = without_comment(line)?.trim();
    let (label, rest) = match code.split_once(':') {
        Some((name, rest)) if is_symbol(name) => (Some(name), rest.trim_start()),
        _ => (None, code),
    };
    let body = if rest.is_empty() { Body::Nothing } else { body(rest)? };
    Ok(Statement { label, body })
}

fn body(text: &str) -> Parsed<'_, Body<'_>> {
    let (name, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    let operand = rest.trim_start();
    if name.eq_ignore_ascii_case(".string") {
        return Ok(Body::String(name, wanted(name, operand, "a quoted text")?));
    }
    if name.eq_ignore_ascii_case(".word") {
        return Ok(Body::Word(wanted(name, operand, "a number of 32 bits")?));
    }
    let Some(&op) = Opcode::ALL.iter().find(|op| op.mnemonic().eq_ignore_ascii_case(name)) else {
        return complain(name, if name.starts_with('.') { "unknown directive" } else { "unknown mnemonic" });
    };
    let what = match op.immediate() {
        Immediate::Ignored if operand.is_empty() => return Ok(Body::Instruction(op, None)),
        Immediate::Ignored => return complain(operand, format!("{} takes no immediate", op.mnemonic())),
        Immediate::Number => "a number",
        Immediate::Target => "a label or the index of an instruction",
        Immediate::Global => "the number of a global",
        Immediate::Local => "a distance from the top of the stack",
        Immediate::Array => "the number of an array",
        Immediate::String => "a label or the number of a string",
    };
    Ok(Body::Instruction(op, Some(wanted(name, operand, what)?)))
}

fn wanted<'s>(name: &'s str, operand: &'s str, what: &str) -> Parsed<'s, &'s str> {
    if operand.is_empty() { complain(name, format!("{name} takes {what}")) } else { Ok(operand) }
}

/// Whether `text` is a name: letters, digits, `_` and `.`, not starting with a digit.
pub(super) fn is_symbol(text: &str) -> bool {
    let start = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '.';
    text.starts_with(start) && text.chars().all(|c| start(c) || c.is_ascii_digit())
}

/// Cuts at the first `;` outside quotes.
fn without_comment(line: &str) -> Parsed<'_, &str> {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match quote {
            _ if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some((open, _)) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some((c, at)),
            None if c == ';' => return Ok(&line[..at]),
            None => {}
        }
    }
    match quote {
        Some((_, at)) => complain(&line[at..], "unterminated quote"),
        None => Ok(line),
    }
}
