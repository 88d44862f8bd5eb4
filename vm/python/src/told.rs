//! What the executive tells, as objects of Python.

use executive::Event;
use executive::event::CommandResult;
use executive::hal::record::Io;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use pythonize::pythonize;

/// Something that a device was told: which device, the task, a number that belongs to it, bytes.
pub type IoParts<'py> = (&'static str, u16, u32, Bound<'py, PyBytes>);

/// What a device was told.
pub fn told<'py>(py: Python<'py>, io: &Io) -> IoParts<'py> {
    match io {
        Io::Uart { pid, data } => ("uart", *pid, 0, PyBytes::new(py, data)),
        Io::Can { pid, id, data } => ("can", *pid, (*id).into(), PyBytes::new(py, data)),
        Io::Exit { pid, code } => ("exit", *pid, *code, PyBytes::new(py, b"")),
    }
}

/// The type of an event, and its fields by name.
pub fn event<'py>(py: Python<'py>, event: &Event) -> PyResult<(&'static str, Bound<'py, PyDict>)> {
    // Of an event the name of its variant is the only key.
    let tagged = pythonize(py, event)?.cast_into::<PyDict>()?;
    let fields = tagged.values().get_item(0)?.cast_into::<PyDict>()?;
    match *event {
        Event::Faulted { fault, .. } => fields.set_item("fault", fault.name())?,
        Event::Backpressure { policy, .. } => fields.set_item("policy", policy.name())?,
        Event::CommandCompleted { result, .. } => {
            let call = fields.get_item("call")?.map(|call| call.cast_into::<PyDict>()).transpose()?;
            fields.del_item("call")?;
            call.map_or(Ok(()), |call| fields.update(call.as_mapping()))?;
            fields.set_item("result", number(result))?;
        }
        _ => {}
    }
    Ok((event.name(), fields))
}

/// The number that a command came to, if it came to one.
pub fn number(result: CommandResult) -> Option<i64> {
    match result {
        CommandResult::Integer(number) => Some(number),
        CommandResult::Nothing | CommandResult::Fail => None,
    }
}
