//! Calls on an executive, one after the other.

use executive::host::{CommandCall, HostMessage};
use executive::{Error, Executive, Profile, Raise, System};

use crate::case::{Call, Case, MAX_TURNS};
use crate::digest::Digest;
use crate::outcome::{Ended, Given, Item, Limit, PIECE};
use crate::rooms::{PAYLOAD, Rooms, Session, Tell, tell_bytes};
use crate::state;

/// Bytes of data memory.
const MEMORY: usize = minivm::memory::SIZE;

/// A script that is played call by call.
///
/// The rooms lie on the stack of each of its functions, so none of them is made a part of its caller, which would then have
/// them twice.
#[derive(Clone, Copy, Debug)]
pub struct Script<'c> {
    case: Case<'c>,
    /// The most calls that are made.
    most: usize,
}

/// How far a script has come, and how it ended there.
pub type Played = (u32, Ended);

/// Why a script goes no further.
enum Stop {
    Raised(Raise),
    Lacks(Limit),
}

impl<'c> Script<'c> {
    /// The script of a case, if the chip can play that many turns.
    ///
    /// # Errors
    /// It cannot, or nothing if a call cannot be read.
    pub fn new(case: Case<'c>) -> Result<Self, Option<Limit>> {
        let mut turns = 0;
        for call in case.calls.iter() {
            if let Call::Step { n, .. } = call.map_err(|_| None)? {
                turns += u64::from(n);
            }
        }
        if turns > MAX_TURNS { Err(Some(Limit::Turns)) } else { Ok(Script { case, most: usize::MAX }) }
    }

    /// So many of its calls at most.
    pub fn first(self, most: u32) -> Self {
        Script { most: most as usize, ..self }
    }

    /// Plays it, and tells what each call gives and the state that they leave.
    ///
    /// # Errors
    /// What there is no room for; nothing if the case cannot be read.
    #[inline(never)]
    pub fn play<P: Profile>(
        &self,
        rooms: &mut Rooms,
        profile: P,
        tell: Tell<'_>,
    ) -> Result<Played, Option<Limit>> {
        rooms.with(profile, &self.case, tell, |it| {
            let (made, raised) = self.make_all(it, |_, _| {})?;
            let done = || Ended::Done(state::tell(it, profile, tell));
            Ok((made, raised.map_or_else(done, Ended::Raised)))
        })?
    }

    /// Plays it and digests all that it tells and its state after every `every` calls, at least 1, and at the end.
    ///
    /// # Errors
    /// As [`Script::play`].
    #[inline(never)]
    pub fn follow<P: Profile>(
        &self,
        rooms: &mut Rooms,
        profile: P,
        every: u32,
        digested: &mut dyn FnMut(u64),
    ) -> Result<Played, Option<Limit>> {
        let digest = Digest::default();
        let tell = |item: &Item<'_>| digest.add(item);
        rooms.with(profile, &self.case, &tell, |it| {
            let (made, raised) = self.make_all(it, |it, made| {
                if made % every == 0 {
                    digest.add(&state::tell(it, profile, &tell));
                    digested(digest.value());
                }
            })?;
            let ended = match raised {
                Some(raise) => Ended::Raised(raise),
                None => Ended::Done(state::tell(it, profile, &tell)),
            };
            if made % every != 0 || raised.is_some() {
                digest.add(&ended);
                digested(digest.value());
            }
            Ok((made, ended))
        })?
    }

    /// Makes the calls and nothing else.
    ///
    /// # Errors
    /// As [`Script::play`].
    #[inline(never)]
    pub fn run<P: Profile>(&self, rooms: &mut Rooms, profile: P) -> Result<u32, Option<Limit>> {
        rooms.with(profile, &self.case, &|_| {}, |it| Ok(self.make_all(it, |_, _| {})?.0))?
    }

