//! Making a script smaller while it still shows what it shows.

use vectors_hxe::{shorter, simpler_images};

use crate::case::{Call, Case, Config};
use crate::native::NativePlane;
use crate::outcome::{CallResult, Value};

/// The script without the calls that make a task and those that name it. Numbers of later tasks move up. An image that
/// came in pieces comes as a whole.
pub(crate) fn without_a_task(case: &Case) -> Vec<Case> {
    let results = NativePlane::default().play(case).results;
    let created: Vec<(usize, u32)> = results
        .iter()
        .enumerate()
        .filter_map(|(at, result)| match result {
            CallResult::Ok(Value::Task(created)) => Some((at, created.task)),
            _ => None,
        })
        .collect();
    let with = |calls: Vec<Call>| Case { config: case.config.clone(), calls };
    let mut found: Vec<Case> = created
        .iter()
        .map(|&(maker, gone)| {
            let kept =
                case.calls.iter().enumerate().filter(|&(at, _)| at != maker).map(|(_, call)| call.clone());
            with(kept.filter_map(|call| renumbered(call, gone)).collect())
        })
        .collect();
    found.extend(
        created.iter().filter_map(|&(maker, task)| Some(with(in_one_piece(&case.calls, maker, task)?))),
    );
    found
}

/// The call if task `gone` was never made; `None` if it names that one.
fn renumbered(mut call: Call, gone: u32) -> Option<Call> {
    match call.task_mut() {
        Some(task) if *task == gone => return None,
        Some(task) if *task > gone => *task -= 1,
        _ => {}
    }
    Some(call)
}

/// The calls with one `load` in place of all that load a task in pieces; `None` if it does not come in pieces.
fn in_one_piece(calls: &[Call], maker: usize, wanted: u32) -> Option<Vec<Call>> {
    if !matches!(calls[maker], Call::LoadBegin {}) {
        return None;
    }
    let mut image = Vec::new();
    let mut kept = Vec::new();
    for call in calls {
        match call {
            Call::LoadWrite { task, bytes } if *task == wanted => image.extend(bytes),
            Call::LoadEnd { task } if *task == wanted => {}
            call => kept.push(call.clone()),
        }
    }
    // Where it begins: what comes before it is kept, as calls that name a task stand behind the one that makes it.
    kept[maker] = Call::Load { image };
    Some(kept)
}

/// Calls that are a little simpler.
pub(crate) fn calls(call: &Call) -> Vec<Call> {
    match call {
        Call::Init { config } => {
            let without = config.keys().map(|field| {
                let mut config = config.clone();
                config.remove(field);
                Call::Init { config }
            });
            let plainer = config.iter().flat_map(|(field, &value)| {
                smaller(value).into_iter().map(|value| {
                    let mut config = config.clone();
                    config.insert(field.clone(), value);
                    Call::Init { config }
                })
            });
            without.chain(plainer).collect()
        }
        Call::Load { image } => simpler_images(image).into_iter().map(|image| Call::Load { image }).collect(),
        Call::LoadWrite { task, bytes } => {
            let pieces =
                simpler_images(bytes).into_iter().map(|bytes| Call::LoadWrite { task: *task, bytes });
            pieces
                .chain(smaller(*task).into_iter().map(|task| Call::LoadWrite { task, bytes: bytes.clone() }))
                .collect()
        }
        Call::LoadEnd { task } => smaller(*task).into_iter().map(|task| Call::LoadEnd { task }).collect(),
        Call::LoadAbort { task } => smaller(*task).into_iter().map(|task| Call::LoadAbort { task }).collect(),
        Call::Unload { task } => smaller(*task).into_iter().map(|task| Call::Unload { task }).collect(),
        Call::SetContext { task } => {
            smaller(*task).into_iter().map(|task| Call::SetContext { task }).collect()
        }
        // A step is the plainest way to run a task.
        Call::Clock { n } => {
            let fewer = smaller(*n).into_iter().map(|n| Call::Clock { n });
            std::iter::once(Call::Step {}).chain(fewer).collect()
        }
        &Call::RegGet { reg } => smaller(reg).into_iter().map(|reg| Call::RegGet { reg }).collect(),
        &Call::RegSet { reg, value } => {
            let values = smaller(value).into_iter().map(|value| Call::RegSet { reg, value });
            values.chain(smaller(reg).into_iter().map(|reg| Call::RegSet { reg, value })).collect()
        }
        &Call::RegGetFor { task, reg } => {
            let tasks = smaller(task).into_iter().map(|task| Call::RegGetFor { task, reg });
            let regs = smaller(reg).into_iter().map(|reg| Call::RegGetFor { task, reg });
            std::iter::once(Call::RegGet { reg }).chain(tasks).chain(regs).collect()
        }
        &Call::RegSetFor { task, reg, value } => {
            let tasks = smaller(task).into_iter().map(|task| Call::RegSetFor { task, reg, value });
            let regs = smaller(reg).into_iter().map(|reg| Call::RegSetFor { task, reg, value });
            let values = smaller(value).into_iter().map(|value| Call::RegSetFor { task, reg, value });
            std::iter::once(Call::RegSet { reg, value }).chain(tasks).chain(values).chain(regs).collect()
        }
        &Call::MemRead { address, length } => {
            let lengths = smaller(length).into_iter().map(|length| Call::MemRead { address, length });
            lengths
                .chain(smaller(address).into_iter().map(|address| Call::MemRead { address, length }))
                .collect()
        }
        Call::MemWrite { address, bytes } => {
            let data = shorter(bytes).into_iter().map(|bytes| Call::MemWrite { address: *address, bytes });
            let places = smaller(*address).into_iter();
            data.chain(places.map(|address| Call::MemWrite { address, bytes: bytes.clone() })).collect()
        }
        Call::LoadBegin {}
        | Call::Pids {}
        | Call::Step {}
        | Call::LastPc {}
        | Call::LastOpcode {}
        | Call::LastRegs {} => Vec::new(),
    }
}

/// The default, if this is another one, and the default in one part.
pub(crate) fn configs(config: &Config) -> Vec<Config> {
    let plain = Config::default();
    let mut found = vec![
        plain.clone(),
        Config { arenas: plain.arenas, ..config.clone() },
        Config { code: plain.code, ..config.clone() },
        Config { metadata: plain.metadata, ..config.clone() },
    ];
    found.retain(|candidate| candidate != config);
    found
}

/// Smaller numbers, the smallest first.
fn smaller(value: u32) -> Vec<u32> {
    let mut found = vec![0, 1, value / 2, value & value.wrapping_sub(1), value.saturating_sub(1)];
    found.retain(|&plainer| plainer < value);
    found.dedup();
    found
}
