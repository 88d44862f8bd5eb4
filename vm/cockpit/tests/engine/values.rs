//! Opcodes that work on the stack alone.

use cockpit::Error::{DivisionByZero, InvalidOpcode, InvalidOperand};
use cockpit::Opcode::{self, *};

use super::machine::{BOTH, HEAD, PLAN, effect, failed};

const MIN: i32 = i32::MIN;
const MAX: i32 = i32::MAX;

#[test]
fn push_extends_with_zeros_and_pop_drops() {
    for profile in BOTH {
        assert_eq!(effect(profile, Push, 0xFFFF, &[7]), Ok(vec![7, 65535]));
        assert_eq!(effect(profile, Pop, 0, &[7, 8]), Ok(vec![7]));
    }
}

#[test]
fn arithmetic_wraps_and_truncates() {
    let cases: &[(Opcode, i32, i32, i32)] = &[
        (Add, 2, 3, 5),
        (Add, MAX, 1, MIN),
        (Add, MIN, -1, MAX),
        (Sub, 2, 3, -1),
        (Sub, MIN, 1, MAX),
        (Mul, -3, 5, -15),
        (Mul, 0x1_0000, 0x1_0000, 0),
        (Mul, MIN, -1, MIN),
        (Div, 7, 2, 3),
        (Div, -7, 2, -3),
        (Div, 7, -2, -3),
        (Div, -7, -2, 3),
        (Div, MIN, -1, MIN),
        (Mod, 7, 2, 1),
        (Mod, -7, 2, -1),
        (Mod, 7, -2, 1),
        (Mod, MIN, -1, 0),
    ];
    for &(op, a, b, result) in cases {
        for profile in BOTH {
            assert_eq!(effect(profile, op, 0, &[9, a, b]), Ok(vec![9, result]), "{op:?} {a} {b}");
        }
    }
}

#[test]
fn dividing_by_0_fails() {
    for (profile, op) in BOTH.into_iter().flat_map(|profile| [(profile, Div), (profile, Mod)]) {
        let expected = failed(profile, (DivisionByZero, &[9]), DivisionByZero, &[9, 1, 0]);
        assert_eq!(effect(profile, op, 0, &[9, 1, 0]), expected);
    }
}

/// What a comparison says of the pairs (-1, 1), (1, -1), (1, 2), (2, 1), (3, 3) and (MIN, MAX).
fn truths(profile: cockpit::SwitchSet, op: Opcode) -> [i32; 6] {
    [(-1, 1), (1, -1), (1, 2), (2, 1), (3, 3), (MIN, MAX)]
        .map(|(a, b)| effect(profile, op, 0, &[a, b]).unwrap()[0])
}

#[test]
fn comparisons_are_signed_or_unsigned() {
    let signed = [
        (Eq, [0, 0, 0, 0, 1, 0]),
        (Ne, [1, 1, 1, 1, 0, 1]),
        (EqSigned, [0, 0, 0, 0, 1, 0]),
        (NeSigned, [1, 1, 1, 1, 0, 1]),
        (LtSigned, [1, 0, 1, 0, 0, 1]),
        (GtSigned, [0, 1, 0, 1, 0, 0]),
        (LeSigned, [1, 0, 1, 0, 1, 1]),
        (GeSigned, [0, 1, 0, 1, 1, 0]),
    ];
    let unsigned = [(Le, [0, 1, 1, 0, 1, 0]), (Ge, [1, 0, 0, 1, 1, 1])];
    for (op, expected) in signed.into_iter().chain(unsigned) {
        assert_eq!((truths(HEAD, op), truths(PLAN, op)), (expected, expected), "{op:?}");
    }
}

#[test]
fn lt_and_gt_are_signed_in_head_and_unsigned_in_plan() {
    assert_eq!((truths(HEAD, Lt), truths(HEAD, Gt)), (truths(HEAD, LtSigned), truths(HEAD, GtSigned)));
    assert_eq!(truths(PLAN, Lt), [0, 1, 1, 0, 0, 0]);
    assert_eq!(truths(PLAN, Gt), [1, 0, 0, 1, 0, 1]);
}

#[test]
fn logic_gives_0_or_1() {
    for profile in BOTH {
        for (a, b, and, or) in [(0, 0, 0, 0), (0, -5, 0, 1), (2, 0, 0, 1), (2, -5, 1, 1)] {
            assert_eq!(effect(profile, And, 0, &[a, b]), Ok(vec![and]));
            assert_eq!(effect(profile, Or, 0, &[a, b]), Ok(vec![or]));
        }
        assert_eq!(effect(profile, Not, 0, &[0]), Ok(vec![1]));
        assert_eq!(effect(profile, Not, 0, &[-5]), Ok(vec![0]));
    }
}

#[test]
fn bits_are_only_in_the_plan() {
    let cases: &[(Opcode, &[i32], i32)] = &[
        (BitwiseAnd, &[-1, 0x0F0F], 0x0F0F),
        (BitwiseOr, &[MIN, 1], MIN + 1),
        (BitwiseXor, &[-1, 1], -2),
        (BitwiseNot, &[0], -1),
        (ShiftLeft, &[3, 31], MIN),
        (ShiftLeft, &[3, 0], 3),
        (ShiftRight, &[-8, 1], -4),
        (ShiftRight, &[MIN, 31], -1),
    ];
    for &(op, stack, result) in cases {
        assert_eq!(effect(PLAN, op, 0, stack), Ok(vec![result]), "{op:?}");
        assert_eq!(effect(HEAD, op, 0, stack), Err((InvalidOpcode, stack.to_vec())));
    }
}

#[test]
fn shifts_take_0_to_31() {
    for (op, amount) in [(ShiftLeft, 32), (ShiftLeft, -1), (ShiftRight, 32), (ShiftRight, MIN)] {
        assert_eq!(effect(PLAN, op, 0, &[1, amount]), Err((InvalidOperand, vec![1, amount])));
    }
}
