//! Supervisor calls at random, with arguments that mostly make sense and often lie at an edge.

use minivm::isa::Opcode;
use oracle::random::{Rng, one_in, pick};

use crate::images::{Link, Program};

/// Mailbox targets: those that tasks meet at first, then others, then some that are bad or odd.
pub(crate) const TARGETS: [&str; 28] = [
    "app:q",
    "shared:f",
    "svc:q@1",
    "app:r",
    "pid:1",
    "pid:2",
    "pid:",
    "q",
    "svc:stdio.out",
    "svc:stdio.in@1",
    "app:q@1",
    "x@",
    "@2",
    "app:",
    "hal:uart",
    "shared:f@5",
    "svc:q@+1",
    "pid: 1",
    "pid:1_0",
    "pid:-3",
    "app:twenty_eight_characters_long",
    "app:this_name_is_cut_off_somewhere",
    "svc:\u{e9}",
    "",
    "pid:zz",
    "svc:x@q",
    "x@1@2",
    "shared:f@",
];
/// How many of them tasks meet at.
const SHARED: usize = 4;

/// Paths: good ones, then bad ones.
pub(crate) const PATHS: [&str; 14] =
    ["a", "b", "/hello.txt", "a//b", " ", " x", "a\\b", "b..", "./q", "", "..", "x/../y", "c:d", " /a"];

/// Where programs put what services give them: usual places, then the window of registers and the end of memory.
const PLACES: [u32; 10] = [0x3000, 0x3000, 0x3000, 0x5000, 0x1004, 0x1040, 0xFFC4, 0xFFF0, 0xFFFD, 0xEF00];

/// Numbers in binary16 at edges.
pub(crate) const FLOATS: [u16; 14] =
    [0, 0x8000, 0x3C00, 0x3C01, 0x4000, 0xC500, 0x7BFF, 0x7C00, 0xFC00, 0x7E00, 0x7C01, 0xFE01, 1, 0x618B];

/// A target: mostly one that others know too.
pub(crate) fn target(rng: &mut Rng) -> &'static str {
    if rng.u32(0..4) == 0 { pick(rng, &TARGETS) } else { TARGETS[rng.usize(..SHARED)] }
}

/// An OID of the few that there are.
pub(crate) fn oid(rng: &mut Rng) -> u16 {
    pick(rng, &[0x101, 0x101, 0x102, 0x102, 0x201, 0xF001, 0x999])
}

/// What a program is mostly about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Mailboxes,
    Values,
    Commands,
    Files,
    Turns,
    Mixed,
}

/// Writes a program.
pub(crate) struct Writer<'r> {
    pub rng: &'r mut Rng,
    pub program: Program,
}

