//! Vectors of MiniVM as they are written in YAML.
//!
//! A vector says only what matters. Left out, a value of `given` is the protocol's default, and a value of `expect` is
//! what it was before: a vector that changes one register expects all others, the flags and all of memory untouched.
//! The run is straight by default: every instruction of `code` retires, `pc` ends behind the last one. Where `stop`
//! is a fault or `returned`, it is that of the last instruction, which does not count and where pc stays.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::iter;
use std::str::FromStr;

use ::minivm::disasm::Disassembly;
use ::minivm::{Fault, asm};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use super::case::{Block, Case, MEMORY};
use super::compare::{psw_letters, words};
use super::outcome::{Outcome, Stop, changed_runs};
use crate::hex;
use crate::subject::Profile;
use crate::suite::{Problem, Vector};

/// A vector as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    name: Spanned<String>,
    rule: Spanned<String>,
    #[serde(default)]
    note: String,
    code: Option<Spanned<String>>,
    hex: Option<Spanned<HexBytes>>,
    steps: Option<u32>,
    #[serde(default)]
    given: Given,
    #[serde(default)]
    expect: Expect,
    /// Only in this profile, instead of in both.
    only: Option<Profile>,
    /// On top of `expect` in profile `reference`.
    reference: Option<Expect>,
    /// On top of `expect` in profile `strict`.
    strict: Option<Expect>,
    /// On top of `expect`: what the specification's text would have instead, where both profiles follow the reference.
    document: Option<Expect>,
}

/// Declares a struct of optional values, R0 to R15 among them.
macro_rules! state {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)* } $($reg:ident)*) => {
        $(#[$doc])*
        #[derive(Clone, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $name {
            $($field: Option<$type>,)*
            $($reg: Option<Word>,)*
        }

        impl $name {
            fn regs(&self) -> [Option<u32>; 16] {
                [$(self.$reg.map(|word| word.0),)*]
            }
        }
    };
}

state! {
    /// The starting state.
    Given {
        pc: Word, sp: Word, psw: Flags, stack_limit: Word, reg_base: u16, call_stack: Vec<u32>,
        mem: BTreeMap<u32, HexBytes>,
    } r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13 r14 r15
}

state! {
    /// What changed.
    Expect {
        stop: StopText, steps: u32, pc: Word, sp: Word, psw: Flags, call_stack: Vec<u32>,
        mem: BTreeMap<u32, HexBytes>,
    } r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13 r14 r15
}

/// 32 bits, signed or unsigned.
#[derive(Clone, Copy)]
struct Word(u32);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = i64::deserialize(deserializer)?;
        if value < i64::from(i32::MIN) || value > i64::from(u32::MAX) {
            return Err(serde::de::Error::custom(format!("{value} does not fit 32 bits")));
        }
        Ok(Word(value as u32))
    }
}

/// Deserialises a type from text by its `FromStr`.
macro_rules! from_text {
    ($type:ident) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Flags by their letters, e.g. `ZC`; `-` for none.
#[derive(Clone, Copy)]
struct Flags(u8);

impl FromStr for Flags {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "-" {
            return Ok(Flags(0));
        }
        let mut psw = 0;
        for letter in text.chars() {
            match ::minivm::context::psw::LETTERS.iter().find(|(_, known)| *known == letter) {
                Some((bit, _)) if psw & bit == 0 => psw |= bit,
                _ => return Err(format!("psw `{text}`: letters of ZCNV, each once, or - for none")),
            }
        }
        if psw == 0 { Err("psw: - stands for no flags".into()) } else { Ok(Flags(psw)) }
    }
}

/// Bytes as hex digits, blanks between bytes allowed.
#[derive(Clone)]
struct HexBytes(Vec<u8>);

impl FromStr for HexBytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits: String = text.split_whitespace().collect();
        hex::decode(&digits.to_ascii_lowercase()).map(HexBytes)
    }
}

/// `budget`, `svc MODULE FUNCTION`, `break CODE`, `returned STATUS` or `fault NAME`.
#[derive(Clone, Copy)]
struct StopText(Stop);

impl FromStr for StopText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("stop `{text}`: budget, svc M F, break C, returned S or fault NAME");
        let number = |text: &str| match text.strip_prefix("0x") {
            Some(digits) => u32::from_str_radix(digits, 16).map_err(|_| bad()),
            None => text.parse().map_err(|_| bad()),
        };
        let byte = |text| u8::try_from(number(text)?).map_err(|_| bad());
        let words: Vec<&str> = text.split_whitespace().collect();
        Ok(StopText(match words[..] {
            ["budget"] => Stop::Budget {},
            ["svc", module, function] => Stop::Svc { module: byte(module)?, function: byte(function)? },
            ["break", code] => Stop::Break { code: byte(code)? },
            ["returned", status] => Stop::Returned { status: number(status)? },
            ["fault", name] => Stop::Fault { fault: Fault::from_name(name).ok_or_else(bad)? },
            _ => return Err(bad()),
        }))
    }
}

from_text!(Flags);
from_text!(HexBytes);
from_text!(StopText);

