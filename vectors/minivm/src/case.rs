//! A case: a machine state, code, and how far to run it.

use oracle::hex;
use serde::{Deserialize, Serialize};
pub use vectors_minivm_wire::MAX_STEPS;

pub(crate) const MEMORY: usize = minivm::memory::SIZE;

/// A complete starting state and how far to run it. What the keys mean is said in the machine protocol, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Code bytes, 0 to 65,536; instruction words are big-endian.
    #[serde(with = "hex")]
    pub code: Vec<u8>,
    /// Instructions to retire at most, 1 to 1,000,000.
    pub max_steps: u32,
    /// Byte address of the first instruction.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pc: u32,
    /// R0 to R15.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub regs: [u32; 16],
    /// Stack pointer.
    #[serde(default = "default_sp")]
    pub sp: u32,
    /// Flags: Z=1, C=2, N=4, V=8.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub psw: u8,
    /// The lowest address a push may write.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub stack_limit: u32,
    /// Where the registers live in data memory, 0 to 0xFFC0; 0 = outside it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reg_base: u16,
    /// Return addresses, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub call_stack: Vec<u32>,
    /// What data memory holds, applied in order; all other bytes are 0. Registers are written after these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mem: Vec<Block>,
    /// Whether to return a row per retired instruction.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub trace: bool,
}

/// Bytes at an address of data memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block(pub u32, #[serde(with = "hex")] pub Vec<u8>);

fn default_sp() -> u32 {
    0x8000
}

fn is_zero<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Default for Case {
    fn default() -> Self {
        Case {
            code: Vec::new(),
            max_steps: 1,
            pc: 0,
            regs: [0; 16],
            sp: default_sp(),
            psw: 0,
            stack_limit: 0,
            reg_base: 0,
            call_stack: Vec::new(),
            mem: Vec::new(),
            trace: false,
        }
    }
}

impl Case {
    /// A case that runs these instruction words for as many steps.
    pub fn of_words(words: &[u32]) -> Self {
        Case {
            code: words.iter().flat_map(|word| word.to_be_bytes()).collect(),
            max_steps: words.len().max(1) as u32,
            ..Case::default()
        }
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        if self.code.len() > MEMORY {
            return Err(format!("code: {} bytes, at most 65536 are allowed", self.code.len()));
        }
        if !(1..=MAX_STEPS).contains(&self.max_steps) {
            return Err(format!("max_steps: {} is not 1 to {MAX_STEPS}", self.max_steps));
        }
        if self.psw > 15 {
            return Err(format!("psw: {} is not 0 to 15", self.psw));
        }
        if self.reg_base > 0xFFC0 {
            return Err(format!("reg_base: {} is not 0 to 65472", self.reg_base));
        }
        for (index, Block(address, bytes)) in self.mem.iter().enumerate() {
            if *address as usize > MEMORY || bytes.len() > MEMORY - *address as usize {
                return Err(format!(
                    "mem[{index}]: {} bytes at {address} do not lie within 64 KiB",
                    bytes.len()
                ));
            }
        }
        Ok(())
    }

    /// Data memory at the start, registers included where they live in it.
    pub fn initial_memory(&self) -> Box<[u8; MEMORY]> {
        let mut memory = Box::new([0; MEMORY]);
        for Block(address, bytes) in &self.mem {
            memory[*address as usize..][..bytes.len()].copy_from_slice(bytes);
        }
        if self.reg_base != 0 {
            for (slot, value) in memory[usize::from(self.reg_base)..].chunks_exact_mut(4).zip(self.regs) {
                slot.copy_from_slice(&value.to_le_bytes());
            }
        }
        memory
    }
}
