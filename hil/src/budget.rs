//! What the VM costs on a chip: bytes of flash and of RAM, Thumb instructions of each opcode.
//!
//! Instructions are counted in QEMU: with `-icount shift=0` one takes a nanosecond, and SysTick counts at 168 MHz of
//! that time. A count is the difference between a run of many steps and one of none, so what surrounds them is no part
//! of it, and a tick more or less is hundredths of an instruction.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use minivm::instruction::Reg;
use minivm::{Instruction, Opcode};
use oracle::report::Measurement;
use vectors::minivm::{Block, Case, MiniVm};
use vectors::{Profile, Vector};
use wire::{Cost, Item, Task};

use crate::convert;
use crate::drift::LONG;
use crate::firmware::Firmware;
use crate::session::{Encoded, Session};

/// Ticks of SysTick in which a thousand instructions are executed.
const TICKS: f64 = 168.0;
/// Copies of an opcode in a row.
const COPIES: u32 = 1000;
/// How often they run in one measurement.
const ROUNDS: u16 = 4;
/// Steps of a program that SysTick can count without running over.
const MAX_STEPS: u32 = 300_000;
/// What counts as growth: the compiler moves an instruction here and there when something else changes.
const GROWTH: f64 = 1.02;

/// What must not be exceeded: by compiler, group and name. Each compiler makes other code, so each has its own.
pub type Baselines = BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>>;

/// Aims that hold for every compiler: group, name, bytes.
const AIMS: [(&str, &str, f64); 3] = [
    ("budget/size", "flash of the interpreter, reference", 10.0 * 1024.0),
    ("budget/size", "flash of the interpreter, strict", 10.0 * 1024.0),
    ("budget/size", "RAM of the VM beside data memory and return addresses", 1024.0),
];

/// Measures everything: sizes in the firmware's file, instructions on the chip at the other end of the session, which
/// must count them.
///
/// # Errors
/// Where the chip does not answer, or the file cannot be read.
pub fn measure(
    firmware: &Firmware,
    session: &mut Session,
    vectors: &[Vector<MiniVm>],
) -> Result<Vec<Measurement>, String> {
    let mut found = Vec::new();
    let mut ram = 0;
    for profile in Profile::ALL {
        let flash = firmware.size_of_interpreter(profile)?;
        found.push(bytes(&format!("flash of the interpreter, {profile}"), flash));
        for &op in Opcode::ALL {
            let case = case_of(op);
            let rounds = match op {
                // They stop the VM: one step a round.
                Opcode::Svc | Opcode::Brk => COPIES as u16,
                // Return addresses are what the round before has left.
                Opcode::Call | Opcode::Ret => 1,
                _ => ROUNDS,
            };
            let idle = cost(session, profile, &Case { max_steps: 0, ..case.clone() }, rounds)?;
            let busy = cost(session, profile, &case, rounds)?;
            ram = ram.max(busy.stack + busy.state);
            let steps = f64::from(case.max_steps) * f64::from(rounds);
            found.push(instructions(profile, op.mnemonic(), thumb(idle, busy) / steps));
        }
        let mut means = Vec::new();
        for vector in vectors.iter().filter(|vector| vector.case.max_steps >= LONG) {
            let case = Case { max_steps: vector.case.max_steps.min(MAX_STEPS), ..vector.case.clone() };
            let idle = cost(session, profile, &Case { max_steps: 0, ..case.clone() }, 1)?;
            // One is not supported: it needs more return addresses than there is room for.
            let Ok((busy, retired)) = run(session, profile, &case, 1) else { continue };
            ram = ram.max(busy.stack + busy.state);
            means.push(thumb(idle, busy) / f64::from(retired.max(1)));
        }
        let mean = means.iter().sum::<f64>() / means.len() as f64;
        found.push(instructions(profile, &format!("mean of {} programs", means.len()), mean));
    }
    found.push(bytes("RAM of the VM beside data memory and return addresses", ram.into()));
    found.push(bytes("flash of the whole firmware", firmware.size()?));
    Ok(found)
}

fn bytes(name: &str, value: u64) -> Measurement {
    measurement("budget/size", name, value as f64, "bytes")
}

/// Thumb instructions of a step.
fn instructions(profile: Profile, name: &str, value: f64) -> Measurement {
    // Hundredths are a tick more or less; what an opcode takes by itself is a whole number.
    measurement(&format!("budget/thumb/{profile}"), name, (value * 10.0).round() / 10.0, "instructions")
}

