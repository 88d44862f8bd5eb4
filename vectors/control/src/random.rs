//! Random scripts: calls that mostly make sense where they stand, with arguments at edges, and some that do not.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use minivm::hxe::{ImageParts, seal, write};
use minivm::isa::Opcode;
use oracle::random::{Rng, pick, rng};

use crate::case::{Call, Case, Config, MAX_CALLS, MAX_INSTRUCTIONS};
use crate::images::{BAD, GOOD, LARGE, RICH};

/// Images of the loader's sweep: every header field and every section at its edges.
static LOADER: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let few = vectors_hxe::sweep::cases().step_by(7).map(|case| case.image);
    few.filter(|image| image.len() < 400).collect()
});

/// A script, and its kind, which is how long it is.
pub fn script(seed: u64, index: u64) -> (&'static str, Case) {
    let mut rng = rng(seed, index);
    let (kind, length) = match rng.u32(0..100) {
        0..80 => ("short", rng.usize(1..12)),
        80..97 => ("middle", rng.usize(12..30)),
        _ => ("long", rng.usize(30..=MAX_CALLS)),
    };
    let mut writer = Writer { config: config(&mut rng), rng, calls: Vec::new(), created: 0, loading: None };
    while writer.calls.len() < length {
        writer.add();
    }
    writer.calls.truncate(MAX_CALLS);
    (kind, Case { config: writer.config, calls: writer.calls })
}

fn config(rng: &mut Rng) -> Config {
    let plain = Config::default();
    if rng.u32(0..4) != 0 {
        return plain;
    }
    let sizes = [0, 4, 12, 40, 64, 256, 0x1_0000];
    let mut size = || sizes[rng.usize(..sizes.len())];
    let (code, metadata) = (size(), size());
    Config { arenas: rng.u32(1..=4), code, metadata }
}

/// A script in the making. What it believes of the tasks is right if no call was refused.
struct Writer {
    config: Config,
    rng: Rng,
    calls: Vec<Call>,
    /// How many tasks calls have made.
    created: u32,
    /// The image that arrives, and how much of it has.
    loading: Option<(u32, Vec<u8>, usize)>,
}

impl Writer {
    fn add(&mut self) {
        if self.calls.is_empty() && self.rng.u32(0..3) == 0 {
            return self.init();
        }
        // Without a task little makes sense.
        let choice = if self.created == 0 && self.rng.u32(0..8) != 0 { 0 } else { self.rng.u32(0..100) };
        match choice {
            0..14 => self.load(),
            14..17 => self.begin(),
            17..27 => self.go_on(),
            27..29 => {
                let task = self.task();
                self.calls.push(Call::LoadAbort { task });
                self.loading = None;
            }
            29..32 => {
                let task = self.task();
                self.calls.push(Call::Unload { task });
            }
            32..44 => {
                let task = self.task();
                self.calls.push(Call::SetContext { task });
            }
            44..56 => self.calls.push(Call::Step {}),
            56..66 => {
                let n = self.instructions();
                self.calls.push(Call::Clock { n });
            }
            66..68 => self.init(),
            _ => {
                let call = self.inspection();
                self.calls.push(call);
            }
        }
    }

    fn init(&mut self) {
        let mut config = BTreeMap::new();
        for _ in 0..self.rng.u32(0..4) {
            let (field, value) = self.field();
            config.insert(field.to_owned(), value);
        }
        self.loading = None;
        self.calls.push(Call::Init { config });
    }

    fn field(&mut self) -> (&'static str, u32) {
        let rng = &mut self.rng;
        let odd = rng.u32(0..24) == 0;
        let size =
            |rng: &mut Rng| pick(rng, &[8, 16, 64, 0x800, 0x1000, 0xBFC0, 0xAFC0, 0xBFB8, 0, 4, u32::MAX]);
        match rng.u32(0..16) {
            0..3 => ("autorun_quanta", if odd { 0 } else { rng.u32(1..6) }),
            3..7 => ("policy_flags", if odd { rng.u32(..) } else { rng.u32(0..8) }),
            7..10 => ("keep_last_regs", rng.u32(0..2)),
            10 => ("limits.max_pids", rng.u32(0..6)),
            11 => ("limits.code_max", pick(rng, &[4, 8, 12, 16, 40, 256, u32::MAX, 0])),
            12 => ("limits.data_max", pick(rng, &[0x1040, 0x1048, 0x1050, 0x2000, 0xC000, u32::MAX, 0, 63])),
            13 => ("stack_size_bytes", size(rng)),
            14 => ("heap_size_bytes", size(rng)),
            _ => (pick(rng, &["code_line_bytes", "data_page_bytes", "colour"]), rng.u32(..)),
        }
    }

    fn load(&mut self) {
        let image = self.image();
        self.calls.push(Call::Load { image });
        self.created += 1;
        if self.rng.u32(0..3) != 0 {
            self.calls.push(Call::SetContext { task: self.created - 1 });
        }
    }

    fn begin(&mut self) {
        let image = self.image();
        self.calls.push(Call::LoadBegin {});
        self.loading = Some((self.created, image, 0));
        self.created += 1;
    }

