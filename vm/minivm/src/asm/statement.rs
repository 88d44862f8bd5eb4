//! Lines into statements.

use alloc::vec::Vec;

use super::complaint::{Parsed, complain};
use super::operand::{Operand, is_symbol};
use crate::isa::Opcode;

/// A label, an instruction or a directive.
pub(super) struct Statement<'s> {
    /// The label, mnemonic or directive as written.
    pub name: &'s str,
    pub body: Body<'s>,
}

pub(super) enum Body<'s> {
    Label,
    Instruction(Opcode, Vec<Operand<'s>>),
    Directive(Vec<Operand<'s>>),
}

/// The statements of a line: at most a label and one more.
pub(super) fn parse(line: &str) -> Parsed<'_, impl Iterator<Item = Statement<'_>>> {
    let code = without_comment(line)?.trim();
    let (label, rest) = match label(code) {
        Some((name, rest)) => (Some(Statement { name, body: Body::Label }), rest.trim_start()),
        None => (None, code),
    };
    let statement = if rest.is_empty() { None } else { Some(instruction_or_directive(rest)?) };
    Ok(label.into_iter().chain(statement))
}

fn instruction_or_directive(text: &str) -> Parsed<'_, Statement<'_>> {
    let (name, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    let operands = split_operands(rest)?.into_iter().map(Operand::new).collect();
    if name.starts_with('.') {
        return Ok(Statement { name, body: Body::Directive(operands) });
    }
    match Opcode::ALL.iter().find(|op| op.mnemonic().eq_ignore_ascii_case(name)) {
        Some(&op) => Ok(Statement { name, body: Body::Instruction(op, operands) }),
        None => complain(name, "unknown mnemonic"),
    }
}

fn label(code: &str) -> Option<(&str, &str)> {
    let (name, rest) = code.split_once(':')?;
    is_symbol(name).then_some((name, rest))
}

/// A character of a text, with its offset.
struct Quoted {
    at: usize,
    c: char,
    /// Whether it is in quotes, or is one.
    quoted: bool,
    /// Whether quotes are open behind it.
    open: bool,
}

/// Tells what stands outside quotes.
fn quoting(text: &str) -> impl Iterator<Item = Quoted> {
    let mut quote = None;
    let mut escaped = false;
    text.char_indices().map(move |(at, c)| {
        let quoted = quote.is_some() || c == '"' || c == '\'';
        match quote {
            _ if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            None if quoted => quote = Some(c),
            _ => {}
        }
        Quoted { at, c, quoted, open: quote.is_some() }
    })
}

fn without_comment(line: &str) -> Parsed<'_, &str> {
    let end = quoting(line).find(|it| it.c == ';' && !it.quoted).map_or(line.len(), |it| it.at);
    let code = &line[..end];
    let is_open = quoting(code).last().is_some_and(|last| last.open);
    if is_open { complain(code.trim_start(), "unterminated text") } else { Ok(code) }
}

/// Splits at commas and blanks outside quotes, brackets and parentheses.
fn split_operands(text: &str) -> Parsed<'_, Vec<&str>> {
    let mut operands = Vec::new();
    let mut depth = 0usize;
    let mut start = 0;
    for Quoted { at, c, quoted, .. } in quoting(text) {
        match c {
            _ if quoted => {}
            '[' | '(' => depth += 1,
            ']' | ')' if depth == 0 => return complain(&text[at..], "this bracket was never opened"),
            ']' | ')' => depth -= 1,
            _ if depth == 0 && (c == ',' || c.is_whitespace()) => {
                operands.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    if depth > 0 {
        return complain(text.trim_start(), "a bracket is not closed");
    }
    operands.push(&text[start..]);
    operands.retain(|operand| !operand.is_empty());
    Ok(operands)
}
