//! Any word: decoding, encoding, disassembling and assembling agree.

use minivm::disasm::Disassembly;
use minivm::instruction::Word;
use minivm::{Instruction, Opcode, asm};
use oracle::fuzz::{Bench, Complaint, FuzzedCase, Judge, Target, Use, mutation};
use oracle::project::Project;
use oracle::random::Rng;

use super::words::{instruction, other_field};
use crate::{Case, MiniVm, REFERENCE};

struct Decoder {
    judge: Judge<MiniVm>,
}

/// The target.
pub fn create(bench: &Bench) -> Box<dyn Target> {
    Box::new(Decoder { judge: Judge::new(bench, 256) })
}

impl Target for Decoder {
    fn useful_means(&self) -> &'static str {
        "the opcode is legal"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        let (word, literal) = word_pair(input);
        check_fields(word)?;
        check_text(word, Some(literal))?;
        if word >> 24 == Opcode::Ldi32 as u32 {
            check_text(word, None)?;
        }
        if self.judge.is_due() {
            self.judge.compare(REFERENCE, &case(word, literal))?;
        }
        Ok(Use::from(Instruction::decode(word).is_some()))
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        let (word, literal) = word_pair(input);
        let (word, literal) = match rng.u8(..8) {
            0 => return basic(input),
            1 => (word, mutation::nudged(rng, literal)),
            2 => (instruction(rng), literal),
            _ => (other_field(rng, word), literal),
        };
        *input = [word.to_be_bytes(), literal.to_be_bytes()].concat();
    }

    fn seeds(&self, _: &Project) -> Result<Vec<Vec<u8>>, String> {
        Ok(Opcode::ALL.iter().map(|&op| ((op as u32) << 24).to_be_bytes().to_vec()).collect())
    }

    fn cases(&self, input: &[u8]) -> Vec<FuzzedCase> {
        let (word, literal) = word_pair(input);
        vec![FuzzedCase::of::<MiniVm>(REFERENCE, &case(word, literal))]
    }

    fn describe(&self, input: &[u8]) -> String {
        let (word, literal) = word_pair(input);
        format!("word {word:#010x}, then {literal:#010x}: {}", Disassembly { word, literal: Some(literal) })
    }
}

/// The word and the one behind it; missing bytes are 0.
fn word_pair(input: &[u8]) -> (u32, u32) {
    let mut bytes = [0; 8];
    let length = input.len().min(8);
    bytes[..length].copy_from_slice(&input[..length]);
    let both = u64::from_be_bytes(bytes);
    ((both >> 32) as u32, both as u32)
}

/// The word, run from a state in which no two registers are equal.
fn case(word: u32, literal: u32) -> Case {
    let regs = std::array::from_fn(|index| 0x1000 + 0x104 * index as u32);
    Case { max_steps: 1, regs, psw: 2, ..Case::of_words(&[word, literal]) }
}

/// Every field is where the instruction format says (ledger row D1).
fn check_fields(word: u32) -> Result<(), Complaint> {
    let byte = (word >> 24) as u8;
    let legal = Opcode::ALL.iter().any(|&op| op as u8 == byte);
    let decoded = Instruction::decode(word);
    Complaint::unless(decoded.is_some() == legal, "opcode", "legal", || format!("{byte:#04x}: {decoded:?}"))?;
    let Some(i) = decoded else { return Ok(()) };
    let nibble = |shift: u32| (word >> shift & 15) as usize;
    let fields = [
        ("opcode", i.op as usize, usize::from(byte)),
        ("rd", i.rd.index(), nibble(20)),
        ("rs1", i.rs1.index(), nibble(16)),
        ("rs2", i.rs2.index(), nibble(12)),
        ("imm", i.imm.into(), word as usize & 0xFFF),
        ("svc module", Word(word).svc_module().into(), nibble(8)),
        ("low byte", Word(word).low_byte().into(), word as usize & 0xFF),
    ];
    for (name, got, expected) in fields {
        Complaint::unless(got == expected, "field", name, || {
            format!("{word:#010x}: {got:#x}, not {expected:#x}")
        })?;
    }
    let imm = i32::from(i.imm) - if i.imm & 0x800 != 0 { 0x1000 } else { 0 };
    let signed = Word(word).signed_imm();
    Complaint::unless(signed == imm, "field", "signed imm", || format!("{word:#010x}: {signed}, not {imm}"))?;
    let encoded = i.encode();
    Complaint::unless(encoded == word, "encode", "word", || format!("{word:#010x} becomes {encoded:#010x}"))
}

/// The text of a word assembles to that word.
fn check_text(word: u32, literal: Option<u32>) -> Result<(), Complaint> {
    let disassembly = Disassembly { word, literal };
    let text = disassembly.to_string();
    let mnemonic = Instruction::decode(word).map_or("illegal", |i| i.op.mnemonic());
    let bytes = [word, literal.unwrap_or_default()].map(u32::to_be_bytes);
    let expected = &bytes.as_flattened()[..disassembly.size()];
    match asm::assemble(&text) {
        Ok(program) => Complaint::unless(program.code == expected, mnemonic, "text", || {
            format!("{word:#010x} is `{text}`, which assembles to {:02x?}", program.code)
        }),
        Err(error) => Err(Complaint::new(mnemonic, "text", format!("{word:#010x} is `{text}`: {error}"))),
    }
}