/// Code, and what a straight run through it is.
struct Program {
    bytes: Vec<u8>,
    instructions: usize,
    /// Where the last instruction starts.
    last: usize,
}

pub(super) fn resolve(entry: Entry) -> Result<Vector<super::MiniVm>, Problem> {
    let program = program(&entry)?;
    let steps = entry.steps.unwrap_or(program.instructions.max(1) as u32);
    let case = starting_state(&entry.given, program.bytes.clone(), steps);
    case.check().map_err(|reason| Problem::at(&entry.name, reason))?;
    let outcome = |overlay: &Option<Expect>, profile| {
        let outcome = expectation(&program, &case, &[Some(&entry.expect), overlay.as_ref()], profile);
        outcome.check(&case).map_err(|rule| Problem::at(&entry.name, format!("cannot come out: {rule}")))?;
        Ok(outcome)
    };
    let mut expected = Vec::new();
    for (profile, overlay) in [(Profile::Reference, &entry.reference), (Profile::Strict, &entry.strict)] {
        if entry.only.is_none_or(|only| only == profile) {
            expected.push((profile, outcome(overlay, profile)?));
        } else if overlay.is_some() {
            return Err(Problem::at(
                &entry.name,
                format!("expects something of {profile}, where it does not run"),
            ));
        }
    }
    let document = entry.document.is_some().then(|| outcome(&entry.document, Profile::Strict)).transpose()?;
    Ok(Vector::new(entry.name, entry.rule, entry.note, case, expected, document))
}

fn program(entry: &Entry) -> Result<Program, Problem> {
    match (&entry.code, &entry.hex) {
        (Some(source), None) => match asm::assemble(&source.value) {
            Ok(program) if program.rodata.is_empty() => {
                Ok(Program { instructions: program.instructions, last: program.last, bytes: program.code })
            }
            Ok(_) => Err(Problem::at(source, "a data section: use given.mem")),
            Err(error) => Err(Problem::at(source, format!("code {error}"))),
        },
        (None, Some(hex)) => {
            let bytes = hex.value.0.clone();
            Ok(Program { instructions: bytes.len() / 4, last: bytes.len().saturating_sub(4), bytes })
        }
        _ => Err(Problem::at(&entry.name, "one of `code` (assembly) and `hex` is wanted")),
    }
}

fn starting_state(given: &Given, code: Vec<u8>, max_steps: u32) -> Case {
    let plain = Case::default();
    let word = |value: Option<Word>, default| value.map_or(default, |word| word.0);
    Case {
        code,
        max_steps,
        pc: word(given.pc, plain.pc),
        regs: given.regs().map(Option::unwrap_or_default),
        sp: word(given.sp, plain.sp),
        psw: given.psw.map_or(plain.psw, |flags| flags.0),
        stack_limit: word(given.stack_limit, plain.stack_limit),
        reg_base: given.reg_base.unwrap_or(plain.reg_base),
        call_stack: given.call_stack.clone().unwrap_or_default(),
        mem: given.mem.iter().flatten().map(|(&address, bytes)| Block(address, bytes.0.clone())).collect(),
        trace: false,
    }
}

/// The whole outcome: the starting state, changed as the layers say, the last layer last.
fn expectation(program: &Program, case: &Case, layers: &[Option<&Expect>], profile: Profile) -> Outcome {
    let layers: Vec<&Expect> = layers.iter().copied().flatten().collect();
    let latest = |pick: fn(&Expect) -> Option<u32>| layers.iter().rev().find_map(|layer| pick(layer));
    let stop = layers.iter().rev().find_map(|layer| layer.stop).map_or(Stop::Budget {}, |stop| stop.0);
    let retires = match stop {
        Stop::Budget {} | Stop::Svc { .. } | Stop::Break { .. } => true,
        Stop::Fault { fault: Fault::IllegalOpcode } => profile == Profile::Reference,
        Stop::Returned { .. } | Stop::Fault { .. } => false,
    };
    let straight_pc = match program.instructions {
        _ if retires => program.bytes.len() as u32,
        0 | 1 => case.pc,
        _ => program.last as u32,
    };
    let initial = case.initial_memory();
    let mut memory = initial.clone();
    let mut regs = case.regs;
    for layer in &layers {
        for (index, value) in layer.regs().into_iter().enumerate() {
            let Some(value) = value else { continue };
            regs[index] = value;
            if case.reg_base != 0 {
                memory[usize::from(case.reg_base) + 4 * index..][..4].copy_from_slice(&value.to_le_bytes());
            }
        }
        for (&address, HexBytes(bytes)) in layer.mem.iter().flatten() {
            let room = memory.len().saturating_sub(address as usize);
            let bytes = &bytes[..bytes.len().min(room)];
            memory[address as usize..][..bytes.len()].copy_from_slice(bytes);
        }
    }
    if case.reg_base != 0 {
        for (value, slot) in regs.iter_mut().zip(memory[usize::from(case.reg_base)..].as_chunks().0) {
            *value = u32::from_le_bytes(*slot);
        }
    }
    Outcome {
        stop,
        steps: latest(|layer| layer.steps).unwrap_or(case.max_steps - u32::from(!retires)),
        pc: latest(|layer| layer.pc.map(|word| word.0)).unwrap_or(straight_pc),
        sp: latest(|layer| layer.sp.map(|word| word.0)).unwrap_or(case.sp),
        psw: latest(|layer| layer.psw.map(|flags| flags.0.into())).map_or(case.psw, |psw| psw as u8),
        regs,
        call_stack: layers
            .iter()
            .rev()
            .find_map(|layer| layer.call_stack.clone())
            .unwrap_or_else(|| case.call_stack.clone()),
        mem: changed_runs(&initial[..], &memory[..], iter::once(0..MEMORY)),
        trace: None,
    }
}

