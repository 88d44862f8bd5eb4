//! What a page of an instruction set is made of.

/// A subject is an instruction set: it can say what its table has of each instruction.
pub trait InstructionSet: Sync {
    /// How instructions lie in code, in a sentence or two.
    fn encoding(&self) -> &'static str;

    /// The instructions, in the order of the table.
    fn instructions(&self) -> Vec<Instruction>;
}

/// What a table has of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// The topic that it is, which is its name.
    pub topic: &'static str,
    /// What it does, in Markdown.
    pub about: &'static str,
    /// How it is written in assembly text.
    pub syntax: String,
    /// What it consists of, from the first bit in code, 32 bits or a multiple of them.
    pub fields: Vec<BitField>,
    /// What else there is to know, by what it is about: flags, memory, faults.
    pub facts: Vec<(&'static str, String)>,
}

/// A part of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BitField {
    /// What stands there; empty if the machine ignores it.
    pub name: String,
    /// The number of its first bit or byte.
    pub from: u8,
    /// The number of its last.
    pub to: u8,
    /// How many bits it has, at least 4.
    pub bits: usize,
}

impl BitField {
    /// A field of `bits` bits, from the bit or byte of one number to that of another.
    pub fn new(name: impl Into<String>, from: u8, to: u8, bits: usize) -> Self {
        BitField { name: name.into(), from, to, bits }
    }
}
