//! Making a script smaller while it still shows what it shows.

use minivm::hxe::{ImageParts, seal, write};

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
        Call::Load { image } => images(image).into_iter().map(|image| Call::Load { image }).collect(),
        Call::LoadWrite { task, bytes } => {
            let pieces = images(bytes).into_iter().map(|bytes| Call::LoadWrite { task: *task, bytes });
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

/// Parts of the bytes, and the bytes with zeros in them.
fn shorter(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let length = bytes.len();
    for size in
        std::iter::successors(Some(length), |size| Some(size / 2)).take_while(|&size| size > 0).take(6)
    {
        for start in (0..length).step_by(size).rev().take(32) {
            let end = (start + size).min(length);
            found.push([&bytes[..start], &bytes[end..]].concat());
            if bytes[start..end].iter().any(|&byte| byte != 0) {
                let mut zeros = bytes.to_vec();
                zeros[start..end].fill(0);
                found.push(zeros);
            }
        }
    }
    found
}

/// Shorter images: valid ones with less in them if this one can be taken apart, then its parts.
fn images(image: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    if let Some(parts) = parts(image) {
        let words = parts.code.len() / 4;
        let plain =
            ImageParts { code: parts.code.clone(), entry: parts.entry, version: 1, ..ImageParts::default() };
        found.push(write(&plain));
        found.push(write(&ImageParts { code: vec![0; 4], version: 1, ..ImageParts::default() }));
        for size in [words / 2, 1] {
            for start in (0..words).step_by(size.max(1)).rev() {
                let mut code = parts.code.clone();
                code.drain(4 * start..(4 * (start + size)).min(code.len()));
                found.push(write(&ImageParts { code, ..parts.clone() }));
                let mut code = parts.code.clone();
                code[4 * start..(4 * (start + size)).min(4 * words)].fill(0);
                found.push(write(&ImageParts { code, ..parts.clone() }));
            }
        }
        found.push(write(&ImageParts { entry: 0, ..parts.clone() }));
        found.push(write(&ImageParts { bss_size: 0, ..parts.clone() }));
        found.push(write(&ImageParts { rodata: Vec::new(), ..parts.clone() }));
    }
    for part in shorter(image) {
        let mut sealed = part.clone();
        seal(&mut sealed);
        found.push(sealed);
        found.push(part);
    }
    found.retain(|candidate| weight(candidate) < weight(image));
    found
}

/// What an image without metadata is made of; `None` if it is none.
fn parts(image: &[u8]) -> Option<ImageParts> {
    let word = |at: usize| Some(u32::from_be_bytes(image.get(at..at + 4)?.try_into().ok()?));
    let header = if image.get(5)? == &2 { 96 } else { 32 };
    let [code, rodata] = [word(12)? as usize, word(16)? as usize];
    let behind = image.get(header..).filter(|behind| behind.len() >= code.saturating_add(rodata))?;
    let (code, behind) = behind.split_at(code);
    Some(ImageParts {
        version: 1,
        entry: word(8)?,
        code: code.to_vec(),
        rodata: behind[..rodata].to_vec(),
        bss_size: word(20)?,
        ..ImageParts::default()
    })
}

/// Shorter is simpler, and so are zeros outside the CRC, which is as it must be.
fn weight(image: &[u8]) -> (usize, usize) {
    let used = image.iter().enumerate().filter(|(at, byte)| !(28..32).contains(at) && **byte != 0);
    (image.len(), used.count())
}
