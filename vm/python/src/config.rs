//! How an executive is set up, as the package says it.

use executive::Config;
use executive::SwitchSet;
use executive::scheduler::AnyPolicy;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The most tasks that there can be.
pub const TASKS: usize = 64;

/// The fields of a configuration, but for the token.
pub type ConfigParts = (u32, u32, u32, u16, u32, bool, usize, u64, u32, u32);

/// A configuration as its fields.
pub fn parts_of(config: &Config<'_>) -> ConfigParts {
    let Config {
        descriptors,
        handles,
        host_handles,
        capacity,
        tap_rate,
        libm,
        pin: _,
        tasks,
        start,
        queued,
        pending,
    } = *config;
    (descriptors, handles, host_handles, capacity, tap_rate, libm, tasks, start, queued, pending)
}

/// A configuration of fields that make sense.
pub fn config(parts: ConfigParts) -> PyResult<Config<'static>> {
    let (descriptors, handles, host_handles, capacity, tap_rate, libm, tasks, start, queued, pending) = parts;
    let at_least_one = [
        ("descriptors", u64::from(descriptors)),
        ("handles", handles.into()),
        ("host_handles", host_handles.into()),
        ("capacity", capacity.into()),
        ("tasks", tasks as u64),
        ("start", start),
    ];
    if let Some((name, _)) = at_least_one.into_iter().find(|(_, value)| *value == 0) {
        return Err(PyValueError::new_err(format!("{name} cannot be 0")));
    }
    if tasks > TASKS {
        return Err(PyValueError::new_err(format!("there can be 1 to {TASKS} tasks, not {tasks}")));
    }
    Ok(Config {
        descriptors,
        handles,
        host_handles,
        capacity,
        tap_rate,
        libm,
        pin: None,
        tasks,
        start,
        queued,
        pending,
    })
}

/// The profile of this name.
pub fn profile(name: &str) -> PyResult<SwitchSet> {
    match name {
        "reference" => Ok(SwitchSet::REFERENCE),
        "strict" => Ok(SwitchSet::STRICT),
        _ => Err(PyValueError::new_err(format!("there is no profile {name:?}: reference or strict"))),
    }
}

/// The policy of this name.
pub fn policy(name: &str) -> PyResult<AnyPolicy> {
    match name {
        "instruction" => Ok(AnyPolicy::Instruction),
        "cooperative" => Ok(AnyPolicy::Cooperative),
        "preemptive" => Ok(AnyPolicy::Preemptive),
        _ => {
            let text = format!("there is no policy {name:?}: instruction, cooperative or preemptive");
            Err(PyValueError::new_err(text))
        }
    }
}
