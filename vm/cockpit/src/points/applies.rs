//! Which points a row has.

use super::point::{Point, Row};
use crate::error::Check;
use crate::isa::{Family, Immediate, Opcode};
use crate::profile::{Profile, Switch, SwitchSet};

impl Point {
    /// Whether the point can occur in `row`, in `profile`.
    pub fn applies(self, row: Row, profile: SwitchSet) -> bool {
        match row {
            Row::Program => matches!(self, Point::Ends | Point::BeginsAtEnd | Point::NotLoaded),
            Row::Illegal => match self {
                Point::UnknownOpcode => true,
                Point::PlannedOpcode => Opcode::ALL.iter().any(|op| !op.exists(profile)),
                _ => false,
            },
            Row::Op(op) => op.exists(profile) && self.applies_to(op, profile),
        }
    }

    fn applies_to(self, op: Opcode, profile: SwitchSet) -> bool {
        use Opcode as Op;
        use Point as P;
        let (family, immediate) = (op.family(), op.immediate());
        let checks = |check| op.checks().contains(&check);
        let loads = matches!(op, Op::LoadGlobal | Op::LoadLocal | Op::LoadArray);
        let element = matches!(op, Op::LoadArray | Op::StoreArray);
        let shows_text = matches!(op, Op::DisplayText | Op::LedMorse);
        let binary = op.pops() == 2 && op.pushes() == 1;
        let reads_pin = matches!(op, Op::DigitalRead | Op::AnalogRead);
        match self {
            P::Completed | P::FlagsSet => true,
            P::PlusPlus | P::PlusMinus | P::MinusPlus | P::MinusMinus => {
                binary && matches!(family, Family::Arithmetic | Family::Comparison | Family::Bitwise)
            }
            P::Plus | P::Minus => family == Family::Shift || op == Op::BitwiseNot,
            P::Equal | P::Below | P::Above => family == Family::Comparison,
            P::FalseFalse | P::FalseTrue | P::TrueFalse | P::TrueTrue => matches!(op, Op::And | Op::Or),
            P::LargeTruth => family == Family::Logic || is_conditional(op),
            P::Gives0 => op.pushes() == 1 && op != Op::Call,
            P::Gives1 => {
                matches!(family, Family::Comparison | Family::Logic | Family::Buttons)
                    || op == Op::DigitalRead
            }
            P::Gives65535 => matches!(op, Op::Push | Op::AnalogRead),
            P::GivesNegative => {
                loads
                    || matches!(family, Family::Arithmetic | Family::Bitwise | Family::Shift)
                    || matches!(op, Op::Millis | Op::Micros)
            }
            P::Wraps => matches!(op, Op::Add | Op::Sub | Op::Mul),
            P::QuotientWraps => matches!(op, Op::Div | Op::Mod),
            P::Truncates => op == Op::Div,
            P::Amount0 | P::Amount31 | P::BitsLost => family == Family::Shift,
            P::Taken | P::NotTaken | P::TargetUnchecked => is_conditional(op),
            P::Forward | P::Backward | P::ToItself | P::ToFirst | P::ToLast => checks(Check::Target),
            P::CallIsLast => op == Op::Call,
            P::ImmediateIgnored => immediate == Immediate::Ignored,
            P::NumberFirst | P::NumberLast => {
                matches!(
                    immediate,
                    Immediate::Global | Immediate::Local | Immediate::Array | Immediate::String
                ) || matches!(family, Family::Pins | Family::Buttons)
                    || shows_text
            }
            P::Alias => match immediate {
                Immediate::Global | Immediate::Array => !profile.plan(Switch::WholeNumber),
                _ => immediate == Immediate::String,
            },
            P::TakesLastCells => op.pops() > 0 && op != Op::StoreLocal,
            P::EmptyStack => op.pops() == 0 && op != Op::LoadLocal,
            P::FillsStack | P::NoRoom => op.grows(),
            P::FullStack => !op.grows(),
            P::Overwrites => matches!(op, Op::StoreGlobal | Op::StoreLocal | Op::StoreArray),
            P::FirstElement | P::LastElement => element,
            P::Length1 | P::Length64 | P::Length0 | P::LengthNegative | P::LengthTooLarge => {
                op == Op::CreateArray
            }
            P::ValueMin | P::ValueMax => writes_pin(op) || op == Op::Delay,
            P::PinIsOutput => reads_pin,
            P::ModeChanges => op == Op::PinMode,
            P::DelayVanishes | P::DelayExact | P::DelayCut => op == Op::Delay,
            P::NoArguments
            | P::EightArguments
            | P::Decimal
            | P::DecimalNegative
            | P::Hex
            | P::HexNegative
            | P::Char
            | P::CharBeyondAscii
            | P::CharEndsText
            | P::UnknownSpecifier
            | P::LonePercent
            | P::SurplusArguments => op == Op::Printf,
            P::EmptyText => op == Op::Printf || shows_text,
            P::NoOperands => checks(Check::Operands),
            P::OperandsMissing => op.pops() > 1 || op == Op::Printf,
            P::TargetIsEnd | P::TargetBeyondEnd => checks(Check::Target),
            P::TargetNegative => op == Op::Ret,
            P::ZeroDivisor => checks(Check::Divisor),
            P::PinNegative | P::PinTooLarge => checks(Check::PinNumber),
            P::PinAbsent => checks(Check::PinPresent) && !profile.plan(Switch::PinError),
            P::PinIsNoOutput => checks(Check::PinOutput),
            P::OperandNegative => checks(Check::Operand),
            P::OperandTooLarge => checks(Check::Operand) && op != Op::Delay,
            P::NoText => checks(Check::Text),
            P::ArgumentMissing => checks(Check::Format),
            P::NumberTooLarge => checks(Check::Memory),
            P::NoAlias => {
                matches!(immediate, Immediate::Global | Immediate::Array) && profile.plan(Switch::WholeNumber)
            }
            P::NoArray | P::IndexNegative | P::IndexIsLength | P::IndexTooLarge | P::IndexBeyond16Bits => {
                element
            }
            P::ArrayExists => op == Op::CreateArray,
            P::TwoReasons => {
                writes_pin(op)
                    || is_conditional(op)
                    || matches!(op, Op::Call | Op::LoadLocal)
                    || matches!(immediate, Immediate::Global | Immediate::Array | Immediate::String)
            }
            P::Ends | P::BeginsAtEnd | P::NotLoaded | P::UnknownOpcode | P::PlannedOpcode => false,
        }
    }
}

/// Whether it jumps on a condition.
const fn is_conditional(op: Opcode) -> bool {
    matches!(op, Opcode::JmpTrue | Opcode::JmpFalse)
}

/// Whether it takes a pin and a value.
pub(super) const fn writes_pin(op: Opcode) -> bool {
    matches!(op, Opcode::DigitalWrite | Opcode::AnalogWrite | Opcode::PinMode)
}
