//! Images for sweeps and random scripts, put together from instructions, data and declarations.

use minivm::hxe::{ImageParts, RODATA_BASE, write};
use minivm::isa::Opcode;

/// A program in the making, with its data.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    words: Vec<u32>,
    data: Vec<u8>,
    sections: Vec<(u32, u32, Vec<u8>)>,
    name: Vec<u8>,
    alone: bool,
}

/// Kinds of sections.
const VALUES: u32 = 1;
const COMMANDS: u32 = 2;
const MAILBOXES: u32 = 3;
/// Flag of an image that may be loaded more than once.
const MULTIPLE: u16 = 2;

/// A record of a chain in guest memory.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Link {
    /// The name of the group, by its address.
    Group(u16),
    /// The name of the value, by its address.
    Name(u16),
    /// Unit, epsilon and rate.
    Unit([u8; 4], u16, u16),
    /// Smallest and largest.
    Range(u16, u16),
    /// Key and debounce.
    Persist(u16, u16),
    /// Name and help of a command, by their addresses.
    Command(u16, u16),
    /// A type that there is not.
    Bad(u8),
}

/// A value that an image declares.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DeclaredValue<'t> {
    pub oid: u16,
    pub flags: u8,
    pub auth: u8,
    pub init: u16,
    pub name: &'t str,
    pub unit: &'t str,
    pub epsilon: u16,
    pub range: (u16, u16),
    pub key: u16,
    pub group: &'t str,
}

/// A command that an image declares.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DeclaredCommand<'t> {
    pub oid: u16,
    pub flags: u8,
    pub auth: u8,
    pub handler: u32,
    pub name: &'t str,
    pub help: &'t str,
}

impl Program {
    /// Where the next instruction will be.
    pub fn here(&self) -> u32 {
        4 * self.words.len() as u32
    }

    /// An instruction of three registers and an immediate.
    pub fn op(&mut self, opcode: Opcode, [rd, rs1, rs2]: [u32; 3], imm: u32) -> &mut Self {
        self.words.push((opcode as u32) << 24 | rd << 20 | rs1 << 16 | rs2 << 12 | imm & 0xFFF);
        self
    }

    /// Any word.
    pub fn word(&mut self, word: u32) -> &mut Self {
        self.words.push(word);
        self
    }

    /// Sets a register.
    pub fn set(&mut self, register: u32, value: u32) -> &mut Self {
        if value < 0x800 {
            self.op(Opcode::Ldi, [register, 0, 0], value)
        } else {
            self.op(Opcode::Ldi32, [register, 0, 0], 0).word(value)
        }
    }

    /// Sets R1, R2, …, and calls a service.
    pub fn call(&mut self, module: u32, function: u32, arguments: &[u32]) -> &mut Self {
        for (register, &value) in (1..).zip(arguments) {
            self.set(register, value);
        }
        self.svc(module, function)
    }

    /// Calls a service.
    pub fn svc(&mut self, module: u32, function: u32) -> &mut Self {
        self.op(Opcode::Svc, [0; 3], module << 8 | function)
    }

    /// Goes on at an address.
    pub fn jump(&mut self, address: u32) -> &mut Self {
        self.op(Opcode::Jmp, [0; 3], address)
    }

    /// Returns.
    pub fn ret(&mut self) -> &mut Self {
        self.op(Opcode::Ret, [0; 3], 0)
    }

    /// Bytes in its data; their address.
    pub fn bytes(&mut self, bytes: &[u8]) -> u32 {
        let base = RODATA_BASE;
        let windows = self.data.windows(bytes.len().max(1));
        if let Some(at) = windows.zip(0..).find(|(window, _)| *window == bytes).map(|(_, at)| at) {
            return base + at;
        }
        let at = base + self.data.len() as u32;
        self.data.extend(bytes);
        at
    }

    /// A text in its data, with the NUL behind it; its address.
    pub fn text(&mut self, text: &str) -> u32 {
        self.bytes(&[text.as_bytes(), b"\0"].concat())
    }

