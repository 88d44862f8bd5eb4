//! Points, and the rows and columns that they stand in.

use crate::isa::Opcode;
use crate::profile::SwitchSet;

/// What coverage is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// The program: how it begins and ends.
    Program,
    /// An opcode that does not exist in the profile.
    Illegal,
    /// An opcode that does.
    Op(Opcode),
}

impl Row {
    /// Every row.
    pub fn all() -> impl Iterator<Item = Row> {
        [Row::Program, Row::Illegal].into_iter().chain(Opcode::ALL.iter().copied().map(Row::Op))
    }

    /// The mnemonic, or the name in lower case if there is none.
    pub const fn name(self) -> &'static str {
        match self {
            Row::Program => "program",
            Row::Illegal => "illegal",
            Row::Op(op) => op.mnemonic(),
        }
    }

    /// The points this row has in `profile`; none if the opcode does not exist there.
    pub fn points(self, profile: SwitchSet) -> impl Iterator<Item = Point> {
        Point::ALL.iter().copied().filter(move |point| point.applies(self, profile))
    }
}

/// What a point is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Operands and results.
    Results,
    /// Where it goes on.
    Control,
    /// Bits that are ignored.
    Encoding,
    /// Which one, of things that are numbered.
    Numbers,
    /// Edges of the stack.
    Stack,
    /// Edges of memory.
    Memory,
    /// Edges of what devices are told.
    Devices,
    /// What is printed.
    Text,
    /// What was wrong.
    Errors,
}

impl Group {
    /// Every group, in the order of the matrix's columns.
    pub const ALL: &[Group] = &[
        Group::Results,
        Group::Control,
        Group::Encoding,
        Group::Numbers,
        Group::Stack,
        Group::Memory,
        Group::Devices,
        Group::Text,
        Group::Errors,
    ];

    /// The heading.
    pub const fn name(self) -> &'static str {
        match self {
            Group::Results => "results",
            Group::Control => "control",
            Group::Encoding => "encoding",
            Group::Numbers => "numbers",
            Group::Stack => "stack",
            Group::Memory => "memory",
            Group::Devices => "devices",
            Group::Text => "text",
            Group::Errors => "errors",
        }
    }
}

macro_rules! define_points {
    ($($(#[doc = $doc:literal])* $variant:ident, $group:ident, $name:literal;)*) => {
        /// A situation. Those that are no errors are hit by instructions that complete.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Point {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Point {
            /// Every point.
            pub const ALL: &[Point] = &[$(Point::$variant,)*];

            /// The name, in `kebab-case`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Point::$variant => $name,)*
                }
            }

            /// The column of the coverage matrix it is shown in.
            pub const fn group(self) -> Group {
                match self {
                    $(Point::$variant => Group::$group,)*
                }
            }
        }
    };
}

