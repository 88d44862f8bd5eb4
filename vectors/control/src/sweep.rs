//! Sweeps: every call with arguments at their edges, in every state of a task and under every policy, enumerated.

use std::collections::BTreeMap;

use itertools::iproduct;

use crate::case::{Call, Case, Config};
use crate::images::{BAD, FAULTS, GOOD, LARGE, LOOP, RETURNS, RICH, TRAPS};

/// Every case of the sweep, always in the same order.
pub fn cases() -> impl Iterator<Item = Case> + Send {
    calls_by_state().chain(configurations()).chain(programs()).chain(rooms()).chain(pieces()).chain(images())
}

fn of(calls: Vec<Call>) -> Case {
    Case { config: Config::default(), calls }
}

fn init(fields: &[(&str, u32)]) -> Call {
    let config: BTreeMap<String, u32> =
        fields.iter().map(|(field, value)| ((*field).to_owned(), *value)).collect();
    Call::Init { config }
}

fn load(program: usize) -> Call {
    Call::Load { image: GOOD[program].clone() }
}

/// What was done before, so that a task is in each state that it can be in, and active or not.
fn states() -> Vec<Vec<Call>> {
    let begin = Call::LoadBegin {};
    let piece = |task: u32, bytes: &[u8]| Call::LoadWrite { task, bytes: bytes.to_vec() };
    let active = |task| Call::SetContext { task };
    let run = Call::Clock { n: 2 };
    vec![
        vec![],
        vec![begin.clone()],
        vec![begin.clone(), piece(0, &GOOD[TRAPS][..40])],
        vec![begin.clone(), piece(0, &GOOD[TRAPS])],
        vec![load(LOOP)],
        vec![load(LOOP), active(0)],
        vec![load(TRAPS), active(0), run.clone()],
        vec![load(FAULTS), active(0), run.clone()],
        vec![load(RETURNS), active(0), run.clone()],
        vec![load(FAULTS), active(0), run.clone(), load(TRAPS), active(1)],
        vec![load(TRAPS), active(0), load(RETURNS), begin],
        vec![load(LOOP), load(TRAPS), active(1), load(FAULTS)],
        vec![load(LOOP), active(0), Call::Unload { task: 0 }],
    ]
}

/// Every call with arguments at their edges.
fn calls() -> Vec<Call> {
    let tasks = [0, 1, 2, u32::MAX];
    let registers = [0, 1, 2, 3, 4, 15, 16, 31, 32, u32::MAX];
    let settings = [
        (0, 0),
        (0, 4),
        (0, 3),
        (0, u32::MAX),
        (1, 0xEFBF),
        (1, 0xEFC0),
        (1, 0xFFC0),
        (1, 0xFFC1),
        (2, 0),
        (2, 15),
        (2, 16),
        (3, 0xFFC0),
        (4, 1),
        (16, 7),
        (31, u32::MAX),
        (32, 0),
    ];
    let ranges =
        [(0, 0), (0, 8), (0x4000, 4), (0xFFBC, 8), (0xFFC0, 64), (0xFFFF, 1), (0xFFFF, 2), (0x1_0000, 0)];
    let beyond = [(0x1_0000, 1), (0x1_0001, 0), (u32::MAX, 0), (u32::MAX, 8)];
    let ranges = || ranges.into_iter().chain(beyond);
    let mut calls = vec![init(&[]), load(TRAPS), Call::LoadBegin {}, Call::Pids {}, Call::Step {}];
    calls.extend([&BAD[0], &BAD[12], &LARGE[0], &LARGE[2]].map(|image| Call::Load { image: image.clone() }));
    let pieces = [&GOOD[TRAPS][..0], &GOOD[TRAPS], &GOOD[TRAPS][40..], b"HSXF"];
    calls.extend(
        iproduct!(tasks, pieces).map(|(task, piece)| Call::LoadWrite { task, bytes: piece.to_vec() }),
    );
    calls.extend(tasks.map(|task| Call::LoadEnd { task }));
    calls.extend(tasks.map(|task| Call::LoadAbort { task }));
    calls.extend(tasks.map(|task| Call::Unload { task }));
    calls.extend(tasks.map(|task| Call::SetContext { task }));
    calls.extend([0, 1, 5].map(|n| Call::Clock { n }));
    calls.extend(registers.map(|reg| Call::RegGet { reg }));
    calls.extend(settings.map(|(reg, value)| Call::RegSet { reg, value }));
    calls.extend(iproduct!(tasks, registers).map(|(task, reg)| Call::RegGetFor { task, reg }));
    calls.extend(iproduct!(tasks, settings).map(|(task, (reg, value))| Call::RegSetFor { task, reg, value }));
    calls.extend(ranges().map(|(address, length)| Call::MemRead { address, length }));
    calls.extend(
        ranges().map(|(address, length)| Call::MemWrite { address, bytes: vec![0xB7; length as usize] }),
    );
    calls.extend([Call::LastPc {}, Call::LastOpcode {}, Call::LastRegs {}]);
    calls
}

/// Every call in every state under every policy, and what the active task does behind it.
fn calls_by_state() -> impl Iterator<Item = Case> + Send {
    iproduct!(0..8u32, states(), calls()).map(|(policy, state, call)| {
        let configured =
            (policy != 0).then(|| init(&[("policy_flags", policy), ("keep_last_regs", policy & 1)]));
        let calls = configured.into_iter().chain(state).chain([call, Call::Pids {}, Call::Step {}]);
        of(calls.collect())
    })
}

