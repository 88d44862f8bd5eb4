//! Vectors of MiniVM as they are written in YAML: the keys, and what stands behind them.
//!
//! A vector says only what matters. Left out, a value of `given` is the protocol's default, and a value of `expect` is
//! what it was before: a vector that changes one register expects all others, the flags and all of memory untouched.
//! The run is straight by default: every instruction of `code` retires, `pc` ends behind the last one. If `stop`
//! is a fault or `returned`, it is that of the last instruction, which does not count and where pc stays.
//!
//! `program` names an assembly file beside the YAML file. It starts at its entry, its data section lies in memory, and
//! it may run for a million steps. Its `expect` names what counts, `stop` among it; everything else is left open.

use std::str::FromStr;

use minivm::Fault;
use minivm::context::psw;
use oracle::suite::text::{HexBytes, Pairs};
use oracle::{from_text, keys};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use crate::outcome::Stop;

keys! {
    /// The keys of a case.
    pub struct Given {
        /// Assembly text.
        code: Spanned<String>,
        /// Code bytes.
        hex: Spanned<HexBytes>,
        /// An assembly file beside the YAML file.
        program: Spanned<String>,
        /// How many instructions may retire, 1 to 1,000,000. By default all of `code`, or a million of a program.
        steps: u32,
        /// The starting state, as far as it is not the protocol's default.
        given: Start,
    }
}

/// Declares the keys of a state: fields of its own, and R0 to R15.
macro_rules! state {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* } $($reg:ident)*) => {
        keys! {
            $(#[$doc])*
            pub struct $name {
                $($(#[$field_doc])* $field: $type,)*
                $(#[doc = "A register, 32 bits, signed or unsigned."] $reg: Word,)*
            }
        }

        impl $name {
            /// R0 to R15, as far as they are stated.
            pub fn regs(&self) -> [Option<u32>; 16] {
                [$(self.$reg.map(|word| word.0),)*]
            }
        }
    };
}

state! {
    /// The starting state.
    Start {
        /// The byte address of the first instruction.
        pc: Word,
        /// The stack pointer.
        sp: Word,
        /// The flags that are set.
        psw: Flags,
        /// The lowest address that a push may write.
        stack_limit: Word,
        /// Where the registers live in data memory, 0 to 0xFFC0.
        reg_base: u16,
        /// Return addresses, oldest first.
        call_stack: Vec<u32>,
        /// Bytes of data memory by their address.
        mem: Pairs<u32, HexBytes>,
    } r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13 r14 r15
}

state! {
    /// What changed.
    Expect {
        /// How it stopped.
        stop: StopText,
        /// Instructions retired.
        steps: u32,
        /// The program counter after it.
        pc: Word,
        /// The stack pointer.
        sp: Word,
        /// The flags that are set.
        psw: Flags,
        /// Return addresses, oldest first.
        call_stack: Vec<u32>,
        /// Bytes of data memory by their address.
        mem: Pairs<u32, HexBytes>,
    } r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13 r14 r15
}

/// 32 bits, signed or unsigned.
#[derive(Clone, Copy, Debug)]
pub struct Word(pub u32);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = i64::deserialize(deserializer)?;
        if value < i64::from(i32::MIN) || value > i64::from(u32::MAX) {
            return Err(serde::de::Error::custom(format!("{value} does not fit 32 bits")));
        }
        Ok(Word(value as u32))
    }
}

/// Flags by their letters, e.g. `ZC`; `-` for none.
#[derive(Clone, Copy, Debug)]
pub struct Flags(pub u8);

impl FromStr for Flags {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "-" {
            return Ok(Flags(0));
        }
        let mut flags = 0;
        for letter in text.chars() {
            match psw::LETTERS.iter().find(|(_, known)| *known == letter) {
                Some((bit, _)) if flags & bit == 0 => flags |= bit,
                _ => return Err(format!("psw `{text}`: letters of ZCNV, each once, or - for none")),
            }
        }
        if flags == 0 { Err("psw: - stands for no flags".into()) } else { Ok(Flags(flags)) }
    }
}

/// `budget`, `svc MODULE FUNCTION`, `break CODE`, `returned STATUS` or `fault NAME`.
#[derive(Clone, Copy, Debug)]
pub struct StopText(pub Stop);

impl FromStr for StopText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("stop `{text}`: budget, svc M F, break C, returned S or fault NAME");
        let number = |text: &str| match text.strip_prefix("0x") {
            Some(digits) => u32::from_str_radix(digits, 16).map_err(|_| bad()),
            None => text.parse().map_err(|_| bad()),
        };
        let byte = |text| u8::try_from(number(text)?).map_err(|_| bad());
        let words: Vec<&str> = text.split_whitespace().collect();
        Ok(StopText(match words[..] {
            ["budget"] => Stop::Budget {},
            ["svc", module, function] => Stop::Svc { module: byte(module)?, function: byte(function)? },
            ["break", code] => Stop::Break { code: byte(code)? },
            ["returned", status] => Stop::Returned { status: number(status)? },
            ["fault", name] => Stop::Fault { fault: Fault::from_name(name).ok_or_else(bad)? },
            _ => return Err(bad()),
        }))
    }
}

from_text!(Flags);
from_text!(StopText);