    /// Makes the calls; `then` may look after each. Says how many have given something, and what the next one raised.
    fn make_all<P: Profile>(
        &self,
        it: &mut Session<'_, P>,
        mut then: impl FnMut(&Session<'_, P>, u32),
    ) -> Result<(u32, Option<Raise>), Option<Limit>> {
        let tell = it.devices_mut().0;
        let mut made = 0;
        for call in self.case.calls.iter().map_while(Result::ok).take(self.most) {
            match make(it, &call, tell) {
                Ok(()) => {}
                Err(Stop::Lacks(limit)) => return Err(Some(limit)),
                Err(Stop::Raised(raise)) => return Ok((made, Some(raise))),
            }
            made += 1;
            then(it, made);
        }
        Ok((made, None))
    }
}

/// Makes a call and tells what it gives.
fn make<S: System, const N: usize>(
    it: &mut Executive<'_, S, N>,
    call: &Call<'_>,
    tell: Tell<'_>,
) -> Result<(), Stop> {
    let mut buffer = [0; PAYLOAD];
    let given = match call {
        // Its name lives in what it gives.
        Call::Load(image) => it.load(image).map(|loaded| (loaded.pid, Some(loaded.name), Given::Nothing)),
        _ => carry_out(it, call, &mut buffer, tell).map(|given| (0, None, given)),
    };
    if let Some(shortage) = it.shortage() {
        return Err(Stop::Lacks(shortage.into()));
    }
    if let Some(raise) = it.raised() {
        return Err(Stop::Raised(raise));
    }
    match given {
        Ok((pid, Some(name), _)) => tell(&Item::Gives(Given::Loaded(pid, &name))),
        Ok((_, None, given)) => tell(&Item::Gives(given)),
        Err(error) => tell(&Item::Refused(error)),
    }
    Ok(())
}

fn carry_out<S: System, const N: usize>(
    it: &mut Executive<'_, S, N>,
    call: &Call<'_>,
    buffer: &mut [u8],
    tell: Tell<'_>,
) -> Result<Given<'static>, Error> {
    let done = |()| Given::Nothing;
    let number = |number: u32| tell(&Item::Number(number));
    Ok(match *call {
        Call::Load(_) => Given::Nothing,
        Call::Step { n, pid } => Given::Step(it.step(n, pid)),
        Call::Advance { ms } => {
            it.set_time(it.now() + u64::from(ms));
            Given::Nothing
        }
        Call::Pause { pid } => it.pause(pid).map(done)?,
        Call::Resume { pid } => it.resume(pid).map(done)?,
        Call::Kill { pid } => it.kill(pid).map(done)?,
        Call::Sched { pid, priority, quantum } => it.schedule(pid, priority, quantum).map(done)?,
        Call::RegGet { pid, reg } => Given::Number(it.register(pid, reg)?),
        Call::RegSet { pid, reg, value } => it.set_register(pid, reg, value).map(done)?,
        Call::Peek { pid, address, length } => {
            let end = MEMORY.min(usize::from(address).saturating_add(length as usize));
            // With no bytes it still says whether there is such a task.
            it.peek(pid, address, &mut [])?;
            for at in (usize::from(address)..end).step_by(PIECE) {
                let piece = &mut buffer[..PIECE.min(end - at)];
                it.peek(pid, at as u16, piece)?;
                tell(&Item::Bytes(piece));
            }
            Given::Bytes
        }
        Call::Poke { pid, address, bytes } => {
            let room = MEMORY - usize::from(address);
            it.poke(pid, address, &bytes[..bytes.len().min(room)]).map(done)?
        }
        Call::MailboxOpen { pid, target } => Given::Opened(it.mailbox_open(pid, target)?),
        Call::MailboxClose { pid, handle } => it.mailbox_close(pid, handle.into()).map(done)?,
        Call::MailboxBind { pid, target, capacity, mode } => {
            Given::Bound(it.mailbox_bind(pid, target, capacity, mode)?)
        }
        Call::MailboxSend { pid, handle, target, flags, channel, data } => {
            let message = HostMessage { data, flags, channel };
            let sent = it.mailbox_send(pid, handle.map(u32::from), target, message)?;
            Given::Sent(sent.taken, sent.length, sent.descriptor)
        }
        Call::MailboxReceive { pid, handle, max } => {
            // No message is longer than the buffer.
            let length = buffer.len().min(max.into());
            match it.mailbox_receive(pid, handle.into(), &mut buffer[..length])? {
                None => Given::NoMessage,
                Some(received) => {
                    tell_bytes(tell, &buffer[..received.length]);
                    Given::Received(received.flags, received.channel, received.src)
                }
            }
        }
        Call::MailboxPeek { pid, handle } => Given::Peek(it.mailbox_peek(pid, handle.into())?),
        Call::MailboxTap { pid, handle, enable } => it.mailbox_tap(pid, handle.into(), enable).map(done)?,
        Call::MailboxStdio { stream, mode, update } => {
            it.mailbox_stdio(stream.into(), mode, update, number)?;
            Given::Updated
        }
        Call::ValueGet { oid, pid } => value(it.value(oid, pid)),
        Call::ValueSet { oid, f16, pid } => value(it.set_value_as(oid, f16, pid)),
        Call::ValueList { pid, group } => {
            it.value_oids(pid, group).for_each(|oid| number(oid.into()));
            Given::Oids
        }
        Call::CommandList { pid, group } => {
            it.command_oids(pid, group).for_each(|oid| number(oid.into()));
            Given::Oids
        }
        Call::CommandCall { oid, pid, waits } => {
            let (status, result) = it.call_command_as(CommandCall { oid, pid, token: None, waits });
            Given::Command(status.code(), result)
        }
    })
}

fn value(value: Result<u16, executive::registry::Status>) -> Given<'static> {
    value.map_or_else(|status| Given::Status(status.code()), Given::Value)
}