/// Every field of `init` at its edges, alone and beside another, before tasks are made and while there are some.
fn configurations() -> impl Iterator<Item = Case> + Send {
    let sizes = [0, 1, 4, 8, 12, 0x1000, 0xBFC0 - 8, 0xBFC0, 0xBFC8, 0xFFFF_FFF8, u32::MAX];
    let counts = [0, 1, 2, 3, 4, 1000];
    let limits = [0, 1, 4, 16, 63, 64, 0x103F, 0x1040, 0x1048, 0xBFFF, 0xC000, 0x1_0000, u32::MAX];
    let mut fields: Vec<(&str, u32)> = vec![("colour", 5), ("keep_last_regs", 2), ("policy_flags", u32::MAX)];
    fields.extend(counts.map(|value| ("autorun_quanta", value)));
    fields.extend(counts.map(|value| ("limits.max_pids", value)));
    fields.extend(limits.map(|value| ("limits.code_max", value)));
    fields.extend(limits.map(|value| ("limits.data_max", value)));
    fields.extend(sizes.map(|value| ("stack_size_bytes", value)));
    fields.extend(sizes.map(|value| ("heap_size_bytes", value)));
    let others = [
        ("code_line_bytes", 256),
        ("limits.data_max", 0x2000),
        ("heap_size_bytes", 0x100),
        ("stack_size_bytes", 8),
    ];
    let before = [vec![], vec![load(LOOP), Call::SetContext { task: 0 }, Call::Step {}, Call::LoadBegin {}]];
    iproduct!(before, fields, others).map(|(before, field, other)| {
        let after = [
            init(&[other, field]),
            load(4),
            Call::SetContext { task: before.len() as u32 / 2 },
            Call::Step {},
        ];
        of(before
            .into_iter()
            .chain(after)
            .chain([Call::Pids {}, Call::LastRegs {}, load(3), load(3), Call::LoadBegin {}, load(3)])
            .collect())
    })
}

/// Every program for so many instructions, with and without what `init` can change of it.
fn programs() -> impl Iterator<Item = Case> + Send {
    let stacks = [8u32, 0x1000];
    let counts = [0u32, 1, 2, 3, 4, 5, 7, 32, 40];
    iproduct!(0..GOOD.len(), 0..2u32, [1u32, 3], stacks, counts).map(|(program, keep, quanta, stack, n)| {
        let config = init(&[
            ("keep_last_regs", keep),
            ("autorun_quanta", quanta),
            ("stack_size_bytes", stack),
            ("policy_flags", 4),
        ]);
        let run = [load(program), Call::SetContext { task: 0 }, Call::Clock { n }, Call::Step {}];
        let look = [
            Call::LastPc {},
            Call::LastOpcode {},
            Call::LastRegs {},
            Call::RegSet { reg: 0, value: 4 },
            Call::Step {},
        ];
        of([config].into_iter().chain(run).chain(look).chain([Call::LastRegs {}]).collect())
    })
}

/// Good images in rooms that are just large enough, and just too small.
fn rooms() -> impl Iterator<Item = Case> + Send {
    let sizes = [0u32, 4, 8, 11, 12, 16, 24, 42, 45, 46, 256, 260, 512, 0x1_0000];
    let images: Vec<Vec<u8>> = RICH.iter().chain(LARGE.iter()).cloned().collect();
    iproduct!(images, sizes, sizes, [1u32, 4]).map(|(image, code, metadata, arenas)| {
        let calls = vec![
            Call::Load { image: image.clone() },
            Call::LoadBegin {},
            Call::LoadWrite { task: 0, bytes: image.clone() },
            Call::LoadWrite { task: 1, bytes: image },
            Call::LoadEnd { task: 1 },
            Call::Pids {},
        ];
        Case { config: Config { arenas, code, metadata }, calls }
    })
}

/// Every image in pieces, cut at every few bytes.
fn pieces() -> impl Iterator<Item = Case> + Send {
    let images: Vec<Vec<u8>> = RICH.iter().chain(BAD.iter()).chain(LARGE.iter()).cloned().collect();
    images.into_iter().flat_map(|image| {
        let cuts: Vec<usize> = (0..=image.len()).step_by(5).chain([31, 32, 33, 95, 96, 97]).collect();
        cuts.into_iter().filter(|&cut| cut <= image.len()).collect::<Vec<_>>().into_iter().map(move |cut| {
            let (first, second) = image.split_at(cut);
            of(streamed([first, second]))
        })
    })
}

fn streamed<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Call> {
    let writes = pieces.into_iter().map(|piece| Call::LoadWrite { task: 0, bytes: piece.to_vec() });
    let end = [Call::LoadEnd { task: 0 }, Call::SetContext { task: 0 }, Call::Step {}];
    [Call::LoadBegin {}].into_iter().chain(writes).chain(end).collect()
}

/// Images of the loader's own sweep, whole and in its pieces.
fn images() -> impl Iterator<Item = Case> + Send {
    vectors_hxe::sweep::cases().step_by(9).filter(|case| case.chunks.len() < 70).map(|case| {
        if case.chunks.is_empty() {
            of(vec![Call::Load { image: case.image }, Call::SetContext { task: 0 }, Call::Step {}])
        } else {
            of(streamed(case.pieces()))
        }
    })
}