define_points! {
    /// It completed.
    Completed, Results, "completed";
    /// No operand was negative.
    PlusPlus, Results, "plus-plus";
    /// b alone was negative.
    PlusMinus, Results, "plus-minus";
    /// a alone was negative.
    MinusPlus, Results, "minus-plus";
    /// Both operands were negative.
    MinusMinus, Results, "minus-minus";
    /// a was not negative.
    Plus, Results, "plus";
    /// a was negative.
    Minus, Results, "minus";
    /// a and b were equal.
    Equal, Results, "equal";
    /// a was below b, signed.
    Below, Results, "below";
    /// a was above b, signed.
    Above, Results, "above";
    /// Neither operand was true.
    FalseFalse, Results, "false-false";
    /// b alone was true.
    FalseTrue, Results, "false-true";
    /// a alone was true.
    TrueFalse, Results, "true-false";
    /// Both operands were true.
    TrueTrue, Results, "true-true";
    /// A truth value was neither 0 nor 1.
    LargeTruth, Results, "truth-beyond-1";
    /// It pushed 0.
    Gives0, Results, "gives-0";
    /// It pushed 1.
    Gives1, Results, "gives-1";
    /// It pushed 65535.
    Gives65535, Results, "gives-65535";
    /// It pushed a negative number.
    GivesNegative, Results, "gives-negative";
    /// The result did not fit and wrapped.
    Wraps, Results, "wraps";
    /// The one quotient that does not fit.
    QuotientWraps, Results, "quotient-wraps";
    /// A negative quotient was cut towards 0.
    Truncates, Results, "truncates";
    /// A shift by 0.
    Amount0, Results, "amount-0";
    /// A shift by 31.
    Amount31, Results, "amount-31";
    /// A shift lost bits.
    BitsLost, Results, "bits-lost";
    /// The jump was taken.
    Taken, Control, "taken";
    /// The jump was not taken.
    NotTaken, Control, "not-taken";
    /// The jump was not taken and its target is no instruction.
    TargetUnchecked, Control, "target-unchecked";
    /// It went to a later instruction.
    Forward, Control, "forward";
    /// It went to an earlier instruction.
    Backward, Control, "backward";
    /// It went to itself.
    ToItself, Control, "to-itself";
    /// It went to the first instruction.
    ToFirst, Control, "to-first";
    /// It went to the last instruction.
    ToLast, Control, "to-last";
    /// `CALL` was the last instruction, so nothing can return from it.
    CallIsLast, Control, "call-is-last";
    /// The program came to its end.
    Ends, Control, "ends";
    /// The program began at its end.
    BeginsAtEnd, Control, "begins-at-end";
    /// The flags were not 0.
    FlagsSet, Encoding, "flags-set";
    /// The immediate was not 0 and has no meaning.
    ImmediateIgnored, Encoding, "immediate-ignored";
    /// The first: global, array, pin, button or string 0, or the cell on top.
    NumberFirst, Numbers, "first";
    /// The last: global 63, array 15, pin 19, button 255, the last string of several, or the lowest cell of several.
    NumberLast, Numbers, "last";
    /// Only the low byte of the number counted.
    Alias, Numbers, "alias";
    /// The operands were all that the stack held.
    TakesLastCells, Stack, "takes-last-cells";
    /// The stack was empty.
    EmptyStack, Stack, "empty-stack";
    /// The result filled the stack.
    FillsStack, Stack, "fills-stack";
    /// The stack was full.
    FullStack, Stack, "full-stack";
    /// A value that was not 0 was replaced by another.
    Overwrites, Memory, "overwrites";
    /// Element 0.
    FirstElement, Memory, "first-element";
    /// The last element of several.
    LastElement, Memory, "last-element";
    /// An array of 1 element.
    Length1, Memory, "length-1";
    /// An array of 64 elements.
    Length64, Memory, "length-64";
    /// The least value.
    ValueMin, Devices, "value-min";
    /// The greatest value that the profile takes.
    ValueMax, Devices, "value-max";
    /// The pin that was read is an output.
    PinIsOutput, Devices, "pin-is-output";
    /// The mode was not 0 and became another.
    ModeChanges, Devices, "mode-changes";
    /// A delay of more than nothing, but less than 1 ms.
    DelayVanishes, Devices, "delay-vanishes";
    /// A delay of whole milliseconds.
    DelayExact, Devices, "delay-exact";
    /// A delay of more than 1 ms that was cut.
    DelayCut, Devices, "delay-cut";
    /// No arguments.
    NoArguments, Text, "no-arguments";
    /// Eight arguments.
    EightArguments, Text, "eight-arguments";
    /// `%d` of a number that is not negative.
    Decimal, Text, "decimal";
    /// `%d` of a negative number.
    DecimalNegative, Text, "decimal-negative";
    /// `%x` of a number that is not negative.
    Hex, Text, "hex";
    /// `%x` of a negative number.
    HexNegative, Text, "hex-negative";
    /// `%c` of an ASCII character.
    Char, Text, "char";
    /// `%c` of a byte above 0x7F.
    CharBeyondAscii, Text, "char-beyond-ascii";
    /// `%c` of a byte that is 0, which ends what is printed.
    CharEndsText, Text, "char-ends-text";
    /// An unknown specifier.
    UnknownSpecifier, Text, "unknown-specifier";
    /// A `%` at the end.
    LonePercent, Text, "lone-percent";
    /// Arguments that nothing took.
    SurplusArguments, Text, "surplus-arguments";
    /// A string without characters.
    EmptyText, Text, "empty-text";
    /// There was no program.
    NotLoaded, Errors, "not-loaded";
    /// An opcode that no profile has.
    UnknownOpcode, Errors, "unknown-opcode";
    /// An opcode that the plan has and the profile has not.
    PlannedOpcode, Errors, "planned-opcode";
    /// The stack was empty, but operands were wanted.
    NoOperands, Errors, "no-operands";
    /// The stack held some of the operands.
    OperandsMissing, Errors, "operands-missing";
    /// The stack had no room for the result.
    NoRoom, Errors, "no-room";
    /// The target was the end of the program.
    TargetIsEnd, Errors, "target-is-end";
    /// The target was beyond the end of the program.
    TargetBeyondEnd, Errors, "target-beyond-end";
    /// The target was negative.
    TargetNegative, Errors, "target-negative";
    /// The divisor was 0.
    ZeroDivisor, Errors, "zero-divisor";
    /// The pin was negative.
    PinNegative, Errors, "pin-negative";
    /// The pin was too large for its check.
    PinTooLarge, Errors, "pin-too-large";
    /// The pin was 20 to 255.
    PinAbsent, Errors, "pin-absent";
    /// The pin was no output.
    PinIsNoOutput, Errors, "pin-is-no-output";
    /// Another operand was negative.
    OperandNegative, Errors, "operand-negative";
    /// Another operand was too large.
    OperandTooLarge, Errors, "operand-too-large";
    /// The string was not in the table.
    NoText, Errors, "no-text";
    /// The format wanted another argument.
    ArgumentMissing, Errors, "argument-missing";
    /// There is no global, array or cell of such a number.
    NumberTooLarge, Errors, "number-too-large";
    /// The number was above 255 and its low byte alone would have been right.
    NoAlias, Errors, "no-alias";
    /// The array was not created.
    NoArray, Errors, "no-array";
    /// The array was created before.
    ArrayExists, Errors, "array-exists";
    /// The index was negative.
    IndexNegative, Errors, "index-negative";
    /// The index was the length of the array.
    IndexIsLength, Errors, "index-is-length";
    /// The index was above the length of the array.
    IndexTooLarge, Errors, "index-too-large";
    /// The index did not fit 16 bits, and would have been right if it were cut.
    IndexBeyond16Bits, Errors, "index-beyond-16-bits";
    /// The length was 0.
    Length0, Errors, "length-0";
    /// The length was negative.
    LengthNegative, Errors, "length-negative";
    /// The length was above 64.
    LengthTooLarge, Errors, "length-too-large";
    /// A later check would have failed too.
    TwoReasons, Errors, "two-reasons";
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn names_are_unique() {
        let names: BTreeSet<_> = Point::ALL.iter().map(|point| point.name()).collect();
        assert_eq!(names.len(), Point::ALL.len());
    }

    #[test]
    fn every_point_belongs_to_some_row() {
        for &point in Point::ALL {
            let belongs = |row| point.applies(row, SwitchSet::HEAD) || point.applies(row, SwitchSet::PLAN);
            assert!(Row::all().any(belongs), "{point:?}");
        }
    }
}
