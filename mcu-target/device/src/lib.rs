//! The chip's side of the link: requests in, outcomes out.
//!
//! Everything of the firmware that is not the chip itself, so that it also runs on a host, behind a simulated line. A
//! [`Device`] reads requests and hands each case to the [`Runner`] of its subject; a runner is a module of `subjects`. It
//! survives whatever arrives: bytes that are no frame, frames that are no request and cases that do not fit are
//! answered with what is wrong with them, and the next frame is served.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "host")]
extern crate alloc;

mod answer;
#[cfg(feature = "host")]
pub mod host;
mod receiver;
mod subjects;

pub use answer::{Answer, MAX_PART};
pub use receiver::{Arrival, Receiver};
pub use subjects::Subjects;

use core::ops::DerefMut;

use hil_wire::frame::Frame;
use hil_wire::{Case, Hello, Kind, Refusal, Reply, Request, Sequence, Task};

use answer::Buffers;

/// The longest message of a request. What is left of 128 KiB beside the memory of the subjects goes into it, because the
/// code of a case is run where it has arrived.
pub const MAX_MESSAGE: usize = 40 * 1024;

/// What the chip must offer.
pub trait Hardware {
    /// Sends bytes to the host, all of them.
    fn send(&mut self, bytes: &[u8]);
    /// Called before each case: from here on it has its time until the watchdog bites.
    fn feed_watchdog(&mut self);
    /// Does the work, undisturbed by interrupts. Says what the counter counted meanwhile, and how many bytes of stack
    /// were used.
    fn measure(&mut self, work: &mut dyn FnMut()) -> (u32, u32);
    /// Waits until the watchdog bites. If there is none, comes back at once.
    fn hang(&mut self);
}

/// Runs cases of a subject, on hardware of this type. Because runners know the type, the code of a subject is compiled into
/// the firmware and nowhere else, where the compiler sees all of it.
pub trait Runner<H> {
    /// Runs a case, as its subject writes it, in the profile of this number, and answers it. Nothing of it is left behind
    /// for the next one.
    ///
    /// # Errors
    /// The case cannot be read, or there is no such profile or canary. Nothing is answered then.
    fn run(&mut self, profile: u8, task: Task, case: &[u8], answer: &mut Answer<'_, H>)
    -> Result<(), Unread>;
}

/// Why a runner has not run a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The case, or what is wanted of it, cannot be read.
    Malformed,
    /// It does not know the profile.
    Profile,
}

impl From<postcard::Error> for Unread {
    fn from(_: postcard::Error) -> Self {
        Unread::Malformed
    }
}

/// Finds the runner of a subject.
pub trait Runners<H> {
    /// The runner of the subject that frames call by this number, if there is one.
    fn runner(&mut self, subject: u8) -> Option<&mut dyn Runner<H>>;
}

/// The device: the runners of its subjects, and what it needs to answer.
pub struct Device<R, H> {
    hardware: H,
    hello: Hello<'static>,
    runners: R,
    buffers: Buffers,
}

impl<R: DerefMut<Target: Runners<H>>, H: Hardware> Device<R, H> {
    /// A device that says `hello`, on this hardware, with these runners.
    pub fn new(hardware: H, hello: Hello<'static>, runners: R) -> Self {
        Device { hardware, hello, runners, buffers: Buffers::new() }
    }

    /// Says hello unasked: to be called once, after a start. The host takes it for a reset.
    pub fn announce(&mut self) {
        self.reply(0, &Reply::Hello(self.hello));
    }

    /// The hardware.
    pub fn hardware(&mut self) -> &mut H {
        &mut self.hardware
    }

    /// Serves what has arrived.
    pub fn serve(&mut self, arrival: Arrival<'_>) {
        match arrival {
            Arrival::TooLong(limit) => self.refuse(0, Refusal::TooLong(limit)),
            Arrival::Frame(bytes) => match Frame::decode(bytes) {
                Err(damage) => self.refuse(0, Refusal::Damaged(damage)),
                Ok(frame) if frame.kind != Kind::Request => self.refuse(0, Refusal::NotARequest),
                Ok(frame) => match frame.message() {
                    Ok(request) => self.answer(frame.sequence, request),
                    Err(_) => self.refuse(frame.sequence, Refusal::Malformed(None)),
                },
            },
        }
    }

    fn answer(&mut self, sequence: u32, request: Request<'_>) {
        match request {
            Request::Hello => self.reply(sequence, &Reply::Hello(self.hello)),
            Request::Hang => self.hardware.hang(),
            Request::Run { subject, profile, cases } => match self.run(sequence, (subject, profile), cases) {
                Ok(()) => self.reply(sequence, &Reply::Done),
                Err(refusal) => self.refuse(sequence, refusal),
            },
        }
    }

    fn run(
        &mut self,
        sequence: u32,
        (subject, profile): (u8, u8),
        cases: Sequence<'_, Case<'_>>,
    ) -> Result<(), Refusal> {
        let runner = self.runners.runner(subject).ok_or(Refusal::Subject(subject))?;
        for (number, case) in (0..).zip(cases.iter()) {
            let malformed = Refusal::Malformed(Some(number));
            let Case { task, bytes } = case.map_err(|_| malformed)?;
            self.hardware.feed_watchdog();
            let mut answer = Answer::new(&mut self.hardware, &mut self.buffers, (sequence, number));
            runner.run(profile, task, bytes, &mut answer).map_err(|unread| match unread {
                Unread::Malformed => malformed,
                Unread::Profile => Refusal::Profile(profile),
            })?;
        }
        Ok(())
    }

    fn refuse(&mut self, sequence: u32, refusal: Refusal) {
        self.reply(sequence, &Reply::Error(refusal));
    }

    fn reply(&mut self, sequence: u32, reply: &Reply<'_>) {
        self.buffers.send(&mut self.hardware, sequence, reply);
    }
}
