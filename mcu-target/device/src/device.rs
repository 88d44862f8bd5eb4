//! The device: requests in, answers out.

use core::ops::DerefMut;

use hil_wire::frame::Frame;
use hil_wire::{Case, Hello, Kind, Refusal, Reply, Request, Sequence};

use crate::answer::{Answer, Buffers};
use crate::hardware::Hardware;
use crate::receiver::Arrival;
use crate::runner::{Runners, Unread};

/// The longest message of a request. What is left of 128 KiB beside the memory of the subjects goes into it, because the
/// code of a case is run where it has arrived.
/// A program of CockpitVM with a full stack and all arrays takes less than half of that; scripts of the executive have images
/// in them, and leave less.
pub const MAX_MESSAGE: usize = 1024
    * if cfg!(feature = "minivm") {
        36
    } else if cfg!(feature = "executive") {
        24
    } else {
        14
    };

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