impl Writer<'_> {
    fn pick(&mut self, choices: &[u32]) -> u32 {
        pick(self.rng, choices)
    }

    fn one_in(&mut self, n: u32) -> bool {
        one_in(self.rng, n)
    }

    /// An argument with bits above those that count, now and then.
    fn wide(&mut self, value: u32) -> u32 {
        if self.one_in(12) { value | 0xABCD_0000 } else { value }
    }

    fn target(&mut self) -> u32 {
        let text = target(self.rng);
        self.program.text(text)
    }

    fn path(&mut self) -> u32 {
        let path = pick(self.rng, &PATHS);
        self.program.text(path)
    }

    fn place(&mut self) -> u32 {
        if self.one_in(20) { self.rng.u32(0..0x1_0000) } else { self.pick(&PLACES) }
    }

    /// Where there is something to be sent: registers, a text, zeros.
    fn source(&mut self) -> u32 {
        match self.rng.u32(0..4) {
            0 => self.place(),
            _ => self.program.text("some text, long enough to be more than a mailbox holds: 64 bytes"),
        }
    }

    fn handle(&mut self) -> u32 {
        self.pick(&[4, 4, 4, 4, 5, 5, 6, 1, 2, 3, 0, 99])
    }

    /// A supervisor call about a theme.
    pub fn service(&mut self, theme: Theme) {
        let theme = match theme {
            Theme::Mixed => pick(
                self.rng,
                &[
                    Theme::Mailboxes,
                    Theme::Mailboxes,
                    Theme::Values,
                    Theme::Commands,
                    Theme::Files,
                    Theme::Turns,
                ],
            ),
            theme if self.one_in(8) && theme != Theme::Turns => Theme::Turns,
            theme => theme,
        };
        match theme {
            Theme::Mailboxes => self.mailboxes(),
            Theme::Values => self.values(),
            Theme::Commands => self.commands(),
            Theme::Files => self.files(),
            Theme::Turns | Theme::Mixed => self.turns(),
        }
    }

    /// Opens a mailbox, so that later calls find it under the next handle.
    pub fn open(&mut self, target: &str) {
        let target = self.program.text(target);
        self.program.call(5, 0, &[target]);
    }

    pub fn send(&mut self) {
        let (handle, source) = (self.handle(), self.source());
        let length = self.pick(&[0, 1, 5, 8, 24, 24, 56, 57, 20, 300]);
        let (flags, channel) = (self.pick(&[0, 0, 7, 8, 0x1_0002]), self.pick(&[0, 3]));
        let handle = self.wide(handle);
        self.program.call(5, 2, &[handle, source, length, flags, channel]);
    }

    pub fn receive(&mut self) {
        let (handle, place) = (self.handle(), self.place());
        let max = self.pick(&[64, 64, 64, 3, 0]);
        let timeout = self.pick(&[0, 0, 1, 5, 10, 0xFFFF, 0xFFFF, 0xFFFF, 0x1_0000]);
        let info = self.pick(&[0, 0, 0x3800, 0x3800, 0xFFEC, 0xFFED, 0x1000, 0xFFC0]);
        self.program.call(5, 3, &[handle, place, max, timeout, info]);
    }

    fn mailboxes(&mut self) {
        match self.rng.u32(0..100) {
            0..14 => {
                let target = self.target();
                let target = self.wide(target);
                self.program.call(5, 0, &[target]);
            }
            14..26 => {
                let target = self.target();
                let capacity = self.pick(&[0, 0, 16, 40, 64, 8, 300, 1]);
                let mode = self.pick(&[0, 0, 3, 1, 0xB, 0xB, 0x1B, 0x2B, 8]);
                self.program.call(5, 1, &[target, capacity, mode]);
            }
            26..56 => self.send(),
            56..82 => self.receive(),
            82..87 => {
                let handle = self.handle();
                self.program.call(5, 4, &[handle]);
            }
            87..92 => {
                let (handle, on) = (self.handle(), self.pick(&[1, 1, 1, 0, 2]));
                self.program.call(5, 5, &[handle, on]);
            }
            92..98 => {
                let handle = self.handle();
                self.program.call(5, 6, &[handle]);
            }
            _ => {
                let function = self.pick(&[7, 9, 255]);
                self.program.svc(5, function);
            }
        }
    }

    /// Registers a value of an OID, with records at random.
    pub fn register_value(&mut self, oid: u16) {
        let chain = self.value_chain();
        let flags = self.pick(&[0, 0, 0, 1, 2, 2, 4, 8, 16, 0x1FF]);
        let group = self.wide(u32::from(oid >> 8));
        self.program.call(7, 0, &[group & 0xFFFF_00FF, u32::from(oid) & 0xFF, flags, chain]);
    }

    fn value_chain(&mut self) -> u32 {
        match self.rng.u32(0..10) {
            0..4 => return self.pick(&[0, 0xFFFF]),
            4 => return self.place(),
            _ => {}
        }
        let mut links = Vec::new();
        for _ in 0..self.rng.u32(1..4) {
            let name = pick(self.rng, &["volt", "grp", "", "a name"]);
            let name = self.program.text(name) as u16;
            let name = if self.one_in(12) { 0x3000 } else { name };
            links.push(match self.rng.u32(0..24) {
                0..4 => Link::Group(name),
                4..8 => Link::Name(name),
                8..14 => {
                    let unit = pick(self.rng, &[*b"degC", *b"V\0\0\0", *b"\xB0C\0\0", *b"a\0\xFF\0", [0; 4]]);
                    let epsilon = pick(self.rng, &[0, 0, 0x3C00, 0x8000, 0x7E01, 0xBC00, 0x7C00]);
                    Link::Unit(unit, epsilon, pick(self.rng, &[0, 0, 5, 10, 1000]))
                }
                14..17 => {
                    Link::Range(pick(self.rng, &[0, 0x3C00, 0xFE01]), pick(self.rng, &[0, 0x7C01, 0x4000]))
                }
                17..23 => Link::Persist(pick(self.rng, &[0, 1, 2, 0xFFFF, 3]), pick(self.rng, &[0, 100])),
                _ => pick(self.rng, &[Link::Bad(0), Link::Bad(6), Link::Command(0, 0)]),
            });
        }
        let last = if self.one_in(10) { pick(self.rng, &[0, 0x4000, 0xFFFE]) } else { 0xFFFF };
        self.program.chain(&links, last)
    }

    fn values(&mut self) {
        let of = oid(self.rng);
        let oid = self.wide(of.into());
        match self.rng.u32(0..100) {
            0..24 => self.register_value(of),
            24..30 => {
                self.program.call(7, 1, &[u32::from(of >> 8), u32::from(of) & 0xFF]);
            }
            30..38 => {
                self.program.call(7, 2, &[oid]);
            }
            38..66 => {
                let bits = pick(self.rng, &FLOATS);
                self.program.call(7, 3, &[oid, bits.into()]);
            }
            66..72 => {
                let (group, place) = (self.pick(&[0xFF, 1, 2, 0xF0]), self.place());
                let max = self.pick(&[0, 1, 2, 10, 0xFFFF]);
                self.program.call(7, 4, &[group, place, max]);
            }
            72..88 => {
                let target = self.target();
                self.program.call(7, 5, &[oid, target]);
            }
            88..97 => {
                let mode = self.pick(&[0, 1, 2, 3, 258]);
                self.program.call(7, 6, &[oid, mode]);
            }
            _ => {
                self.program.svc(7, 7);
            }
        }
    }

    /// Registers a command of an OID, with records at random.
    pub fn register_command(&mut self, oid: u16) {
        let chain = match self.rng.u32(0..4) {
            0 => 0,
            1 => self.value_chain(),
            _ => {
                let [name, help, other] =
                    ["cmd", "what it does", ""].map(|text| self.program.text(text) as u16);
                let odd = pick(self.rng, &[0x3000, 0xFFFF]);
                let choices = [name, help, other, name, help, odd];
                let link = |rng: &mut Rng| Link::Command(pick(rng, &choices), pick(rng, &choices));
                let mut links = vec![link(self.rng)];
                if self.one_in(2) {
                    links.push(link(self.rng));
                }
                self.program.chain(&links, 0xFFFF)
            }
        };
        let flags = self.pick(&[0, 0, 1, 2, 2, 2, 3]);
        self.program.call(8, 0, &[u32::from(oid >> 8), u32::from(oid) & 0xFF, flags, chain]);
    }

    fn token(&mut self) -> u32 {
        match self.rng.u32(0..4) {
            0 => self.program.text("1234"),
            1 => self.program.text("4321"),
            _ => 0,
        }
    }

    fn commands(&mut self) {
        let of = oid(self.rng);
        let oid = u32::from(of);
        match self.rng.u32(0..100) {
            0..24 => self.register_command(of),
            24..30 => {
                self.program.call(8, 1, &[oid >> 8, oid & 0xFF]);
            }
            30..58 => {
                let token = self.token();
                self.program.call(8, 2, &[oid, token]);
            }
            58..82 => {
                let (token, target) = (self.token(), self.target());
                self.program.call(8, 3, &[oid, token, target]);
            }
            82..97 => {
                let (place, max) = (self.place(), self.pick(&[0, 1, 5, 100]));
                self.program.call(8, 4, &[oid, place, max]);
            }
            _ => {
                self.program.svc(8, 5);
            }
        }
    }

    fn files(&mut self) {
        let fd = self.pick(&[3, 3, 3, 4, 4, 0, 1, 2, 5, 9]);
        match self.rng.u32(0..100) {
            0..24 => {
                let path = self.path();
                self.program.call(4, 0, &[path]);
            }
            24..44 => {
                let (place, length) = (self.place(), self.pick(&[0, 1, 5, 12, 40]));
                self.program.call(4, 1, &[fd, place, length]);
            }
            44..66 => {
                let (source, length) = (self.source(), self.pick(&[0, 1, 5, 12, 40, 57]));
                self.program.call(4, 2, &[fd, source, length]);
            }
            66..74 => {
                self.program.call(4, 3, &[fd]);
            }
            74..82 => {
                let (place, max) = (self.place(), self.pick(&[0, 4, 64]));
                self.program.call(4, 10, &[fd, place, max]);
            }
            82..90 => {
                let path = self.path();
                self.program.call(4, 11, &[path]);
            }
            90..97 => {
                let (old, new) = (self.path(), self.path());
                self.program.call(4, 12, &[old, new]);
            }
            _ => {
                let function = self.pick(&[13, 5, 14]);
                self.program.svc(4, function);
            }
        }
    }

    /// What concerns the task itself, or is no service at all.
    fn turns(&mut self) {
        let [a, b, c] = [0; 3].map(|_: u32| self.rng.u32(0..16));
        match self.rng.u32(0..100) {
            0..20 => {
                let ms = self.pick(&[0, 0, 1, 5, 10, 100]);
                self.program.set(0, ms).svc(6, 0);
            }
            20..26 => {
                self.program.svc(0, 0);
            }
            26..36 => {
                let (source, length) = (self.source(), self.pick(&[0, 3, 20]));
                self.program.call(1, 1, &[source, length]);
            }
            36..42 => {
                let (source, length) = (self.source(), self.pick(&[0, 8, 300]));
                let id = self.pick(&[1, 0x7FF, 0x1_0801]);
                self.program.call(2, 0, &[id, source, length]);
            }
            42..50 => {
                let bits = pick(self.rng, &FLOATS);
                let function = self.pick(&[0, 1, 2, 2, 3]);
                let bits = if self.one_in(2) { self.rng.u32(0..0x6180) } else { bits.into() };
                self.program.call(14, function, &[bits]);
            }
            50..54 => {
                let (module, function) = (self.rng.u32(0..16), self.pick(&[0, 1, 2, 3, 9]));
                self.program.svc(module, function);
            }
            54..58 => {
                self.program.op(Opcode::Brk, [0; 3], 7);
            }
            58..60 => {
                self.program.op(Opcode::Div, [1, 2, 9], 0);
            }
            60..62 => {
                self.program.word(0xEE00_0000);
            }
            62..64 => {
                self.program.ret();
            }
            64..66 => {
                self.program.set(1, 0xFFFE).op(Opcode::Ld, [1, 1, 0], 0);
            }
            66..70 => {
                let over = self.pick(&[1, 2]);
                self.program.op(Opcode::Call, [0; 3], over);
            }
            70..74 => {
                self.program.op(Opcode::Push, [0, a, 0], 0);
            }
            74..78 => {
                self.program.op(Opcode::Pop, [a, 0, 0], 0);
            }
            78..80 => {
                self.program.svc(1, 0);
            }
            _ => {
                self.program.op(Opcode::Add, [a, b, c], 0);
            }
        }
    }

    /// How it ends.
    pub fn end(&mut self) {
        match self.rng.u32(0..20) {
            0..8 => {
                self.program.ret();
            }
            8..10 => {
                self.program.svc(1, 0);
            }
            10..16 => {
                self.program.jump(0);
            }
            16..18 => {
                let here = self.program.here();
                self.program.jump(here);
            }
            18 => {
                self.program.op(Opcode::Brk, [0; 3], 1).ret();
            }
            _ => {}
        }
    }
}
