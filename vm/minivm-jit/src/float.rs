//! binary16 arithmetic: calls of the functions that the interpreter has.

use minivm::float::{self, Operation};
use minivm::{Profile, Switch, SwitchSet};

/// The switches that arithmetic asks for, known when it is compiled.
#[derive(Clone, Copy)]
struct Known<const SUBNORMAL: bool, const BY_ZERO: bool, const TO_INT: bool>;

impl<const SUBNORMAL: bool, const BY_ZERO: bool, const TO_INT: bool> Profile
    for Known<SUBNORMAL, BY_ZERO, TO_INT>
{
    fn strict(self, switch: Switch) -> bool {
        match switch {
            Switch::SubnormalRounding => SUBNORMAL,
            Switch::FloatDivideByZero => BY_ZERO,
            Switch::FloatToInt => TO_INT,
            _ => false,
        }
    }
}

/// A function that machine code calls. Of `F2I` the upper half of the result says whether there is one.
pub(crate) type Helper = extern "C" fn(u32, u32) -> u64;

/// What machine code can have done.
#[derive(Clone, Copy)]
pub(crate) enum Task {
    Arithmetic(Operation),
    FromInt,
    ToInt,
}

/// The function that does it as a profile wants it.
pub(crate) fn helper(profile: SwitchSet, task: Task) -> Helper {
    let by_zero = profile.strict(Switch::FloatDivideByZero);
    match (profile.strict(Switch::SubnormalRounding), by_zero) {
        (false, false) => rounded::<false, false>(profile, task),
        (false, true) => rounded::<false, true>(profile, task),
        (true, false) => rounded::<true, false>(profile, task),
        (true, true) => rounded::<true, true>(profile, task),
    }
}

fn rounded<const SUBNORMAL: bool, const BY_ZERO: bool>(profile: SwitchSet, task: Task) -> Helper {
    match task {
        Task::Arithmetic(Operation::Add) => add::<SUBNORMAL, BY_ZERO>,
        Task::Arithmetic(Operation::Sub) => sub::<SUBNORMAL, BY_ZERO>,
        Task::Arithmetic(Operation::Mul) => mul::<SUBNORMAL, BY_ZERO>,
        Task::Arithmetic(Operation::Div) => div::<SUBNORMAL, BY_ZERO>,
        Task::FromInt => from_int::<SUBNORMAL>,
        Task::ToInt if profile.strict(Switch::FloatToInt) => to_int::<true>,
        Task::ToInt => to_int::<false>,
    }
}

macro_rules! arithmetic {
    ($($name:ident, $operation:ident;)*) => {
        $(extern "C" fn $name<const SUBNORMAL: bool, const BY_ZERO: bool>(a: u32, b: u32) -> u64 {
            float::arithmetic(Known::<SUBNORMAL, BY_ZERO, false>, Operation::$operation, a, b).into()
        })*
    };
}

arithmetic! {
    add, Add;
    sub, Sub;
    mul, Mul;
    div, Div;
}

extern "C" fn from_int<const SUBNORMAL: bool>(value: u32, _: u32) -> u64 {
    float::from_int(Known::<SUBNORMAL, false, false>, value).into()
}

extern "C" fn to_int<const TO_INT: bool>(bits: u32, _: u32) -> u64 {
    match float::to_int(Known::<false, false, TO_INT>, bits) {
        Some(value) => 1 << 32 | u64::from(value),
        None => 0,
    }
}
