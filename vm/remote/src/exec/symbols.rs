//! Symbol files (`.sym`): JSON that the reference's linker writes, `docs/symbol_format.md`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::refusal::Refusal;

/// A symbol.
#[derive(Clone, Debug)]
struct Symbol {
    name: String,
    address: u64,
    size: u64,
    is_function: bool,
    file: Value,
    line: Value,
}

impl Symbol {
    fn show(&self) -> Value {
        json!({
            "name": self.name, "address": self.address, "size": self.size,
            "type": if self.is_function { "function" } else { "variable" }, "file": self.file,
            "line": self.line,
        })
    }
}

/// The symbols of a program.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    /// The file, as a client named it.
    pub path: String,
    /// Functions ascending by address, then variables.
    all: Vec<Symbol>,
    /// File and line of instructions.
    lines: BTreeMap<u64, Value>,
}

impl Symbols {
    /// Reads a file.
    ///
    /// # Errors
    /// It is no JSON object.
    pub fn read(path: &str, bytes: &[u8]) -> Result<Self, Refusal> {
        let file: Value = serde_json::from_slice(bytes)
            .map_err(|why| Refusal::File(path.to_owned(), format!("no symbol file: {why}")))?;
        let symbols = |key: &str, is_function: bool| -> Vec<Symbol> {
            let entries = file["symbols"][key].as_array().into_iter().flatten();
            entries
                .filter_map(|entry| {
                    Some(Symbol {
                        name: entry["name"].as_str()?.to_owned(),
                        address: entry["address"].as_u64()?,
                        size: entry["size"].as_u64().unwrap_or(0),
                        is_function,
                        file: entry["file"].clone(),
                        line: entry["line"].clone(),
                    })
                })
                .collect()
        };
        let mut functions = symbols("functions", true);
        functions.sort_by_key(|symbol| symbol.address);
        let all = [functions, symbols("variables", false)].concat();
        let entries = file["instructions"].as_array().into_iter().flatten();
        let lines = entries
            .filter(|entry| !entry["line"].is_null())
            .filter_map(|entry| {
                let line = json!({"file": entry["file"], "line": entry["line"], "column": entry["column"]});
                Some((entry["pc"].as_u64()?, line))
            })
            .collect();
        Ok(Symbols { path: path.to_owned(), all, lines })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// The symbol at an address or before it, with the distance.
    pub fn at(&self, address: u64) -> Option<Value> {
        let before = self.all.iter().filter(|symbol| symbol.address <= address);
        let symbol = before.max_by_key(|symbol| (symbol.address, symbol.is_function))?;
        let mut shown = symbol.show();
        shown["offset"] = json!(address - symbol.address);
        Some(shown)
    }

    /// The function that an instruction is in, with the distance.
    pub fn function(&self, pc: u64) -> Option<Value> {
        let functions = self.all.iter().filter(|symbol| symbol.is_function && symbol.address <= pc);
        let symbol = functions.max_by_key(|symbol| symbol.address)?;
        let mut shown = symbol.show();
        shown["offset"] = json!(pc - symbol.address);
        Some(shown)
    }

    /// The symbol of a name.
    pub fn named(&self, name: &str) -> Option<Value> {
        self.all.iter().find(|symbol| symbol.name == name).map(Symbol::show)
    }

    /// Where a variable is, and how many bytes it has.
    pub fn place(&self, name: &str) -> Option<(u64, u64)> {
        self.all.iter().find(|symbol| symbol.name == name).map(|symbol| (symbol.address, symbol.size))
    }

    /// File and line of an instruction.
    pub fn line(&self, pc: u64) -> Option<&Value> {
        self.lines.get(&pc)
    }

    /// Symbols of a kind, from one on, so many at most.
    pub fn list(&self, kind: &str, offset: usize, limit: Option<usize>) -> Value {
        let of_kind: Vec<&Symbol> = self
            .all
            .iter()
            .filter(|symbol| match kind {
                "functions" => symbol.is_function,
                "variables" => !symbol.is_function,
                _ => true,
            })
            .collect();
        let page = of_kind.iter().skip(offset).take(limit.unwrap_or(usize::MAX));
        json!({
            "count": of_kind.len(), "offset": offset, "limit": limit, "type": kind,
            "symbols": page.map(|symbol| symbol.show()).collect::<Vec<_>>(),
        })
    }
}