    /// A chain of records in its data, which ends with `last` as the address of the next; its address.
    pub fn chain(&mut self, links: &[Link], last: u16) -> u32 {
        let mut next = last;
        for link in links.iter().rev() {
            let [low, high] = next.to_le_bytes();
            let halves = |kind: u8, halves: &[u16]| {
                let mut bytes = vec![kind, 0, low, high];
                bytes.extend(halves.iter().flat_map(|half| half.to_le_bytes()));
                bytes
            };
            let bytes = match *link {
                Link::Group(name) => halves(1, &[name]),
                Link::Name(name) => halves(2, &[name]),
                Link::Unit(unit, epsilon, rate) => {
                    let [a, b, c, d] = unit;
                    halves(3, &[u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]), epsilon, rate])
                }
                Link::Range(min, max) => halves(4, &[min, max]),
                Link::Persist(key, debounce) => halves(5, &[key, debounce]),
                Link::Command(name, help) => halves(0x10, &[name, help]),
                Link::Bad(kind) => halves(kind, &[0, 0]),
            };
            let at = RODATA_BASE as usize + self.data.len();
            self.data.extend(bytes);
            next = at as u16;
        }
        next.into()
    }

    /// Names it.
    pub fn named(&mut self, name: &str) -> &mut Self {
        self.name = name.into();
        self
    }

    /// Of tasks of its name there may be one only.
    pub fn alone(&mut self) -> &mut Self {
        self.alone = true;
        self
    }

    /// Declares values.
    pub fn values(&mut self, values: &[DeclaredValue<'_>]) -> &mut Self {
        let mut texts = Texts::behind(20 * values.len());
        let entries: Vec<u8> = values
            .iter()
            .flat_map(|value| {
                let [group, id] = value.oid.to_be_bytes();
                let mut entry = vec![group, id, value.flags, value.auth];
                let mut half = |half: u16| entry.extend(half.to_be_bytes());
                half(value.init);
                half(texts.offset(value.name));
                half(texts.offset(value.unit));
                half(value.epsilon);
                half(value.range.0);
                half(value.range.1);
                half(value.key);
                half(texts.offset(value.group));
                entry
            })
            .collect();
        self.section(VALUES, values.len(), [entries, texts.bytes].concat())
    }

    /// Declares commands.
    pub fn commands(&mut self, commands: &[DeclaredCommand<'_>]) -> &mut Self {
        let mut texts = Texts::behind(16 * commands.len());
        let entries: Vec<u8> = commands
            .iter()
            .flat_map(|command| {
                let [group, id] = command.oid.to_be_bytes();
                let mut entry = vec![group, id, command.flags, command.auth];
                entry.extend(command.handler.to_be_bytes());
                entry.extend(texts.offset(command.name).to_be_bytes());
                entry.extend(texts.offset(command.help).to_be_bytes());
                entry.extend([0; 4]);
                entry
            })
            .collect();
        self.section(COMMANDS, commands.len(), [entries, texts.bytes].concat())
    }

    /// Declares mailboxes: a list in JSON.
    pub fn mailboxes(&mut self, count: usize, json: &str) -> &mut Self {
        self.section(MAILBOXES, count, json.into())
    }

    fn section(&mut self, kind: u32, count: usize, bytes: Vec<u8>) -> &mut Self {
        self.sections.push((kind, count as u32, bytes));
        self
    }

    /// The image: of version 1 if nothing needs version 2.
    pub fn image(&self) -> Vec<u8> {
        let mut rodata = self.data.clone();
        rodata.resize(rodata.len().next_multiple_of(4), 0);
        let plain = self.sections.is_empty() && self.name.is_empty() && !self.alone;
        write(&ImageParts {
            version: if plain { 1 } else { 2 },
            flags: if self.alone || plain { 0 } else { MULTIPLE },
            code: self.words.iter().flat_map(|word| word.to_be_bytes()).collect(),
            rodata,
            app_name: self.name.clone(),
            sections: self.sections.clone(),
            ..ImageParts::default()
        })
    }
}

/// The texts behind the entries of a section.
struct Texts {
    start: usize,
    bytes: Vec<u8>,
}

impl Texts {
    fn behind(start: usize) -> Self {
        Texts { start, bytes: Vec::new() }
    }

    /// Where a text is in the section; 0 for none.
    fn offset(&mut self, text: &str) -> u16 {
        if text.is_empty() {
            return 0;
        }
        let at = self.start + self.bytes.len();
        self.bytes.extend(text.bytes().chain([0]));
        at as u16
    }
}
