//! The chip's side of the link: requests in, outcomes out.
//!
//! Everything of the firmware that is not the chip itself, so that it also runs on a host, behind a simulated line. It
//! survives whatever arrives: bytes that are no frame, frames that are no request and cases that do not fit are
//! answered with what is wrong with them, and the next frame is served.
#![no_std]
#![forbid(unsafe_code)]

mod answer;
mod receiver;
mod run;

pub use receiver::{Arrival, Receiver};
pub use run::{digest, state, stop};

use core::ops::DerefMut;

use minivm::Memory;
use minivm::call_stack::FixedCallStack;
use wire::frame::Frame;
use wire::{Hello, Kind, Profile, Refusal, Reply, Request};

use answer::{Answer, ITEMS, REPLY, send};
use run::run;

/// Room for return addresses.
pub const MAX_CALLS: usize = 1024;

/// The longest message of a request. What is left of 128 KiB beside the VM's memory goes into it, because the code of
/// a case is run where it has arrived.
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
    /// Waits until the watchdog bites. Where there is none, comes back at once.
    fn hang(&mut self);
}

/// The device: a VM and what it needs to answer.
pub struct Device<M, H> {
    hardware: H,
    hello: Hello<'static>,
    memory: M,
    calls: FixedCallStack<MAX_CALLS>,
    items: [u8; ITEMS],
    reply: [u8; REPLY],
}

impl<M: DerefMut<Target = Memory>, H: Hardware> Device<M, H> {
    /// A device that says `hello`, on this hardware, with this memory for the VM.
    pub fn new(hardware: H, hello: Hello<'static>, memory: M) -> Self {
        Device { hardware, hello, memory, calls: FixedCallStack::new(), items: [0; ITEMS], reply: [0; REPLY] }
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
                Ok(frame) if frame.kind != Kind::Request => self.refuse(0, Refusal::NoRequest),
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
            Request::Run { profile, cases } => {
                for (number, case) in (0..).zip(cases.iter()) {
                    let Ok(case) = case else {
                        return self.refuse(sequence, Refusal::Malformed(Some(number)));
                    };
                    self.hardware.feed_watchdog();
                    let place = (sequence, number);
                    let answer = Answer::new(&mut self.hardware, &mut self.items, &mut self.reply, place);
                    let (memory, calls) = (&mut *self.memory, &mut self.calls);
                    let ran = match profile {
                        Profile::Reference => run(minivm::Reference, &case, memory, calls, answer),
                        Profile::Strict => run(minivm::Strict, &case, memory, calls, answer),
                    };
                    if ran.is_err() {
                        return self.refuse(sequence, Refusal::Malformed(Some(number)));
                    }
                }
                self.reply(sequence, &Reply::Done);
            }
        }
    }

    fn refuse(&mut self, sequence: u32, refusal: Refusal) {
        self.reply(sequence, &Reply::Error(refusal));
    }

    fn reply(&mut self, sequence: u32, reply: &Reply<'_>) {
        send(&mut self.hardware, &mut self.reply, sequence, reply);
    }
}
