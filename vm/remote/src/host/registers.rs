//! Registers and memory of tasks.

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use minivm::control::RegisterId;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::reply::{Reply, reply};
use super::state::Host;
use crate::lenient::Int;
use crate::refusal::Refusal;

/// Data memory of a task, in bytes.
const MEMORY: i64 = 0x1_0000;

/// Registers that a client sets.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct NewRegisters {
    /// R0, R1 and so on, as many as there are.
    #[serde(default)]
    pub regs: Vec<Int>,
    /// Byte address of the next instruction.
    pub pc: Option<Int>,
    /// Stack pointer; in profile `strict` in the task's stack.
    pub sp: Option<Int>,
    /// Flags, 0 to 15.
    pub flags: Option<Int>,
}

/// An address in data memory.
fn address(Int(address): Int) -> Result<u16, Refusal> {
    u16::try_from(address).map_err(|_| Refusal::OutOfRange("addr", 0, MEMORY - 1))
}

fn register(Int(number): Int) -> Result<u8, Refusal> {
    u8::try_from(number).ok().filter(|&number| number < 16).ok_or(Refusal::NoRegister)
}

impl Host<'_> {
    /// Where a task goes on.
    pub(crate) fn pc(&self, pid: u16) -> u32 {
        self.it.registers(pid).map_or(0, |it| it.pc)
    }

    /// The registers of a task, or of the active one; nothing if there is none.
    pub fn registers(&self, pid: Option<Int>) -> Result<Value, Refusal> {
        match self.pid_or_current(pid) {
            Err(Refusal::NoTask) => Ok(json!({})),
            pid => Ok(self.registers_of(pid?)),
        }
    }

    pub(super) fn registers_of(&self, pid: u16) -> Value {
        let Some(it) = self.it.registers(pid) else { return json!({}) };
        let steps = self.steps_of(pid);
        json!({
            "pc": it.pc, "regs": it.regs, "sp": it.sp, "flags": it.psw, "running": self.it.is_running(pid),
            "steps": steps, "cycles": steps, "context": self.context_of(pid), "reg_base": it.reg_base,
            "stack_base": it.stack.start, "stack_limit": it.stack.start,
            "stack_size": it.stack.end - it.stack.start, "sp_effective": it.sp,
        })
    }

    /// One register of a task, or of the active one.
    pub fn register(&self, number: Int, pid: Option<Int>) -> Reply {
        let (pid, number) = (self.pid_or_current(pid)?, register(number)?);
        let value = self.it.register(pid, number).map_err(|why| Refusal::Executive("register", why))?;
        reply!("pid": pid, "reg": number, "value": value)
    }

    /// Sets a register of a task, or of the active one.
    pub fn set_register(&mut self, number: Int, Int(value): Int, pid: Option<Int>) -> Reply {
        let (pid, number) = (self.pid_or_current(pid)?, register(number)?);
        let set = self.it.set_register(pid, number, value as u32);
        set.map_err(|why| Refusal::Executive("register", why))?;
        self.register(Int(number.into()), Some(Int(pid.into())))
    }

    /// Sets registers of a task, or of the active one: all that are given, or none.
    pub fn set_registers(&mut self, new: &NewRegisters, pid: Option<Int>) -> Reply {
        let pid = self.pid_or_current(pid)?;
        let number = |value: Option<Int>, name, most: u32| {
            let beyond = || Refusal::OutOfRange(name, 0, most.into());
            let number =
                |Int(value)| u32::try_from(value).ok().filter(|&value| value <= most).ok_or_else(beyond);
            value.map(number).transpose()
        };
        // A stack pointer can still be refused, so it is the first to be set.
        let special = [
            (RegisterId::Sp, number(new.sp, "sp", MEMORY as u32)?),
            (RegisterId::Psw, number(new.flags, "flags", 0xF)?),
            (RegisterId::Pc, number(new.pc, "pc", u32::MAX)?),
        ];
        if new.regs.len() > 16 {
            return Err(Refusal::NoRegister);
        }
        for (id, value) in special {
            let Some(value) = value else { continue };
            self.it.set_special(pid, id, value).map_err(|why| Refusal::Executive("register", why))?;
        }
        let pid = Int(pid.into());
        for (number, &value) in (0..).zip(&new.regs) {
            self.set_register(Int(number), value, Some(pid))?;
        }
        reply!("registers": self.registers(Some(pid))?)
    }

    /// Bytes of data memory of a task, or of the active one, cut at its end.
    pub fn peek(&self, pid: Option<Int>, at: Int, Int(length): Int) -> Result<Vec<u8>, Refusal> {
        let (pid, at) = (self.pid_or_current(pid)?, address(at)?);
        let mut bytes = vec![0; length.clamp(0, MEMORY) as usize];
        let count = self.it.peek(pid, at, &mut bytes).map_err(|why| Refusal::Executive("peek", why))?;
        bytes.truncate(count);
        Ok(bytes)
    }

    /// The same in hexadecimal.
    pub fn peek_hex(&self, pid: Option<Int>, at: Int, length: Int) -> Reply {
        reply!("data": HEXLOWER.encode(&self.peek(pid, at, length)?))
    }

    /// Writes to data memory of a task, or of the active one, cut at its end.
    pub fn poke(&mut self, pid: Option<Int>, at: Int, data: &str) -> Reply {
        let (pid, at) = (self.pid_or_current(pid)?, address(at)?);
        let bytes = unhex(data)?;
        let room = bytes.len().min(MEMORY as usize - usize::from(at));
        self.it.poke(pid, at, &bytes[..room]).map_err(|why| Refusal::Executive("poke", why))?;
        Ok(Map::new())
    }
}

/// Bytes in hexadecimal, blanks between them allowed.
pub(super) fn unhex(text: &str) -> Result<Vec<u8>, Refusal> {
    let digits: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).map_err(|why| Refusal::malformed("data", why))
}