/// The Thumb instructions between two measurements.
fn thumb(idle: Cost, busy: Cost) -> f64 {
    (f64::from(busy.ticks) - f64::from(idle.ticks)) * 1000.0 / TICKS
}

fn measurement(group: &str, name: &str, value: f64, unit: &str) -> Measurement {
    Measurement {
        group: group.into(),
        name: name.into(),
        value,
        unit: unit.into(),
        at_most: None,
        at_least: None,
    }
}

fn cost(session: &mut Session, profile: Profile, case: &Case, rounds: u16) -> Result<Cost, String> {
    run(session, profile, case, rounds).map(|(cost, _)| cost)
}

/// What the rounds cost, and how many steps the last one took.
fn run(session: &mut Session, profile: Profile, case: &Case, rounds: u16) -> Result<(Cost, u32), String> {
    let encoded: Encoded = convert::encode(case, Task::Measure { rounds });
    let items = session.run(convert::profile(profile), &[encoded]).pop();
    let items = items.expect("one answer a case").map_err(|trouble| format!("{trouble:?}"))?;
    match items.iter().collect::<Vec<_>>()[..] {
        [Item::Cost(cost), Item::End(end)] => Ok((cost, end.steps)),
        ref other => Err(format!("the chip answers a measurement with {other:?}")),
    }
}

/// A case that executes the opcode [`COPIES`] times in a row, or once where it stops the VM. It takes the usual way:
/// registers apart, numbers that are neither zero nor special, branches taken.
fn case_of(op: Opcode) -> Case {
    let reg = |number| Reg::new(number).expect("below 16");
    let usual = Instruction { rd: reg(1), rs1: reg(2), rs2: reg(3), imm: 8, ..Instruction::new(op) };
    let copies = if matches!(op, Opcode::Svc | Opcode::Brk) { 1 } else { COPIES };
    let mut case = Case { max_steps: copies, sp: 0x8000, ..Case::default() };
    // As binary16: 1.5 and 2.25; as addresses: within memory, aligned.
    (case.regs[2], case.regs[3]) = (0x3E00, 0x4080);
    for number in 0..copies {
        let next = 4 * (number + 1);
        let instruction = match op {
            Opcode::Jmp | Opcode::Jz | Opcode::Jnz => Instruction { imm: next as u16, ..usual },
            Opcode::Call => Instruction { rs1: reg(0), imm: 1, ..usual },
            _ => usual,
        };
        case.code.extend((instruction.encode() & op.operands().used_bits()).to_be_bytes());
        if op == Opcode::Ldi32 {
            case.code.extend(0x1234_5678u32.to_be_bytes());
        }
    }
    match op {
        Opcode::Jz => case.psw = 1,
        Opcode::Div => (case.regs[2], case.regs[3]) = (1_000_000, 7),
        Opcode::Pop => case.sp = 0x2000,
        Opcode::I2f => case.regs[2] = 1000,
        Opcode::Ret => {
            // Every one returns to the next.
            case.sp = 0x2000;
            case.call_stack = (1..=copies).rev().map(|number| 4 * number).collect();
            let addresses = (1..=copies).flat_map(|number| (4 * number).to_le_bytes()).collect();
            case.mem = vec![Block(0x2000, addresses)];
        }
        _ => {}
    }
    case
}

/// Puts bounds on what was measured: the aims, and what this compiler came to before. Whether there was something to
/// compare with.
pub fn bound(measurements: &mut [Measurement], baselines: &Baselines, compiler: &str) -> bool {
    let known = baselines.get(compiler);
    for one in measurements {
        let before = known.and_then(|groups| groups.get(&one.group)?.get(&one.name));
        let aim =
            AIMS.iter().find(|(group, name, _)| (*group, *name) == (one.group.as_str(), one.name.as_str()));
        let bounds = before.map(|before| before * GROWTH).into_iter().chain(aim.map(|(_, _, aim)| *aim));
        one.at_most = bounds.reduce(f64::min);
    }
    known.is_some()
}

