//! An executive for tests, and a program that makes whatever supervisor call it is told.
#![allow(dead_code, reason = "each test file uses a part of it")]

use executive::desk::{DeskExecutive, DeskRooms, Start};
use executive::hal::record::Io;
use executive::{Config, Event, SwitchSet};
use minivm::asm;
use minivm::hxe::{self, ImageParts};

/// Both profiles, with whether it is the strict one.
pub const BOTH: [(SwitchSet, bool); 2] = [(SwitchSet::REFERENCE, false), (SwitchSet::STRICT, true)];

/// Where tests put what they pass to calls.
pub const AREA: u16 = 0x3000;

pub fn image(source: &str) -> Vec<u8> {
    hxe::write(&asm::assemble(source).unwrap().into())
}

/// A program that calls the service at R14 for ever: there is an `SVC` of every kind at 8 + 8 times its number.
fn caller() -> ImageParts {
    let mut source = String::from("loop: CALL R14, 0\nJMP loop\n");
    for number in 0..0x1000 {
        source.push_str(&format!("SVC {number}\nRET\n"));
    }
    asm::assemble(&source).unwrap().into()
}

/// An image with metadata, made of entries and texts.
pub fn declaring(kind: u32, entry: &[u8], texts: &[u8], code: &str) -> Vec<u8> {
    let program = minivm::asm::assemble(code).unwrap();
    let section = (kind, 1, [entry, texts].concat());
    let parts = ImageParts {
        version: 2,
        flags: 2,
        sections: vec![section],
        app_name: b"app".into(),
        ..program.into()
    };
    hxe::write(&parts)
}

/// What a supervisor call left.
#[derive(Debug)]
pub struct After {
    pub regs: [u32; 16],
    pub events: Vec<Event>,
    pub io: Vec<Io>,
}

impl After {
    pub fn names(&self) -> Vec<&'static str> {
        self.events.iter().map(Event::name).collect()
    }
}

pub struct Bench<'m> {
    pub executive: DeskExecutive<'m, SwitchSet, 64>,
}

/// A chain of records from 0x2000 on, each 16 bytes behind the one before; texts are from 0x2400 on.
pub fn chain(bench: &mut Bench<'_>, pid: u16, records: &[&[u8]]) -> u32 {
    for (index, record) in records.iter().enumerate() {
        let at = 0x2000 + 16 * index as u16;
        let next = if index + 1 == records.len() { 0xFFFF } else { at + 16 };
        let mut bytes = record.to_vec();
        bytes[2..4].copy_from_slice(&u16::to_le_bytes(next));
        bench.poke(pid, at, &bytes);
    }
    0x2000
}

/// Runs a test on an executive of its own.
pub fn with(profile: SwitchSet, config: Config<'_>, start: Start, test: impl FnOnce(&mut Bench<'_>)) {
    let mut rooms = DeskRooms::<64>::default();
    let executive = rooms.executive(profile, config, start);
    test(&mut Bench { executive });
}

/// Runs a test in both profiles, in the default configuration.
pub fn both(test: impl Fn(&mut Bench<'_>, bool)) {
    for (profile, strict) in BOTH {
        with(profile, Config::default(), Start::default(), |bench| test(bench, strict));
    }
}

impl Bench<'_> {
    /// Loads the program that makes calls.
    pub fn caller(&mut self) -> u16 {
        self.caller_with(|_| {})
    }

    /// Loads the program that makes calls from an image that is changed before.
    pub fn caller_with(&mut self, change: impl FnOnce(&mut ImageParts)) -> u16 {
        let mut parts = caller();
        change(&mut parts);
        self.executive.load(&hxe::write(&parts)).unwrap().pid
    }

    pub fn load(&mut self, source: &str) -> u16 {
        self.executive.load(&image(source)).unwrap().pid
    }

    pub fn reg(&self, pid: u16, number: u8) -> u32 {
        self.executive.register(pid, number).unwrap()
    }

    pub fn poke(&mut self, pid: u16, address: u16, bytes: &[u8]) {
        self.executive.poke(pid, address, bytes).unwrap();
    }

    pub fn peek(&self, pid: u16, address: u16, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let count = self.executive.peek(pid, address, &mut bytes).unwrap();
        bytes.truncate(count);
        bytes
    }

    pub fn state(&self, pid: u16) -> &'static str {
        self.executive.tasks().iter().find(|task| task.pid == pid).unwrap().state().name()
    }

    pub fn take_events(&mut self) -> Vec<Event> {
        self.executive.devices_mut().take().1
    }

    pub fn advance(&mut self, ms: u64) {
        self.executive.set_time(self.executive.now() + ms);
    }

    /// Has a task come back from its last call.
    pub fn settle(&mut self, pid: u16) {
        for _ in 0..4 {
            if self.executive.registers(pid).unwrap().pc == 0 {
                return;
            }
            self.executive.step(1, Some(pid));
        }
    }

    /// Has a task of the calling program make a call, its arguments in R1, R2...
    pub fn call(&mut self, pid: u16, number: u16, arguments: &[u32]) -> After {
        let numbered: Vec<_> = (1..).zip(arguments.iter().copied()).collect();
        self.call_with(pid, number, &numbered)
    }

    /// Has a task of the calling program make a call, its arguments in the registers that are named.
    pub fn call_with(&mut self, pid: u16, number: u16, arguments: &[(u8, u32)]) -> After {
        self.settle(pid);
        self.executive.set_register(pid, 14, 8 + 8 * u32::from(number)).unwrap();
        for &(register, value) in arguments {
            self.executive.set_register(pid, register, value).unwrap();
        }
        self.executive.step(1, Some(pid));
        self.executive.devices_mut().take();
        assert_eq!(self.executive.step(1, Some(pid)).executed, 1);
        let regs = self.executive.registers(pid).unwrap().regs;
        let (io, events) = self.executive.devices_mut().take();
        After { regs, events, io }
    }

    /// Puts a text into a task's memory and gives its address.
    pub fn text(&mut self, pid: u16, text: &str) -> u32 {
        self.poke(pid, AREA, &[text.as_bytes(), b"\0"].concat());
        AREA.into()
    }

    /// Opens a mailbox; its handle.
    pub fn open(&mut self, pid: u16, target: &str) -> u32 {
        let target = self.text(pid, target);
        let after = self.call(pid, 0x500, &[target]);
        assert_eq!(after.regs[0], 0, "{:?}", after.events);
        after.regs[1]
    }

    /// Binds a mailbox; its id.
    pub fn bind(&mut self, pid: u16, target: &str, capacity: u32, mode: u32) -> u32 {
        let target = self.text(pid, target);
        let after = self.call(pid, 0x501, &[target, capacity, mode]);
        assert_eq!(after.regs[0], 0);
        after.regs[1]
    }

    /// Sends bytes; what is in R0 then.
    pub fn send(&mut self, pid: u16, handle: u32, data: &[u8]) -> After {
        self.poke(pid, AREA, data);
        self.call(pid, 0x502, &[handle, AREA.into(), data.len() as u32, 0, 0])
    }

    /// Polls a handle: R0, and the payload.
    pub fn poll(&mut self, pid: u16, handle: u32) -> (u32, Vec<u8>) {
        let after = self.call(pid, 0x503, &[handle, 0x3800, 0x400, 0, 0]);
        let length = if after.regs[0] == 0 { after.regs[1] as usize } else { 0 };
        (after.regs[0], self.peek(pid, 0x3800, length))
    }
}
