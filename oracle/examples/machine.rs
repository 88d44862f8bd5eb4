//! A machine of your own: the start of a port of MiniVM, behind the machine protocol.
//!
//! It has two opcodes, LDI and BRK, and says `unsupported` to every case that needs another one. Add opcodes to `step`.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const NAME: &str = "mine";
const PROFILES: [&str; 1] = ["reference"];

struct Vm {
    code: Vec<u8>,
    regs: [u32; 16],
    pc: u32,
    sp: u32,
    psw: u8,
    call_stack: Vec<u32>,
    mem: Vec<u8>,
}

/// Why a case does not go on.
enum Stop {
    /// The machine stops as the protocol says.
    As(Value),
    /// What is not implemented yet.
    Unsupported(String),
}

impl Vm {
    /// Runs one instruction. Your port goes here.
    fn step(&mut self) -> Result<(), Stop> {
        let at = self.pc as usize;
        let bytes = self.code.get(at..at.saturating_add(4)).and_then(|bytes| bytes.try_into().ok());
        let word =
            u32::from_be_bytes(bytes.ok_or_else(|| Stop::Unsupported("a pc outside the code".into()))?);
        let (op, rd, immediate) = (word >> 24, (word >> 20 & 15) as usize, word & 0xFFF);
        match op {
            // LDI
            0x01 => self.regs[rd] = ((immediate << 20) as i32 >> 20) as u32,
            // BRK
            0x7F => {
                self.pc += 4;
                return Err(Stop::As(json!({"kind": "break", "code": word & 0xFF})));
            }
            _ => return Err(Stop::Unsupported(format!("opcode {op:#04x}"))),
        }
        self.pc += 4;
        Ok(())
    }
}

// ---- Everything below is the protocol: oracle/PROTOCOL.md and vectors/minivm/PROTOCOL.md. ----

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    code: String,
    max_steps: u32,
    #[serde(default)]
    pc: u32,
    #[serde(default)]
    regs: [u32; 16],
    #[serde(default = "stack_top")]
    sp: u32,
    #[serde(default)]
    psw: u8,
    #[serde(default, rename = "stack_limit")]
    _stack_limit: u32,
    #[serde(default)]
    reg_base: u32,
    #[serde(default)]
    call_stack: Vec<u32>,
    #[serde(default)]
    mem: Vec<(u32, String)>,
    #[serde(default)]
    trace: bool,
}

fn stack_top() -> u32 {
    0x8000
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hello {
    #[serde(rename = "op")]
    _op: String,
    protocol: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run<'a> {
    #[serde(rename = "op")]
    _op: String,
    id: String,
    subject: String,
    profile: String,
    #[serde(borrow)]
    case: &'a serde_json::value::RawValue,
}

#[derive(Deserialize)]
struct Kind {
    op: String,
}

#[derive(Serialize)]
struct Reply {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsupported: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.bytes().map(|digit| b"0123456789abcdef".iter().position(|known| *known == digit));
    let digits: Vec<usize> = digits.collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    pairs
        .remainder()
        .is_empty()
        .then(|| digits.chunks_exact(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect())
}

/// Runs a case; what is wrong with it is the inner error.
fn run(text: &str) -> Result<Result<Value, String>, String> {
    // serde would read a list as the keys in their order.
    if !text.trim_start().starts_with('{') {
        return Err("the case is no object".into());
    }
    let case: Case = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let code =
        bytes(&case.code).filter(|code| code.len() <= 0x10000).ok_or("code: not at most 64 KiB in hex")?;
    if !(1..=1_000_000).contains(&case.max_steps) || case.psw > 15 || case.reg_base > 0xFFC0 {
        return Err("max_steps, psw or reg_base is out of range".into());
    }
    let mut mem = vec![0; 0x10000];
    for (address, data) in &case.mem {
        let data = bytes(data).ok_or("mem: not in hex")?;
        let start = *address as usize;
        mem.get_mut(start..start + data.len()).ok_or("mem: not within 64 KiB")?.copy_from_slice(&data);
    }
    if case.reg_base != 0 || case.trace {
        return Ok(Err("reg_base and trace".into()));
    }
    let Case { regs, pc, sp, psw, call_stack, .. } = case;
    let mut vm = Vm { code, regs, pc, sp, psw, call_stack, mem: mem.clone() };
    let (mut steps, mut stop) = (0, json!({"kind": "budget"}));
    while steps < case.max_steps {
        match vm.step() {
            Ok(()) => steps += 1,
            Err(Stop::As(reached)) => {
                (steps, stop) = (steps + 1, reached);
                break;
            }
            Err(Stop::Unsupported(what)) => return Ok(Err(what)),
        }
    }
    Ok(Ok(json!({
        "stop": stop, "steps": steps, "pc": vm.pc, "sp": vm.sp, "psw": vm.psw, "regs": vm.regs,
        "call_stack": vm.call_stack, "mem": changes(&mem, &vm.mem),
    })))
}

/// Every longest run of bytes that differ, as `[address, hex]`.
fn changes(before: &[u8], after: &[u8]) -> Vec<(usize, String)> {
    let mut runs: Vec<(usize, String)> = Vec::new();
    for address in (0..after.len()).filter(|&at| before[at] != after[at]) {
        let digits = format!("{:02x}", after[address]);
        match runs.last_mut() {
            Some((start, run)) if *start + run.len() / 2 == address => run.push_str(&digits),
            _ => runs.push((address, digits)),
        }
    }
    runs
}

fn answer(line: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(line).map_err(|error| error.to_string())?;
    if !text.trim_start().starts_with('{') {
        return Err("not an object".into());
    }
    let kind: Kind = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if kind.op == "hello" {
        let hello: Hello = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if hello.protocol != 2 {
            return Err("protocol 2 is what is spoken here".into());
        }
        let subjects = json!({"minivm": PROFILES});
        return Ok(
            json!({"protocol": 2, "name": NAME, "version": env!("CARGO_PKG_VERSION"), "subjects": subjects}),
        );
    }
    let Run { id, subject, profile, case, .. } =
        serde_json::from_str(text).map_err(|error| error.to_string())?;
    if kind.op != "run" {
        return Err(format!("op: {}", kind.op));
    }
    let mut reply = Reply { id, outcome: None, unsupported: None, error: None };
    if subject != "minivm" || !PROFILES.contains(&profile.as_str()) {
        reply.error = Some(format!("{subject} in {profile} is not known here"));
    } else {
        match run(case.get()) {
            Ok(Ok(outcome)) => reply.outcome = Some(outcome),
            Ok(Err(what)) => reply.unsupported = Some(what),
            Err(bad) => reply.error = Some(bad),
        }
    }
    serde_json::to_value(reply).map_err(|error| error.to_string())
}

fn main() -> io::Result<()> {
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().split(b'\n') {
        let reply = answer(&line?).unwrap_or_else(|bad| json!({"error": bad}));
        writeln!(output, "{reply}")?;
        output.flush()?;
    }
    Ok(())
}
