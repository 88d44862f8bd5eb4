//! Subject `cockpit`: the VM of `vm/cockpit`, with devices that answer what the case says.

mod compiled;

use cockpit::vm::MAX_STRINGS;
use cockpit::{Program, Run, State};
use compiled::Compiled;
use hil_wire::{Cost, Task};
use vectors_cockpit_wire::{
    Board, CELL, Call, Canary, Case, End, Item, Limit, MAX_STEPS, Outside, Profile, Stop, Text, digest, read_cells,
    write_cells,
};

use crate::answer::{Answer, MAX_PART};
use crate::hardware::Hardware;
use crate::runner::{Runner, Unread};

/// The number by which frames call it.
pub(super) const NUMBER: u8 = vectors_cockpit_wire::SUBJECT;

/// Cells of the stack in one item; an array has no more elements either.
const RUN: usize = cockpit::arrays::MAX_LENGTH;
const _: () = assert!(RUN * CELL + 16 <= MAX_PART);

/// What the VM needs to run.
pub(super) struct Subject {
    state: State,
}

impl Subject {
    pub const fn new() -> Self {
        Subject { state: State::new() }
    }
}

impl<H: Hardware> Runner<H> for Subject {
    fn run(
        &mut self,
        profile: u8,
        task: Task,
        case: &[u8],
        answer: &mut Answer<'_, H>,
    ) -> Result<(), Unread> {
        match Profile::of(profile).ok_or(Unread::Profile)? {
            Profile::Head => self.run_in::<cockpit::Head, H>(task, case, answer),
            Profile::Plan => self.run_in::<cockpit::Plan, H>(task, case, answer),
        }
    }
}

impl Subject {
    fn run_in<P: Compiled, H: Hardware>(
        &mut self,
        task: Task,
        case: &[u8],
        answer: &mut Answer<'_, H>,
    ) -> Result<(), Unread> {
        let mut case: Case<'_> = hil_wire::read(case)?;
        let canary = match task {
            Task::Canary(number) => Some(Canary::of(number).ok_or(Unread::Malformed)?),
            _ => None,
        };
        if let Task::Measure { steps, .. } = task {
            case.max_steps = steps;
        }
        let state = &mut self.state;
        let mut texts = [&[][..]; MAX_STRINGS];
        if let Some(limit) = prepare(&case, state, &mut texts)? {
            answer.unsupported(limit.number());
            return Ok(());
        }
        let count = case.strings.iter().count();
        let program = Program { code: case.code.as_chunks().0, strings: &texts[..count] };
        let run = match task {
            Task::Outcome | Task::Canary(_) | Task::Trace => {
                let mut send = |call: &Call<'_>| answer.part(&Item::Call(*call));
                P::run(program, state, &mut board(&case, &mut send)?, case.max_steps)
            }
            Task::Digests { every } => digested::<P, H>(program, (&case, every.max(1)), state, answer)?,
            Task::Measure { rounds, .. } => measured::<P, H>(program, (&case, rounds), state, answer)?,
        };
        if let Some(canary) = canary {
            spoil(canary, state, answer);
        }
        if matches!(task, Task::Outcome | Task::Canary(_) | Task::Trace) {
            send_state(state, answer);
        }
        answer.finish(run.steps, &End { stop: run.stop.map(Stop::of), pc: state.pc });
        Ok(())
    }
}

/// Puts everything into the starting state. Gives what there is too little of.
fn prepare<'a>(
    case: &Case<'a>,
    state: &mut State,
    texts: &mut [&'a [u8]; MAX_STRINGS],
) -> Result<Option<Limit>, Unread> {
    if case.max_steps > MAX_STEPS {
        return Ok(Some(Limit::Steps));
    }
    Ok(fill(case, state, texts)?.is_none().then_some(Limit::State))
}

/// The starting state of the case; `None` if it has what no machine has.
fn fill<'a>(
    case: &Case<'a>,
    state: &mut State,
    texts: &mut [&'a [u8]; MAX_STRINGS],
) -> Result<Option<()>, Unread> {
    state.pc = case.pc;
    state.globals.fill(0);
    state.pins.fill(0);
    state.arrays = cockpit::Arrays::new();
    while state.stack.pop().is_ok() {}
    for cell in read_cells(case.stack) {
        if state.stack.push(cell).is_err() {
            return Ok(None);
        }
    }
    for global in case.globals.iter() {
        let (number, value) = global?;
        let Some(slot) = state.globals.get_mut(usize::from(number)) else { return Ok(None) };
        *slot = value;
    }
    for array in case.arrays.iter() {
        let (number, Text(bytes)) = array?;
        let elements = read_cells(bytes);
        let Ok(array) = state.arrays.create(number.into(), elements.len()) else { return Ok(None) };
        array.iter_mut().zip(elements).for_each(|(slot, element)| *slot = element);
    }
    for (at, text) in case.strings.iter().enumerate() {
        let Some(slot) = texts.get_mut(at) else { return Ok(None) };
        *slot = text?.0;
    }
    for pin in case.pins.iter() {
        let (pin, mode) = pin?;
        let Some(slot) = state.pins.get_mut(usize::from(pin)) else { return Ok(None) };
        *slot = mode;
    }
    Ok(Some(()))
}

