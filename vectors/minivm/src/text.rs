//! From a vector as written to a case and what is expected of it.

use std::iter;
use std::path::Path;
use std::sync::Arc;

use minivm::{Fault, asm};
use oracle::Profile;
use oracle::suite::text::HexBytes;
use oracle::suite::{Expectation, Partial, Problem, Text, beside};
use serde_saphyr::Spanned;

use crate::case::{Block, Case, MAX_STEPS, MEMORY};
use crate::cases::MiniVm;
use crate::keys::{Expect, Given, Start};
use crate::listing;
use crate::outcome::{Outcome, Stop, changed_runs};
use crate::profile::REFERENCE;

/// The YAML of `minivm`.
#[derive(Clone, Copy, Debug)]
pub struct Vectors;

impl Text<MiniVm> for Vectors {
    type Given = Given;
    type Expect = Expect;
    type Context = Program;

    fn case(&self, given: &Given, name: &Spanned<String>, folder: &Path) -> Result<(Case, Program), Problem> {
        let program = program(given, name, folder)?;
        let straight = if program.whole { MAX_STEPS } else { program.instructions.max(1) as u32 };
        let start = given.given.clone().unwrap_or_default();
        Ok((starting_state(&start, &program, given.steps.unwrap_or(straight)), program))
    }

    fn expectation(
        &self,
        case: &Case,
        program: &Program,
        layers: &[&Expect],
        profile: Profile,
    ) -> Result<Expectation<MiniVm>, String> {
        check_memory(layers)?;
        let outcome = outcome(program, case, layers, profile);
        if program.whole && layers.iter().all(|layer| layer.stop.is_none()) {
            return Err("a program says how it stops".into());
        }
        let partial = program.whole.then(|| partial(case, &outcome, Stated::by(layers)));
        Ok(Expectation { profile, outcome, partial })
    }

    fn write_case(&self, case: &Case) -> String {
        listing::write_case(case)
    }

    fn write_outcome(&self, case: &Case, outcome: &Outcome) -> String {
        listing::write_outcome(case, outcome)
    }
}

/// Bytes that are expected outside memory would test nothing.
fn check_memory(layers: &[&Expect]) -> Result<(), String> {
    for (address, HexBytes(bytes)) in layers.iter().flat_map(|layer| layer.mem.iter().flat_map(|mem| &mem.0))
    {
        if bytes.is_empty() || *address as usize + bytes.len() > MEMORY {
            return Err(format!(
                "expect.mem: {} bytes at {address:#x} do not lie within 64 KiB",
                bytes.len()
            ));
        }
    }
    Ok(())
}

/// The fields that count of a program's outcome, all others being open.
#[derive(Clone, Debug, PartialEq)]
struct Stated {
    steps: bool,
    pc: bool,
    sp: bool,
    psw: bool,
    call_stack: bool,
    regs: [bool; 16],
    mem: Vec<Block>,
}

impl Stated {
    fn by(layers: &[&Expect]) -> Self {
        let any = |stated: fn(&Expect) -> bool| layers.iter().any(|layer| stated(layer));
        Stated {
            steps: any(|layer| layer.steps.is_some()),
            pc: any(|layer| layer.pc.is_some()),
            sp: any(|layer| layer.sp.is_some()),
            psw: any(|layer| layer.psw.is_some()),
            call_stack: any(|layer| layer.call_stack.is_some()),
            regs: std::array::from_fn(|index| layers.iter().any(|layer| layer.regs()[index].is_some())),
            mem: layers
                .iter()
                .flat_map(|layer| layer.mem.iter().flat_map(|mem| &mem.0))
                .map(|(address, bytes)| Block(*address, bytes.0.clone()))
                .collect(),
        }
    }
}

/// An expectation of what is stated only.
fn partial(case: &Case, expected: &Outcome, stated: Stated) -> Partial<MiniVm> {
    let (case, expected) = (case.clone(), expected.clone());
    let text = format!("{stated:?}");
    Partial { stated: text, complete: Arc::new(move |got| complete(&case, &expected, &stated, got)) }
}

/// The expected outcome, with what is not stated taken from `got`.
fn complete(case: &Case, expected: &Outcome, stated: &Stated, got: &Outcome) -> Outcome {
    let initial = case.initial_memory();
    let mut memory = initial.clone();
    for Block(address, bytes) in got.mem.iter().chain(&stated.mem) {
        overlay(&mut memory[..], *address, bytes);
    }
    let choose = |stated: bool, expected: u32, got: u32| if stated { expected } else { got };
    Outcome {
        stop: expected.stop,
        steps: choose(stated.steps, expected.steps, got.steps),
        pc: choose(stated.pc, expected.pc, got.pc),
        sp: choose(stated.sp, expected.sp, got.sp),
        psw: choose(stated.psw, expected.psw.into(), got.psw.into()) as u8,
        regs: std::array::from_fn(|index| choose(stated.regs[index], expected.regs[index], got.regs[index])),
        call_stack: if stated.call_stack { &expected.call_stack } else { &got.call_stack }.clone(),
        mem: changed_runs(&initial[..], &memory[..], iter::once(0..MEMORY)),
        trace: got.trace.clone(),
    }
}

