//! Any text: it assembles, or there is an error at a place in it; what assembles survives being disassembled.

use minivm::asm::{self, AsmError, Program};
use minivm::disasm::Disassembly;
use minivm::hxe::SECTION_MAX;
use oracle::Cases;
use oracle::fuzz::mutation::edgy;
use oracle::fuzz::{Bench, Complaint, Target, Use, seeds};
use oracle::project::Project;
use oracle::random::{Rng, pick};

use super::words::instruction;
use crate::cases::MiniVm;

struct Assembler;

/// The target.
pub fn create(_: &Bench) -> Box<dyn Target> {
    Box::new(Assembler)
}

/// What stands in programs beside instructions.
const PHRASES: [&str; 26] = [
    ".text",
    ".data",
    ".entry main",
    "main:",
    "loop:",
    "table:",
    "JMP loop",
    "JZ main",
    "CALL loop",
    "CALL R3, 2",
    "LDI32 R1, table",
    "LDI R1, lo16(table)",
    "LDI R1, off16(table)",
    "LDI32 R1, hi16(table)",
    ".word 1, -1, 0xFFFFFFFF",
    ".word loop",
    ".byte 1, 'a', 0x7F",
    ".half 1, -1",
    ".ascii \"a\\n\\\"\"",
    ".asciz \"\"",
    ".zero 5",
    ".align 4",
    ".org 0x40",
    "; text",
    "LD R1, [R2]",
    "SVC 0x101",
];

/// Code that is disassembled again, in bytes at most.
const DISASSEMBLED: usize = 4096;

impl Target for Assembler {
    fn useful_means(&self) -> &'static str {
        "it assembles to at least one instruction"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        let text = String::from_utf8_lossy(input);
        match asm::assemble(&text) {
            Ok(program) => {
                check_program(&program)?;
                Ok(Use::from(program.instructions > 0))
            }
            Err(error) => {
                check_error(&text, &error)?;
                Ok(Use::Useless)
            }
        }
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        let text = String::from_utf8_lossy(input).into_owned();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let at = rng.usize(..=lines.len());
        match rng.u8(..8) {
            0 => return basic(input),
            1..=2 if at < lines.len() => {
                lines.remove(at);
            }
            3 => lines.insert(at, pick(rng, &PHRASES).to_owned()),
            4 if at < lines.len() => lines[at] = other_number(rng, &lines[at]),
            5 if at < lines.len() => {
                let line = lines[at].clone();
                let to = rng.usize(..=lines.len());
                lines.insert(to, line);
            }
            _ => lines.insert(at, random_instruction(rng)),
        }
        *input = lines.join("\n").into_bytes();
    }

    fn seeds(&self, project: &Project) -> Result<Vec<Vec<u8>>, String> {
        let programs = seeds::texts(&project.subject(MiniVm::NAME), "mvasm")?;
        Ok(programs.into_iter().map(String::into_bytes).collect())
    }
}

fn random_instruction(rng: &mut Rng) -> String {
    Disassembly { word: instruction(rng), literal: Some(edgy(rng)) }.to_string()
}

/// The line with a digit, and the digits behind it, replaced by another number.
fn other_number(rng: &mut Rng, line: &str) -> String {
    let Some(start) = line.find(|c: char| c.is_ascii_digit()) else { return random_instruction(rng) };
    let end = line[start..].find(|c: char| !c.is_ascii_alphanumeric()).map_or(line.len(), |end| start + end);
    let value = edgy(rng);
    let number = match rng.u8(..3) {
        0 => (value & 0xFFF).to_string(),
        1 => format!("{value:#x}"),
        _ => (value as i32).to_string(),
    };
    [&line[..start], &number, &line[end..]].concat()
}

fn check_error(text: &str, error: &AsmError) -> Result<(), Complaint> {
    let line = error.line.checked_sub(1).and_then(|index| text.lines().nth(index));
    let within = line.is_some_and(|line| (1..=line.chars().count() + 1).contains(&error.column));
    Complaint::unless(within, "error", "place", || format!("there is no such place: {error}"))?;
    Complaint::unless(!error.message.is_empty(), "error", "message", || format!("{error} says nothing"))
}

fn check_program(program: &Program) -> Result<(), Complaint> {
    let Program { code, rodata, .. } = program;
    let fits = code.len().max(rodata.len()) <= SECTION_MAX as usize;
    Complaint::unless(fits && code.len().is_multiple_of(4), "program", "size", || {
        format!("{} bytes of code, {} of rodata", code.len(), rodata.len())
    })?;
    let last = program.instructions == 0 || program.last < code.len();
    Complaint::unless(last, "program", "last", || {
        format!("the last instruction is at {} of {} bytes", program.last, code.len())
    })?;
    if code.len() > DISASSEMBLED {
        return Ok(());
    }
    let text: String =
        Disassembly::walk(code, 0).map(|(_, instruction)| format!("{instruction}\n")).collect();
    let again = asm::assemble(&text);
    Complaint::unless(again.as_ref().is_ok_and(|again| again.code == *code), "program", "disassembly", || {
        format!("{code:02x?} becomes\n{text}which becomes {again:?}")
    })
}
