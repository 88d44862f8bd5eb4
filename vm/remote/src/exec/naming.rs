//! Symbols of programs, and how traces are kept.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::symbols::Symbols;
use super::{Caller, Server};
use crate::host::{Host, Reply, reply};
use crate::lenient::{Flag, Int};
use crate::refusal::Refusal;

impl Server {
    pub(super) fn configure_trace(&mut self, size: Option<Int>, changed_regs: Option<Flag>) -> Reply {
        let mut trace = Map::new();
        if let Some(size) = size {
            self.tasks.traces.resize(size);
            trace.insert("buffer_size".to_owned(), self.tasks.traces.capacity.into());
        }
        if let Some(Flag(on)) = changed_regs {
            self.tasks.traces.changed_regs = on;
            trace.insert("changed_regs".to_owned(), on.into());
        }
        reply!("trace": trace)
    }

    /// Reads the symbols of a program that was loaded: of a file, or of that beside its image.
    pub(super) fn name(
        &mut self,
        host: &Host<'_>,
        pid: u16,
        path: &str,
        given: Option<String>,
        image: &mut Value,
    ) {
        let beside = || Path::new(path).with_extension("sym").to_string_lossy().into_owned();
        let path = given.unwrap_or_else(beside);
        let read = host.folder.read(&path, host.limits.file).and_then(|bytes| Symbols::read(&path, &bytes));
        match read {
            Ok(symbols) => {
                image["symbols"] =
                    json!({"pid": pid, "loaded": true, "path": path, "count": symbols.count()});
                self.tasks.symbols.insert(pid, symbols);
            }
            Err(_) => {
                image["symbols"] = json!({"pid": pid, "loaded": false, "path": path});
                image["warnings"] = json!([format!("symbols_missing:{path}")]);
            }
        }
    }

    pub(super) fn symbol(
        &mut self,
        host: &mut Host<'_>,
        by: Caller<'_>,
        (op, pid): (&str, Int),
        (address, name, path): (Option<Int>, Option<String>, Option<String>),
    ) -> Reply {
        let known = host.pid(pid)?;
        let needs = |what: &str| Refusal::malformed("sym", format!("{op} needs `{what}`"));
        let place = || {
            let Int(address) = address.ok_or_else(|| needs("address"))?;
            u64::try_from(address).map_err(|_| Refusal::OutOfRange("address", 0, 0xFFFF))
        };
        if op == "load" {
            self.changing(by, pid)?;
            let path = path.ok_or_else(|| needs("path"))?;
            let bytes = host.folder.read(&path, host.limits.file)?;
            self.tasks.symbols.insert(known, Symbols::read(&path, &bytes)?);
        }
        let symbols = self.tasks.symbols.get(&known);
        match op {
            "" | "info" | "load" => {
                let mut shown = json!({"pid": known, "loaded": symbols.is_some()});
                if let Some(symbols) = symbols {
                    shown["path"] = symbols.path.as_str().into();
                    shown["count"] = symbols.count().into();
                }
                reply!("symbols": shown)
            }
            "addr" => {
                let address = place()?;
                reply!("symbol": symbols.and_then(|it| it.at(address)), "pid": known, "address": address)
            }
            "name" => {
                let name = name.ok_or_else(|| needs("name"))?;
                reply!("symbol": symbols.and_then(|it| it.named(&name)), "pid": known, "name": name)
            }
            "line" => {
                let address = place()?;
                reply!("line": symbols.and_then(|it| it.line(address)), "pid": known, "address": address)
            }
            other => Err(Refusal::Unknown("sym op", other.to_owned())),
        }
    }
}
