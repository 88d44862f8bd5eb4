//! Vectors of MiniVM as they are written in YAML.
//!
//! A vector says only what matters. Left out, a value of `given` is the protocol's default, and a value of `expect` is
//! what it was before: a vector that changes one register expects all others, the flags and all of memory untouched.
//! The run is straight by default: every instruction of `code` retires, `pc` ends behind the last one. Where `stop`
//! is a fault or `returned`, it is that of the last instruction, which does not count and where pc stays.
//!
//! `program` names an assembly file beside the YAML file. It starts at its entry, its data section lies in memory, and
//! it may run for a million steps. There `expect` names what counts, `stop` among it; everything else is left open.

use std::collections::BTreeMap;
use std::str::FromStr;

use ::minivm::Fault;
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use super::outcome::Stop;
use crate::subject::Profile;
use crate::text::{HexBytes, from_text};

/// A vector as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub(super) name: Spanned<String>,
    pub(super) rule: Spanned<String>,
    #[serde(default)]
    pub(super) note: String,
    /// Assembly text.
    pub(super) code: Option<Spanned<String>>,
    /// Code bytes.
    pub(super) hex: Option<Spanned<HexBytes>>,
    /// An assembly file.
    pub(super) program: Option<Spanned<String>>,
    pub(super) steps: Option<u32>,
    #[serde(default)]
    pub(super) given: Given,
    #[serde(default)]
    pub(super) expect: Expect,
    /// Only in this profile, instead of in both.
    pub(super) only: Option<Profile>,
    /// On top of `expect` in profile `reference`.
    pub(super) reference: Option<Expect>,
    /// On top of `expect` in profile `strict`.
    pub(super) strict: Option<Expect>,
    /// On top of `expect`: what the specification's text would have instead, where both profiles follow the reference.
    pub(super) document: Option<Expect>,
}

/// Declares a struct of optional values, R0 to R15 among them.
macro_rules! state {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)* } $($reg:ident)*) => {
        $(#[$doc])*
        #[derive(Clone, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $(pub(super) $field: Option<$type>,)*
            $($reg: Option<Word>,)*
        }

        impl $name {
            pub(super) fn regs(&self) -> [Option<u32>; 16] {
                [$(self.$reg.map(|word| word.0),)*]
            }
        }
    };
}

state! {
    /// The starting state.
    Given {
        pc: Word, sp: Word, psw: Flags, stack_limit: Word, reg_base: u16, call_stack: Vec<u32>,
        mem: BTreeMap<u32, HexBytes>,
    } r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13 r14 r15
}

state! {
    /// What changed.
    Expect {
        stop: StopText, steps: u32, pc: Word, sp: Word, psw: Flags, call_stack: Vec<u32>,
        mem: BTreeMap<u32, HexBytes>,
    } r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13 r14 r15
}

/// 32 bits, signed or unsigned.
#[derive(Clone, Copy)]
pub(super) struct Word(pub(super) u32);

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
#[derive(Clone, Copy)]
pub(super) struct Flags(pub(super) u8);

impl FromStr for Flags {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "-" {
            return Ok(Flags(0));
        }
        let mut psw = 0;
        for letter in text.chars() {
            match ::minivm::context::psw::LETTERS.iter().find(|(_, known)| *known == letter) {
                Some((bit, _)) if psw & bit == 0 => psw |= bit,
                _ => return Err(format!("psw `{text}`: letters of ZCNV, each once, or - for none")),
            }
        }
        if psw == 0 { Err("psw: - stands for no flags".into()) } else { Ok(Flags(psw)) }
    }
}

/// `budget`, `svc MODULE FUNCTION`, `break CODE`, `returned STATUS` or `fault NAME`.
#[derive(Clone, Copy)]
pub(super) struct StopText(pub(super) Stop);

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