    /// The next piece of the image that arrives, or its end.
    fn go_on(&mut self) {
        let rng = &mut self.rng;
        let Some((task, image, done)) = &mut self.loading else { return self.begin() };
        let left = image.len() - *done;
        let size = match rng.u32(0..6) {
            0 => rng.usize(0..=left),
            1 => left.min(1),
            2 => left.min(32),
            _ => left,
        };
        let (task, piece) = (*task, image[*done..*done + size].to_vec());
        *done += size;
        let ends = *done == image.len();
        self.calls.push(Call::LoadWrite { task, bytes: piece });
        if ends || self.rng.u32(0..20) == 0 {
            self.calls.push(Call::LoadEnd { task });
            self.loading = None;
        }
    }

    fn image(&mut self) -> Vec<u8> {
        let rng = &mut self.rng;
        match rng.u32(0..20) {
            0..9 => pick(rng, &GOOD[..]),
            9..13 => words(rng),
            13..15 => pick(rng, &RICH[..]),
            15 => pick(rng, &BAD[..]),
            16 => pick(rng, &LARGE[..]),
            17 => pick(rng, &LOADER[..]),
            _ => {
                let image = pick(rng, &RICH[..]);
                damaged(rng, image)
            }
        }
    }

    /// A task that is there, most of the time.
    fn task(&mut self) -> u32 {
        match self.rng.u32(0..16) {
            0 => pick(&mut self.rng, &[self.created, 9, u32::MAX, 0xFFFF]),
            1..5 => self.rng.u32(0..self.created.max(1)),
            _ => self.created.saturating_sub(1 + self.rng.u32(0..2)),
        }
    }

    fn instructions(&mut self) -> u32 {
        match self.rng.u32(0..60) {
            0 => self.rng.u32(0..=MAX_INSTRUCTIONS),
            1..4 => 0,
            _ => self.rng.u32(1..12),
        }
    }

    /// A call that looks at a task, or changes something in it.
    fn inspection(&mut self) -> Call {
        let task = self.task();
        let rng = &mut self.rng;
        match rng.u32(0..40) {
            0..4 => Call::RegGet { reg: register(rng) },
            4..11 => {
                let (reg, value) = setting(rng);
                Call::RegSet { reg, value }
            }
            11..14 => Call::RegGetFor { task, reg: register(rng) },
            14..20 => {
                let (reg, value) = setting(rng);
                Call::RegSetFor { task, reg, value }
            }
            20..23 => {
                let (address, length) = range(rng);
                Call::MemRead { address, length }
            }
            23..30 => {
                let (address, length) = range(rng);
                let bytes = (0..length).map(|_| if rng.bool() { rng.u8(..) } else { 0 }).collect();
                Call::MemWrite { address, bytes }
            }
            30..33 => Call::Pids {},
            33..35 => Call::LastPc {},
            35..37 => Call::LastOpcode {},
            _ => Call::LastRegs {},
        }
    }
}

fn register(rng: &mut Rng) -> u32 {
    match rng.u32(0..20) {
        0 => pick(rng, &[4, 15, 32, u32::MAX]),
        1..9 => rng.u32(0..4),
        _ => rng.u32(16..32),
    }
}

/// A register with a value at an edge of it.
fn setting(rng: &mut Rng) -> (u32, u32) {
    let reg = register(rng);
    let value = match reg {
        0 => pick(rng, &[0, 4, 8, 12, 2, 0x1_0000, u32::MAX]),
        1 => pick(rng, &[0xFFC0, 0xFFBC, 0xFFBE, 0xEFC0, 0xEFC4, 0xEFBF, 0xFFC1, 0xFFC4, 0, u32::MAX]),
        2 => pick(rng, &[0, 1, 15, 5, 16, u32::MAX]),
        _ => pick(rng, &[0, 1, 0x4000, 0x8000, 0xFFC0, 0x1_0000, 0x7FFF_FFFF, u32::MAX]),
    };
    (reg, value)
}

/// A range of memory at an edge, with a few bytes.
fn range(rng: &mut Rng) -> (u32, u32) {
    let address =
        pick(rng, &[0, 0x100, 0x4000, 0x4004, 0xEFC0, 0xFFB8, 0xFFC0, 0xFFFC, 0xFFFF, 0x1_0000, u32::MAX]);
    let length = if rng.u32(0..200) == 0 { pick(rng, &[0x1_0000, 0x4000]) } else { rng.u32(0..10) };
    (address, length)
}

/// An image of instructions at random, near the start of code and of memory.
fn words(rng: &mut Rng) -> Vec<u8> {
    let count = rng.usize(1..10);
    let operand: Range<u32> = 0..4;
    let code = (0..count).flat_map(|_| {
        let opcode = pick(rng, Opcode::ALL) as u32;
        let imm = if rng.u32(0..3) == 0 { rng.u32(0..0x1000) } else { 4 * rng.u32(0..count as u32 + 1) };
        let mut operand = || rng.u32(operand.clone());
        (opcode << 24 | operand() << 20 | operand() << 16 | operand() << 12 | imm).to_be_bytes()
    });
    write(&ImageParts { version: 1, code: code.collect(), ..ImageParts::default() })
}

/// The image with a few bytes changed, cut or made longer.
fn damaged(rng: &mut Rng, mut image: Vec<u8>) -> Vec<u8> {
    for _ in 0..rng.u32(0..3) {
        let at = rng.usize(..image.len());
        image[at] = pick(rng, &[0, 1, 2, 0x7F, 0x80, 0xFF]);
    }
    match rng.u32(0..4) {
        0 => image.truncate(rng.usize(0..=image.len())),
        1 => image.extend([0xEE].repeat(pick(rng, &[1, 4, 250, 260]))),
        _ => {}
    }
    if rng.u32(0..5) != 0 {
        seal(&mut image);
    }
    image
}
