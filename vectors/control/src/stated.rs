//! What an expectation states of results and of the final state, and outcomes completed with it.

use minivm::memory::SIZE;
use oracle::suite::text::HexBytes;
use serde::Deserialize;
use serde_json::Value as Json;
use vectors_hxe::scripts;
use vectors_minivm::{Block, StopText};

use crate::case::{Call, Case, Gives};
use crate::keys::{Expect, RowText, StepText, TaskFields, TaskText};
use crate::outcome::{
    CallResult, Created, Final, Lifecycle, Loaded, Outcome, Reason, Refusal, Row, Step, Task, Value, WINDOW,
};

/// What is stated of the result of a call.
#[derive(Clone, Debug)]
pub enum Stated {
    /// It is carried out; what it gives is open.
    CarriedOut,
    /// It gives this.
    Gives(Value),
    /// It ends so, as far as that is named.
    Steps(StepText),
    /// It lists these tasks, as far as they are described.
    Lists(Vec<RowText>),
    /// It is refused.
    Refused(Refusal),
}

impl Stated {
    /// What stands behind a call.
    ///
    /// # Errors
    /// The call cannot give that.
    pub fn read(call: &Call, json: &Json) -> Result<Self, String> {
        let refusal = Refusal::ALL.into_iter().find(|refusal| json.as_str() == Some(refusal.name()));
        if let Some(refusal) = refusal {
            return Ok(Stated::Refused(refusal));
        }
        let bad = |wanted: &str| {
            format!("{}: {json} stands for nothing it gives: {wanted}, or an error", call.name())
        };
        let number = || json.as_u64().and_then(|it| u32::try_from(it).ok());
        let text = json.as_str();
        Ok(match call.gives() {
            Gives::Nothing if text == Some("ok") => Stated::Gives(Value::Nothing),
            Gives::Nothing => return Err(bad("ok")),
            Gives::Number => Stated::Gives(Value::Number(number().ok_or_else(|| bad("a number"))?)),
            Gives::Task => {
                let task =
                    text.and_then(|text| text.strip_prefix("task ")).and_then(|it| scripts::number(it).ok());
                Stated::Gives(Value::Task(Created { task: task.ok_or_else(|| bad("task NUMBER"))? }))
            }
            Gives::Step => {
                let step = match text {
                    Some(reason) => StepText { reason: Some(reason.into()), ..StepText::default() },
                    None => {
                        StepText::deserialize(json).map_err(|error| format!("{}: {error}", call.name()))?
                    }
                };
                step.reason.as_deref().map(reason).transpose()?;
                Stated::Steps(step)
            }
            Gives::Regs if text == Some("not kept") => Stated::Gives(Value::Nothing),
            Gives::Regs => {
                let regs = <[u32; 16]>::deserialize(json).map_err(|_| bad("16 numbers, not kept"))?;
                Stated::Gives(Value::Regs(regs))
            }
            Gives::Tasks => {
                Stated::Lists(Vec::deserialize(json).map_err(|error| format!("{}: {error}", call.name()))?)
            }
            Gives::Bytes if text == Some("-") => Stated::Gives(Value::Bytes(Vec::new())),
            Gives::Bytes => {
                let bytes: HexBytes = text.ok_or_else(|| bad("bytes in quotes"))?.parse()?;
                Stated::Gives(Value::Bytes(bytes.0))
            }
        })
    }

    /// The result that is expected of a machine that gave `got`.
    fn complete(&self, call: &Call, got: Option<&CallResult>) -> CallResult {
        let given = match got {
            Some(CallResult::Ok(value)) => value.clone(),
            _ => plain(call),
        };
        CallResult::Ok(match (self, given) {
            (Stated::Refused(refusal), _) => return CallResult::Error(*refusal),
            (Stated::Gives(value), _) => value.clone(),
            (Stated::Steps(text), Value::Step(got)) => Value::Step(Step {
                pc: text.pc.unwrap_or(got.pc),
                reason: text.reason.as_deref().and_then(|it| reason(it).ok()).unwrap_or(got.reason),
                retired: text.retired.unwrap_or(got.retired),
                cycles: text.cycles.unwrap_or(got.cycles),
            }),
            (Stated::Lists(rows), Value::Tasks(got)) => {
                let nothing =
                    Row { task: 0, state: Lifecycle::Ready, fault_code: 0, stack: [0; 2], heap: [0; 2] };
                let got = got.iter().chain(std::iter::repeat(&nothing));
                Value::Tasks(rows.iter().zip(got).map(|(text, got)| row(text, got)).collect())
            }
            (_, given) => given,
        })
    }
}