/// The starting state and the code, as a vector would say it.
pub(super) fn listing(case: &Case) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "given: {{{}}}, {} step(s)", given_text(case), case.max_steps);
    let mut at = 0;
    while let Some(instruction) = Disassembly::at(&case.code, at) {
        let mark = if at == case.pc as usize { '>' } else { ' ' };
        let _ = writeln!(text, "{mark} {at:04x}  {:08x}  {instruction}", instruction.word);
        at += instruction.size();
    }
    if at < case.code.len() {
        let _ = writeln!(text, "  {at:04x}  {}  (no whole word)", hex::encode(&case.code[at..]));
    }
    text
}

fn given_text(case: &Case) -> String {
    let plain = Case::default();
    let mut parts = Vec::new();
    let mut word = |name: &str, value: u32, default: u32| {
        if value != default {
            parts.push(format!("{name}: {value:#x}"));
        }
    };
    word("pc", case.pc, plain.pc);
    word("sp", case.sp, plain.sp);
    word("stack_limit", case.stack_limit, plain.stack_limit);
    word("reg_base", case.reg_base.into(), plain.reg_base.into());
    for (index, &value) in case.regs.iter().enumerate() {
        word(&format!("r{index}"), value, 0);
    }
    if case.psw != 0 {
        parts.push(format!("psw: {}", psw_letters(case.psw)));
    }
    if !case.call_stack.is_empty() {
        parts.push(format!("call_stack: {}", words(&case.call_stack)));
    }
    if !case.mem.is_empty() {
        // Blocks may overlap; what a vector says is what they come to.
        let plain = Case { regs: [0; 16], reg_base: 0, ..case.clone() }.initial_memory();
        parts
            .push(format!("mem: {}", blocks(&changed_runs(&[0; MEMORY], &plain[..], iter::once(0..MEMORY)))));
    }
    parts.join(", ")
}

fn blocks(blocks: &[Block]) -> String {
    let entry = |Block(address, bytes): &Block| format!("{address:#06x}: \"{}\"", hex::encode(bytes));
    format!("{{{}}}", blocks.iter().map(entry).collect::<Vec<_>>().join(", "))
}

/// A file with this one vector, everything about it said.
pub(super) fn write(name: &str, note: &str, case: &Case, profile: Profile, expected: &Outcome) -> String {
    let mut text =
        format!("rules:\n  found: The oracle's outcome is the right one.\nvectors:\n  - name: {name}\n");
    let _ = writeln!(text, "    rule: found\n    note: {}\n    only: {profile}", quoted(note));
    match assembly(&case.code) {
        Some(lines) => {
            text.push_str("    code: |\n");
            for line in lines {
                let _ = writeln!(text, "      {line}");
            }
        }
        None => {
            let _ = writeln!(text, "    hex: \"{}\"", hex::encode(&case.code));
        }
    }
    let _ = writeln!(text, "    steps: {}\n    given: {{{}}}", case.max_steps, given_text(case));
    let _ = writeln!(text, "    expect: {{{}}}", expect_text(case, expected));
    text
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The code as assembly, where that says the same.
fn assembly(code: &[u8]) -> Option<Vec<String>> {
    let mut lines = Vec::new();
    let mut at = 0;
    while let Some(instruction) = Disassembly::at(code, at) {
        lines.push(instruction.to_string());
        at += instruction.size();
    }
    (at == code.len() && at > 0).then_some(lines)
}

fn expect_text(case: &Case, outcome: &Outcome) -> String {
    let mut parts = vec![
        format!("stop: {}", outcome.stop),
        format!("steps: {}", outcome.steps),
        format!("pc: {:#x}", outcome.pc),
        format!("sp: {:#x}", outcome.sp),
        // Quoted, because a bare - starts a list in YAML.
        format!("psw: \"{}\"", psw_letters(outcome.psw)),
    ];
    for (index, (before, after)) in case.regs.iter().zip(outcome.regs).enumerate() {
        if *before != after {
            parts.push(format!("r{index}: {after:#x}"));
        }
    }
    if outcome.call_stack != case.call_stack {
        parts.push(format!("call_stack: {}", words(&outcome.call_stack)));
    }
    if !outcome.mem.is_empty() {
        parts.push(format!("mem: {}", blocks(&outcome.mem)));
    }
    parts.join(", ")
}