/// Writes as much of `bytes` as lies within memory.
fn overlay(memory: &mut [u8], address: u32, bytes: &[u8]) {
    let target = memory.get_mut(address as usize..).unwrap_or_default();
    target.iter_mut().zip(bytes).for_each(|(target, byte)| *target = *byte);
}

/// Code, and what a straight run through it is.
pub struct Program {
    bytes: Vec<u8>,
    rodata: Vec<u8>,
    entry: u32,
    instructions: usize,
    /// Where the last instruction starts.
    last: usize,
    /// It runs as it likes, and what is not stated is open.
    whole: bool,
}

impl From<asm::Program> for Program {
    fn from(program: asm::Program) -> Self {
        Program {
            bytes: program.code,
            rodata: program.rodata,
            entry: program.entry,
            instructions: program.instructions,
            last: program.last,
            whole: false,
        }
    }
}

fn program(given: &Given, name: &Spanned<String>, folder: &Path) -> Result<Program, Problem> {
    match (&given.code, &given.hex, &given.program) {
        (Some(source), None, None) => match asm::assemble(&source.value) {
            Ok(program) if program.rodata.is_empty() => Ok(Program { entry: 0, ..program.into() }),
            Ok(_) => Err(Problem::at(source, "a data section: use given.mem")),
            Err(error) => Err(Problem::at(source, format!("code {error}"))),
        },
        (None, Some(hex), None) => {
            let bytes = hex.value.0.clone();
            let (instructions, last) = (bytes.len() / 4, bytes.len().saturating_sub(4));
            Ok(Program { bytes, rodata: Vec::new(), entry: 0, instructions, last, whole: false })
        }
        (None, None, Some(file)) => {
            let program = beside(folder, file, asm::assemble)?;
            Ok(Program { whole: true, ..program.into() })
        }
        _ => Err(Problem::at(name, "one of `code` (assembly), `hex` and `program` (a file) is wanted")),
    }
}

fn starting_state(given: &Start, program: &Program, max_steps: u32) -> Case {
    let plain = Case::default();
    let rodata =
        (!program.rodata.is_empty()).then(|| Block(minivm::hxe::RODATA_BASE, program.rodata.clone()));
    let blocks =
        given.mem.iter().flat_map(|mem| &mem.0).map(|(address, bytes)| Block(*address, bytes.0.clone()));
    Case {
        code: program.bytes.clone(),
        max_steps,
        pc: given.pc.map_or(program.entry, |pc| pc.0),
        regs: given.regs().map(Option::unwrap_or_default),
        sp: given.sp.map_or(plain.sp, |sp| sp.0),
        psw: given.psw.map_or(plain.psw, |flags| flags.0),
        stack_limit: given.stack_limit.map_or(plain.stack_limit, |limit| limit.0),
        reg_base: given.reg_base.unwrap_or(plain.reg_base),
        call_stack: given.call_stack.clone().unwrap_or_default(),
        mem: rodata.into_iter().chain(blocks).collect(),
        trace: false,
    }
}

/// The whole outcome: the starting state, changed as the layers say, the last layer last.
fn outcome(program: &Program, case: &Case, layers: &[&Expect], profile: Profile) -> Outcome {
    let latest = |pick: fn(&Expect) -> Option<u32>| layers.iter().rev().find_map(|layer| pick(layer));
    let stop = layers.iter().rev().find_map(|layer| layer.stop).map_or(Stop::Budget {}, |stop| stop.0);
    let retires = match stop {
        Stop::Budget {} | Stop::Svc { .. } | Stop::Break { .. } => true,
        Stop::Fault { fault: Fault::IllegalOpcode } => profile == REFERENCE,
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
    for layer in layers {
        for (index, value) in layer.regs().into_iter().enumerate() {
            let Some(value) = value else { continue };
            regs[index] = value;
            if case.reg_base != 0 {
                overlay(&mut memory[..], u32::from(case.reg_base) + 4 * index as u32, &value.to_le_bytes());
            }
        }
        for (address, HexBytes(bytes)) in layer.mem.iter().flat_map(|mem| &mem.0) {
            overlay(&mut memory[..], *address, bytes);
        }
    }
    if case.reg_base != 0 {
        for (value, slot) in regs.iter_mut().zip(memory[usize::from(case.reg_base)..].as_chunks().0) {
            *value = u32::from_le_bytes(*slot);
        }
    }
    let call_stack = layers.iter().rev().find_map(|layer| layer.call_stack.as_ref());
    Outcome {
        stop,
        steps: latest(|layer| layer.steps).unwrap_or(case.max_steps - u32::from(!retires)),
        pc: latest(|layer| layer.pc.map(|word| word.0)).unwrap_or(straight_pc),
        sp: latest(|layer| layer.sp.map(|word| word.0)).unwrap_or(case.sp),
        psw: latest(|layer| layer.psw.map(|flags| flags.0.into())).map_or(case.psw, |psw| psw as u8),
        regs,
        call_stack: call_stack.unwrap_or(&case.call_stack).clone(),
        mem: changed_runs(&initial[..], &memory[..], iter::once(0..MEMORY)),
        trace: None,
    }
}