fn row(text: &RowText, got: &Row) -> Row {
    Row {
        task: text.task.unwrap_or(got.task),
        state: text.state.unwrap_or(got.state),
        fault_code: text.fault_code.unwrap_or(got.fault_code),
        stack: text.stack.unwrap_or(got.stack),
        heap: text.heap.unwrap_or(got.heap),
    }
}

/// Something that the call could give.
fn plain(call: &Call) -> Value {
    match call.gives() {
        Gives::Nothing => Value::Nothing,
        Gives::Number => Value::Number(0),
        Gives::Task => Value::Task(Created { task: 0 }),
        Gives::Step => Value::Step(Step { pc: 0, reason: Reason::OK, retired: 0, cycles: 0 }),
        Gives::Regs => Value::Regs([0; 16]),
        Gives::Tasks => Value::Tasks(Vec::new()),
        Gives::Bytes => Value::Bytes(Vec::new()),
    }
}

/// Why a step ended.
fn reason(text: &str) -> Result<Reason, String> {
    match text {
        "ok" => Ok(Reason::OK),
        "budget" => Err("`budget` is no reason: a step that retires all it should ends with ok".into()),
        text => text.parse::<StopText>().map(|stop| Reason::Stop(stop.0)),
    }
}

/// The outcome that is expected of a machine that came out with `got`.
pub(crate) fn complete(case: &Case, results: &[Stated], layers: &[Expect], got: &Outcome) -> Outcome {
    let pairs = case.calls.iter().zip(results).enumerate();
    let results = pairs.map(|(at, (call, stated))| stated.complete(call, got.results.get(at))).collect();
    let state = layers.iter().fold(got.state.clone(), |state, layer| final_state(layer, state));
    Outcome { results, state }
}

fn final_state(expect: &Expect, got: Final) -> Final {
    let mut last = got.last;
    if let Some(text) = &expect.last {
        last.pc = text.pc.unwrap_or(last.pc);
        last.opcode = text.opcode.unwrap_or(last.opcode);
    }
    Final {
        active: expect.active.map_or(got.active, |who| who.task()),
        loading: expect.loading.map_or(got.loading, |who| who.task()),
        last,
        tasks: match &expect.tasks {
            None => got.tasks,
            Some(tasks) => tasks.0.iter().map(|(number, text)| task(*number, text, &got.tasks)).collect(),
        },
    }
}

fn task(number: u32, text: &TaskText, got: &[Task]) -> Task {
    let got = got.iter().find(|task| task.number() == number);
    let state = text.state().or_else(|| got.map(Task::state)).unwrap_or(Lifecycle::Ready);
    let mut loaded = got.and_then(Task::loaded).cloned().unwrap_or_default();
    loaded.task = number;
    if let TaskText::Fields(fields) = text {
        overlay(fields, &mut loaded);
    }
    match state {
        Lifecycle::Loading => Task::Loading { task: number },
        Lifecycle::Ready => Task::Ready(loaded),
        Lifecycle::Stopped => Task::Stopped(loaded),
    }
}

fn overlay(fields: &TaskFields, task: &mut Loaded) {
    task.fault_code = fields.fault_code.unwrap_or(task.fault_code);
    task.pc = fields.pc.unwrap_or(task.pc);
    task.sp = fields.sp.unwrap_or(task.sp);
    task.psw = fields.psw.unwrap_or(task.psw);
    task.wp = fields.wp.unwrap_or(task.wp);
    for (reg, stated) in task.regs.iter_mut().zip(fields.regs()) {
        *reg = stated.unwrap_or(*reg);
    }
    let Some(blocks) = &fields.mem else { return };
    let mut memory = vec![0; SIZE];
    let stated = blocks.0.iter().map(|(address, bytes)| (*address, &bytes.0));
    for (address, bytes) in task.mem.iter().map(|Block(address, bytes)| (*address, bytes)).chain(stated) {
        let target = memory.get_mut(address as usize..).unwrap_or_default();
        target.iter_mut().zip(bytes).for_each(|(target, byte)| *target = *byte);
    }
    task.mem = crate::outcome::runs(&memory[..WINDOW as usize]);
}

/// What is wrong with an expectation whatever comes out: bytes that no task shows would test nothing.
pub(crate) fn check(expect: &Expect) -> Result<(), String> {
    for (number, text) in expect.tasks.iter().flat_map(|tasks| &tasks.0) {
        let TaskText::Fields(fields) = text else { continue };
        for (address, HexBytes(bytes)) in fields.mem.iter().flat_map(|mem| &mem.0) {
            if bytes.is_empty() || u64::from(*address) + bytes.len() as u64 > WINDOW.into() {
                return Err(format!(
                    "expect.tasks.{number}.mem: {} bytes at {address:#x} do not lie below {WINDOW:#x}",
                    bytes.len()
                ));
            }
        }
    }
    Ok(())
}
