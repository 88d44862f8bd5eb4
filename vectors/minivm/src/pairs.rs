//! Which instructions follow each other in programs, to choose the pairs of the prepared form by.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write;

use minivm::Opcode;
use oracle::project::Project;
use oracle::report::Exit;
use oracle::subject::Commands;
use oracle::suite::{Written, Yaml, complaints};

use crate::case::Case;
use crate::cases::MiniVm;
use crate::native::NativeVm;
use crate::text::Vectors;

/// The programs on which pairs are chosen, by the names of their vectors: every other one, by the name of its file, of those
/// that there were. All others are there to judge the choice.
pub(crate) const CHOSEN_ON: [&str; 21] = [
    "program-adler32",
    "program-breakpoint",
    "program-collatz",
    "program-crc32",
    "program-divide-64",
    "program-f16-conversions",
    "program-f16-mandelbrot",
    "program-far-code",
    "program-fibonacci-recursive",
    "program-fletcher32",
    "program-gcd",
    "program-integer-square-root",
    "program-matrix-product",
    "program-memcpy-words",
    "program-memmove-halves",
    "program-popcount",
    "program-queens",
    "program-rc4",
    "program-sha256",
    "program-state-machine",
    "program-supervisor-call",
];

/// Opcodes in a row, by how many there are: the share of each row in the steps of the programs, added up.
type Shares = [BTreeMap<Vec<Opcode>, f64>; 3];

/// Rows of a table.
const ROWS: usize = 60;

impl Commands for MiniVm {
    fn list(&self) -> &'static [(&'static str, &'static str)] {
        &[("pairs", "Count which MiniVM instructions follow each other in programs: [chosen|scored]")]
    }

    fn run(&self, arguments: Vec<OsString>) -> u8 {
        let wanted = arguments.get(1).map(|argument| argument.to_string_lossy());
        let is_wanted: fn(&str) -> bool = match wanted.as_deref() {
            None | Some("chosen") => |name| CHOSEN_ON.contains(&name),
            Some("scored") => is_scored,
            Some("--help" | "-h") => {
                println!("{}\n\nUsage: pairs [chosen|scored]", self.list()[0].1);
                return Exit::Conformant as u8;
            }
            Some(other) => {
                eprintln!("error: {other}: `chosen` or `scored` is wanted");
                return Exit::Usage as u8;
            }
        };
        match count(is_wanted) {
            Ok(tables) => {
                print!("{tables}");
                Exit::Conformant as u8
            }
            Err(why) => {
                eprintln!("error: {why}");
                Exit::Usage as u8
            }
        }
    }
}

/// Whether the vector of this name is a program that the choice is judged by. Those with registers in memory are not: they
/// are not on the fast path.
pub(crate) fn is_scored(name: &str) -> bool {
    name.starts_with("program-") && !name.ends_with("-with-registers-in-memory") && !CHOSEN_ON.contains(&name)
}

/// Tables of what follows what straight on in these programs. Each program counts the same, however long it runs: a figure is
/// the mean share of steps, in thousandths.
fn count(is_wanted: fn(&str) -> bool) -> Result<String, String> {
    let folder = Project::find()?.path("vectors/minivm");
    let suite = Yaml(Vectors).load(&folder).map_err(|errors| complaints(&errors))?;
    let mut shares = Shares::default();
    let programs: Vec<&Case> =
        suite.vectors.iter().filter(|vector| is_wanted(&vector.name)).map(|vector| &vector.case).collect();
    programs.iter().for_each(|case| add(case, &mut shares));
    let mut tables = String::new();
    for (length, shares) in (1..).zip(&shares) {
        let mut rows: Vec<_> = shares.iter().collect();
        rows.sort_by(|(_, a), (_, b)| f64::total_cmp(b, a));
        // Writing to memory does not fail.
        let _ = writeln!(
            tables,
            "{length} in a row, mean of {} programs, in thousandths of steps:",
            programs.len()
        );
        for (opcodes, share) in rows.into_iter().take(ROWS) {
            let names: Vec<&str> = opcodes.iter().map(|op| op.mnemonic()).collect();
            let _ = writeln!(tables, "{:6.1}  {}", share * 1000.0 / programs.len() as f64, names.join(" "));
        }
    }
    Ok(tables)
}

/// Adds the shares of one program: of single instructions, of two and of three in a row.
fn add(case: &Case, shares: &mut Shares) {
    let mut native = NativeVm::plain();
    let mut vm = native.begin(minivm::Reference, case);
    let mut counts = [BTreeMap::new(), BTreeMap::new(), BTreeMap::new()];
    let (mut row, mut steps): (Vec<Opcode>, u32) = Default::default();
    while steps < case.max_steps && vm.step().is_none() {
        steps += 1;
        let Some(op) = Opcode::from_byte((vm.last.opcode >> 24) as u8) else { break };
        row.push(op);
        row.drain(..row.len().saturating_sub(counts.len()));
        for (length, counts) in (1..).zip(&mut counts) {
            if let Some(start) = row.len().checked_sub(length) {
                *counts.entry(row[start..].to_vec()).or_insert(0u32) += 1;
            }
        }
        if vm.context.pc != vm.last.pc + op.size() {
            row.clear();
        }
    }
    for (shares, counts) in shares.iter_mut().zip(counts) {
        for (opcodes, count) in counts {
            *shares.entry(opcodes).or_default() += f64::from(count) / f64::from(steps);
        }
    }
}