/// The devices of the case. What no machine has is passed over.
fn board<'b>(case: &Case<'_>, done: &'b mut dyn FnMut(&Call<'_>)) -> Result<Board<'b>, Unread> {
    let mut board = Board { millis: case.millis, micros: case.micros, ..Board::new(done) };
    for entry in case.digital.iter() {
        let (pin, level) = entry?;
        board.digital.get_mut(usize::from(pin)).into_iter().for_each(|slot| *slot = level != 0);
    }
    for entry in case.analog.iter() {
        let (pin, sample) = entry?;
        board.analog.get_mut(usize::from(pin)).into_iter().for_each(|slot| *slot = sample);
    }
    for entry in case.buttons.iter() {
        let (button, held) = entry?;
        board.buttons[usize::from(button)] = held != 0;
    }
    Ok(board)
}

fn digested<P: Compiled, H: Hardware>(
    program: Program<'_>,
    (case, every): (&Case<'_>, u32),
    state: &mut State,
    answer: &mut Answer<'_, H>,
) -> Result<Run, Unread> {
    let mut whole = Run { steps: 0, stop: None };
    let (mut last, mut outside) = (0, Outside::default());
    while whole.stop.is_none() && whole.steps < case.max_steps {
        let mut note = |call: &Call<'_>| outside.add(call);
        let mut board = board(case, &mut note)?;
        let run = P::run(program, state, &mut board, every.min(case.max_steps - whole.steps));
        whole = Run { steps: whole.steps + run.steps, stop: run.stop };
        last = digest(last, state, outside);
        answer.digest(last);
    }
    Ok(whole)
}

/// Every round begins with the starting state; putting it there takes as long if no step follows.
fn measured<P: Compiled, H: Hardware>(
    program: Program<'_>,
    (case, rounds): (&Case<'_>, u16),
    state: &mut State,
    answer: &mut Answer<'_, H>,
) -> Result<Run, Unread> {
    let mut run = Run { steps: 0, stop: None };
    let mut nothing = |_: &Call<'_>| {};
    let mut board = board(case, &mut nothing)?;
    let mut texts = [&[][..]; MAX_STRINGS];
    let (ticks, stack) = answer.measure(&mut || {
        for _ in 0..rounds {
            // That it can be read was seen before.
            let _ = fill(case, state, &mut texts);
            run = P::run(program, state, &mut board, case.max_steps);
        }
    });
    answer.cost(Cost { ticks, stack, state: size_of::<State>() as u32 });
    Ok(run)
}

fn send_state<H: Hardware>(state: &State, answer: &mut Answer<'_, H>) {
    let mut bytes = [0; RUN * CELL];
    for cells in state.stack.as_slice().chunks(RUN) {
        answer.part(&Item::Cells(write_cells(cells, &mut bytes)));
    }
    for global in (0..).zip(state.globals).filter(|(_, value)| *value != 0) {
        answer.part(&Item::Global(global));
    }
    for (number, elements) in state.arrays.iter() {
        answer.part(&Item::Array(number as u8, write_cells(elements, &mut bytes)));
    }
    for pin in (0..).zip(state.pins).filter(|(_, mode)| *mode != 0) {
        answer.part(&Item::Pin(pin));
    }
}

/// Makes the outcome wrong in one place.
fn spoil<H: Hardware>(canary: Canary, state: &mut State, answer: &mut Answer<'_, H>) {
    match canary {
        Canary::Stack => match state.stack.below_top(0) {
            Ok(top) => *top ^= 1,
            // A cell where none was.
            Err(_) => drop(state.stack.push(1)),
        },
        Canary::Global => state.globals[33] ^= 1 << 16,
        Canary::Array => match state.arrays.get_mut(7) {
            Some(elements) => elements[0] ^= 1,
            None => drop(state.arrays.create(7, 1)),
        },
        Canary::Pin => state.pins[11] ^= 2,
        Canary::Pc => state.pc ^= 1,
        Canary::Call => answer.part(&Item::Call(Call::Delay(1))),
    }
}
