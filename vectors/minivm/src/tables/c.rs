//! The tables in C11, which is C++17 too: rows point into pools of bytes, words and blocks.

use std::collections::HashMap;
use std::fmt::Write;
use std::hash::Hash;

use minivm::Fault;
use oracle::suite::Row;

use super::{State, Stop, by_profile, list};
use crate::cases::MiniVm;

/// Runs the tables on a port.
pub const RUNNER: &str = include_str!("runner.c");
/// What the rows are made of.
const TYPES: &str = include_str!("types.h");

/// The header with the vectors.
pub fn header(rows: &[Row<'_, MiniVm>], version: &str) -> String {
    let mut pools = Pools::default();
    let mut tables = String::new();
    for (profile, rows) in by_profile(rows) {
        let _ = writeln!(tables, "\nstatic const minivm_vector minivm_{profile}[] = {{");
        for Row { vector, outcome, .. } in rows {
            let case = &vector.case;
            let code = pools.bytes.place(&case.code);
            let (start, end) = (pools.state(&State::start(case)), pools.state(&State::end(outcome)));
            let _ = writeln!(
                tables,
                "    {{\"{}\", \"{}\", {}, minivm_bytes + {code}, {}, {}, {},\n     {start},\n     {}, {}, {end}}},",
                vector.name,
                vector.rule,
                case.code.len(),
                case.max_steps,
                case.stack_limit,
                case.reg_base,
                stop(outcome.stop),
                outcome.steps,
            );
        }
        tables.push_str("};\n");
    }
    let faults: Vec<String> =
        Fault::ALL.iter().map(|fault| format!("MINIVM_{}", fault.name().to_uppercase())).collect();
    format!(
        "/* Vectors of MiniVM as tables: {version}.\n * minivm_runner.c runs them on a port. */\n\
         #ifndef MINIVM_VECTORS_H\n#define MINIVM_VECTORS_H\n\n#include <stdint.h>\n\n\
         #define MINIVM_SUITE \"{version}\"\n\n\
         /* Faults. */\nenum {{ {} }};\n\n{TYPES}\n{}{tables}\n#endif\n",
        faults.join(", "),
        pools.text(),
    )
}

fn stop(stop: Stop) -> String {
    let (kind, a, b) = match stop {
        Stop::Budget {} => ("BUDGET", "0".into(), 0),
        Stop::Svc { module, function } => ("SVC", module.to_string(), function),
        Stop::Break { code } => ("BREAK", code.to_string(), 0),
        Stop::Returned { status } => ("RETURNED", status.to_string(), 0),
        Stop::Fault { fault } => ("FAULT", format!("MINIVM_{}", fault.name().to_uppercase()), 0),
    };
    format!("{{MINIVM_{kind}, {a}, {b}}}")
}

/// What rows point into.
#[derive(Default)]
struct Pools {
    bytes: Pool<u8>,
    words: Pool<u32>,
    /// Address, length, and where the bytes are.
    blocks: Pool<(u32, usize, usize)>,
}

impl Pools {
    fn state(&mut self, state: &State<'_>) -> String {
        let block = |block: &crate::Block| (block.0, block.1.len(), self.bytes.place(&block.1));
        let blocks: Vec<_> = state.memory.iter().map(block).collect();
        let (calls, memory) = (self.words.place(state.calls), self.blocks.place(&blocks));
        format!(
            "{{{{{}}}, {}, {}, {}, {}, minivm_words + {calls}, {}, minivm_blocks + {memory}}}",
            list(state.regs),
            state.pc,
            state.sp,
            state.psw,
            state.calls.len(),
            blocks.len(),
        )
    }

    fn text(&self) -> String {
        let block =
            |(address, length, at): &(u32, usize, usize)| format!("{{{address},{length},minivm_bytes+{at}}}");
        self.bytes.text("uint8_t minivm_bytes", u8::to_string, "0")
            + &self.words.text("uint32_t minivm_words", u32::to_string, "0")
            + &self.blocks.text("minivm_block minivm_blocks", block, "{0,0,minivm_bytes}")
    }
}

/// Pieces behind each other, equal ones once.
struct Pool<T> {
    all: Vec<T>,
    places: HashMap<Vec<T>, usize>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Pool { all: Vec::new(), places: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Pool<T> {
    /// Where a piece is.
    fn place(&mut self, piece: &[T]) -> usize {
        if piece.is_empty() {
            return 0;
        }
        let Pool { all, places } = self;
        *places.entry(piece.to_vec()).or_insert_with(|| {
            all.extend_from_slice(piece);
            all.len() - piece.len()
        })
    }

    /// The array. One without elements is none in C: it has one that nothing points to.
    fn text(&self, declaration: &str, element: impl Fn(&T) -> String, none: &str) -> String {
        const IN_A_LINE: usize = 24;
        let lines = self.all.chunks(IN_A_LINE);
        let lines = lines.map(|line| line.iter().map(&element).collect::<Vec<_>>().join(","));
        let lines = if self.all.is_empty() { vec![none.to_owned()] } else { lines.collect() };
        format!("static const {declaration}[] = {{\n    {}\n}};\n", lines.join(",\n    "))
    }
}
