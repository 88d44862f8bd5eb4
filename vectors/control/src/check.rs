//! What holds of every outcome, whatever the implementation.

use vectors_minivm::{Stop, check_runs_without_zeros};

use crate::case::{Call, Case, Gives};
use crate::outcome::{CallResult, Loaded, Outcome, Reason, Task, Value, WINDOW};
use crate::show;

/// Rules of the form that hold for every implementation. Who is active is compared, not ruled out: a machine that has it wrong
/// has a difference, which can be explained.
pub(crate) fn outcome(case: &Case, outcome: &Outcome) -> Result<(), String> {
    for (at, (call, result)) in case.calls.iter().zip(&outcome.results).enumerate() {
        if let CallResult::Ok(value) = result {
            check_value(call, value).map_err(|why| format!("results[{at}]: {why}"))?;
        }
    }
    let state = &outcome.state;
    let numbers: Vec<u32> = state.tasks.iter().map(Task::number).collect();
    if !numbers.is_sorted_by(|a, b| a < b) || numbers.len() > case.config.arenas as usize {
        return Err(format!("state.tasks: {numbers:?} are out of order or too many"));
    }
    state.tasks.iter().filter_map(Task::loaded).try_for_each(check_loaded)
}

fn check_value(call: &Call, value: &Value) -> Result<(), String> {
    let fits = match (call.gives(), value) {
        (Gives::Bytes, Value::Bytes(bytes)) => {
            matches!(call, Call::MemRead { length, .. } if *length as usize == bytes.len())
        }
        (Gives::Step, Value::Step(step)) => !matches!(step.reason, Reason::Stop(Stop::Budget {})),
        (Gives::Nothing | Gives::Regs, Value::Nothing)
        | (Gives::Number, Value::Number(_))
        | (Gives::Task, Value::Task(_))
        | (Gives::Regs, Value::Regs(_))
        | (Gives::Tasks, Value::Tasks(_)) => true,
        _ => false,
    };
    if fits { Ok(()) } else { Err(format!("{} cannot give {}", call.name(), show::value(value))) }
}

fn check_loaded(task: &Loaded) -> Result<(), String> {
    let number = task.task;
    if task.psw > 15 {
        return Err(format!("state.tasks[{number}].psw: {:#x}", task.psw));
    }
    check_runs_without_zeros(&task.mem, WINDOW.into()).map_err(|why| format!("state.tasks[{number}].{why}"))
}