/// Reads the file of baselines; there are none where there is no file.
///
/// # Errors
/// What is wrong with it.
pub fn load(file: &Path) -> Result<Baselines, String> {
    match std::fs::read_to_string(file) {
        Ok(text) => serde_saphyr::from_str(&text).map_err(|error| format!("{}: {error}", file.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Baselines::new()),
        Err(error) => Err(format!("{}: {error}", file.display())),
    }
}

/// The file of baselines, with what was measured as that of this compiler.
pub fn accepted(mut baselines: Baselines, measurements: &[Measurement], compiler: &str) -> String {
    let groups = baselines.entry(compiler.to_owned()).or_default();
    groups.clear();
    for one in measurements {
        groups.entry(one.group.clone()).or_default().insert(one.name.clone(), one.value);
    }
    let mut text = String::from(
        "# What the VM costs on a Cortex-M4, by compiler; `cargo xtask budget` fails where it is exceeded.\n\
         # Written by `cargo xtask budget --accept`.\n",
    );
    for (compiler, groups) in &baselines {
        // Writing to memory does not fail.
        let _ = writeln!(text, "{compiler:?}:");
        for (group, values) in groups {
            let _ = writeln!(text, "  {group}:");
            values.iter().for_each(|(name, value)| _ = writeln!(text, "    {name}: {value}"));
        }
    }
    text
}

/// What was measured, for people.
pub fn table(measurements: &[Measurement], compiler: &str) -> String {
    let mut text = format!("what the VM costs on a Cortex-M4, built by {compiler}\n");
    let value =
        |group: &str, name: &str| measurements.iter().find(|one| one.group == group && one.name == name);
    let shown = |one: Option<&Measurement>| one.map_or("-".into(), |one| format!("{:.1}", one.value));
    for one in measurements.iter().filter(|one| one.group == "budget/size") {
        // Writing to memory does not fail.
        let _ = writeln!(text, "{:>8} bytes  {}{}", one.value, one.name, verdict(Some(one)));
    }
    let _ = writeln!(text, "\nThumb instructions      reference   strict");
    let [reference, strict] = Profile::ALL.map(|profile| format!("budget/thumb/{profile}"));
    for one in measurements.iter().filter(|one| one.group == reference) {
        let other = value(&strict, &one.name);
        let names = format!("{:<22}", one.name);
        let values = format!("{:>11} {:>8}", shown(Some(one)), shown(other));
        let _ = writeln!(text, "{names}{values}{}{}", verdict(Some(one)), verdict(other));
    }
    text
}

fn verdict(one: Option<&Measurement>) -> String {
    match one {
        Some(one) if !one.holds() => format!("  GROWN: at most {}", one.at_most.unwrap_or_default()),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(add: f64, flash: f64) -> Vec<Measurement> {
        vec![instructions(Profile::Strict, "ADD", add), measurement(AIMS[0].0, AIMS[0].1, flash, "bytes")]
    }

    fn baselines() -> Baselines {
        serde_saphyr::from_str(&accepted(Baselines::new(), &measured(50.0, 7000.0), "rustc 1")).unwrap()
    }

    /// The names of what does not hold.
    fn grown(add: f64, flash: f64, compiler: &str) -> Vec<String> {
        let mut measurements = measured(add, flash);
        bound(&mut measurements, &baselines(), compiler);
        measurements.into_iter().filter(|one| !one.holds()).map(|one| one.name).collect()
    }

    #[test]
    fn growth_is_named() {
        assert!(grown(50.0, 7000.0, "rustc 1").is_empty());
        assert!(grown(40.0, 7100.0, "rustc 1").is_empty());
        assert_eq!(grown(52.0, 7000.0, "rustc 1"), ["ADD"]);
        assert_eq!(grown(50.0, 7200.0, "rustc 1"), [AIMS[0].1]);
    }

    #[test]
    fn an_unknown_compiler_has_only_aims() {
        assert!(!bound(&mut measured(1.0, 1.0), &baselines(), "rustc 2"));
        assert!(grown(500.0, 10_000.0, "rustc 2").is_empty());
        assert_eq!(grown(500.0, 10_241.0, "rustc 2"), [AIMS[0].1]);
    }

    #[test]
    fn the_table_says_what_has_grown() {
        let mut measurements = measured(60.0, 7000.0);
        bound(&mut measurements, &baselines(), "rustc 1");
        measurements[0].group = "budget/thumb/reference".into();
        assert!(table(&measurements, "rustc 1").contains("60.0        -  GROWN: at most 51"));
    }

    #[test]
    fn every_opcode_has_a_case_that_runs_it() {
        for &op in Opcode::ALL {
            let case = case_of(op);
            let mut machine = oracle::machines::rust::Rust::default();
            let mut vm = machine.begin(minivm::Strict, &case);
            let run = vm.run(case.max_steps);
            assert_eq!(run.steps, case.max_steps, "{op:?}: {:?}", run.stop);
        }
    }
}
