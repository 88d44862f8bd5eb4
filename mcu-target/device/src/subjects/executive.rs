//! Subject `executive`: the executive of `vm/executive`, on `vm/minivm`.

use core::cell::RefCell;

use hil_wire::{Cost, Task};
use vectors_executive_wire::{Canary, Case, End, Ended, Item, Limit, PIECE, Played, Profile, Rooms, Script};

use crate::answer::{Answer, MAX_PART};
use crate::hardware::Hardware;
use crate::runner::{Runner, Unread};

/// The number by which frames call it.
pub(super) const NUMBER: u8 = vectors_executive_wire::SUBJECT;

// A piece fits into a part with what stands before it.
const _: () = assert!(PIECE + 16 <= MAX_PART);

/// What the executive needs beside its stack: code and data of tasks.
pub(super) struct Subject(Rooms);

impl Subject {
    pub const fn new() -> Self {
        Subject(Rooms::new())
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
        let rooms = &mut self.0;
        let done = match Profile::of(profile).ok_or(Unread::Profile)? {
            Profile::Reference => run_in(rooms, executive::Reference, task, case, answer),
            Profile::Strict => run_in(rooms, executive::Strict, task, case, answer),
        };
        match done {
            Ok((made, ended)) => answer.finish(made, &End { profile, ended }),
            Err(Some(limit)) => answer.unsupported(limit.number()),
            Err(None) => return Err(Unread::Malformed),
        }
        Ok(())
    }
}

fn run_in<P: executive::Profile, H: Hardware>(
    rooms: &mut Rooms,
    profile: P,
    task: Task,
    case: &[u8],
    answer: &mut Answer<'_, H>,
) -> Result<Played, Option<Limit>> {
    let case: Case<'_> = hil_wire::read(case).map_err(|_| None)?;
    let script = Script::new(case)?;
    match task {
        // A result for each call is all the trace there is.
        Task::Outcome | Task::Trace => {
            let answer = RefCell::new(answer);
            script.play(rooms, profile, &|item| answer.borrow_mut().part(item))
        }
        Task::Canary(number) => {
            let spoiler = Spoiler { canary: Canary::of(number).ok_or(None)?, done: RefCell::new(false) };
            let answer = RefCell::new(answer);
            let tell = |item: &Item<'_>| spoiler.tell(item, &|item| answer.borrow_mut().part(item));
            let (made, mut ended) = script.play(rooms, profile, &tell)?;
            spoiler.end(&mut ended);
            Ok((made, ended))
        }
        Task::Digests { every } => {
            script.follow(rooms, profile, every.max(1), &mut |digest| answer.digest(digest))
        }
        Task::Measure { rounds, steps, .. } => {
            let script = script.first(steps);
            let mut made = Ok(0);
            let (ticks, stack) = answer.measure(&mut || {
                for _ in 0..rounds {
                    made = script.run(rooms, profile);
                }
            });
            answer.cost(Cost { ticks, stack, state: size_of::<Rooms>() as u32 });
            // How a part of a script ends is not asked for.
            script.first(0).play(rooms, profile, &|_| {}).and_then(|(_, ended)| Ok((made?, ended)))
        }
    }
}

/// Makes an outcome wrong in one place.
struct Spoiler {
    canary: Canary,
    done: RefCell<bool>,
}

impl Spoiler {
    /// Tells an item, or what it becomes.
    fn tell(&self, item: &Item<'_>, tell: &dyn Fn(&Item<'_>)) {
        let mut done = self.done.borrow_mut();
        match (self.canary, *item) {
            _ if *done => tell(item),
            (Canary::Output, Item::Gives(_) | Item::Refused(_)) => {
                tell(&Item::Exit(0, 0));
                tell(item);
                *done = true;
            }
            (Canary::Register, Item::Task(mut task)) => {
                task.regs[7] ^= 1 << 16;
                tell(&Item::Task(task));
                *done = true;
            }
            (Canary::Memory, Item::Task(_)) => {
                // An address of memory at which programs rarely have anything: what was sent for it before is replaced.
                tell(&Item::Bytes(&[0xA5]));
                tell(&Item::Memory(0x0555));
                tell(item);
                *done = true;
            }
            _ => tell(item),
        }
    }

    /// Makes the end wrong, if nothing else was.
    fn end(&self, ended: &mut Ended) {
        if *self.done.borrow() {
            return;
        }
        match ended {
            Ended::Raised(raise) => {
                use executive::Raise;
                *raise = if *raise == Raise::BadTarget { Raise::StaleFd } else { Raise::BadTarget };
            }
            Ended::Done(head) if self.canary == Canary::NextPid => head.next_pid ^= 1,
            Ended::Done(head) => head.now ^= 1,
        }
    }
}
