"""Every instruction's result and flags, by example."""

import unittest
from itertools import product

from support import BOTH, U32, MachineTest, Op, registers, word

from minivm_model.instructions import HANDLERS
from minivm_model.isa import C, N, V, Z

MIN, MAX = 0x8000_0000, 0x7FFF_FFFF
OPCODES = {
    0x01: "LDI LD ST MOV",
    0x06: "LDB LDH STB STH",
    0x10: "ADD SUB MUL DIV AND OR XOR NOT",
    0x20: "CMP JMP JZ JNZ CALL RET",
    0x30: "SVC LSL LSR ASR ADC SBC",
    0x40: "PUSH POP",
    0x50: "FADD FSUB FMUL FDIV I2F F2I",
    0x60: "LDI32",
    0x7F: "BRK",
}


class OpcodeTable(unittest.TestCase):
    def test_numbers(self) -> None:
        table = {name: first + n for first, names in OPCODES.items() for n, name in enumerate(names.split())}
        self.assertEqual(dict(Op.__members__), table)
        self.assertEqual(len(table), 38)

    def test_every_opcode_has_an_instruction(self) -> None:
        self.assertEqual(set(HANDLERS), set(Op))


class DataMovement(MachineTest):
    def test_ldi_extends_the_sign(self) -> None:
        for imm, value in ((0, 0), (0x7FF, 0x7FF), (0x800, 0xFFFF_F800), (0xFFF, U32)):
            for profile in BOTH:
                self.expect(profile, [word(Op.LDI, 3, imm=imm)], {"psw": 15}, regs=registers(r3=value), psw=15, pc=4)

    def test_ldi32(self) -> None:
        for profile in BOTH:
            self.expect(
                profile,
                [word(Op.LDI32, 7), 0xDEAD_BEEF],
                {"psw": 5},
                regs=registers(r7=0xDEAD_BEEF),
                pc=8,
                psw=5,
                steps=1,
            )

    def test_mov(self) -> None:
        for profile in BOTH:
            case = {"regs": registers(r2=0x8765_4321), "psw": 9}
            self.expect(profile, [word(Op.MOV, 1, 2)], case, regs=registers(r1=0x8765_4321, r2=0x8765_4321), psw=9)

    def test_loads_are_little_endian_and_extend_zeros(self) -> None:
        for op, value in ((Op.LD, 0xF4F3_F2F1), (Op.LDH, 0xF2F1), (Op.LDB, 0xF1)):
            case = {"regs": registers(r2=0x104), "mem": [[0x100, "f1f2f3f4f5"]], "psw": 15}
            for profile in BOTH:
                self.expect(profile, [word(op, 3, 2, imm=-4)], case, regs=registers(r2=0x104, r3=value), psw=15)
                self.expect(profile, [word(op, 2, 2, imm=-4)], case, regs=registers(r2=value), psw=15)

    def test_stores_write_rs2(self) -> None:
        for op, data in ((Op.ST, "04030201"), (Op.STH, "0403"), (Op.STB, "04")):
            case = {"regs": registers(r1=0x100, r2=0x0102_0304), "psw": 15, "mem": [[0x100, "ff" * 16]]}
            for profile in BOTH:
                self.expect(profile, [word(op, 9, 1, 2, 8)], case, mem=[[0x108, data]], regs=case["regs"], psw=15)

    def test_unused_fields_are_ignored(self) -> None:
        for profile in BOTH:
            self.expect(profile, [word(Op.MOV, 1, 2, 15, 0xFFF)], {"regs": registers(r2=6)}, regs=registers(r1=6, r2=6))
            self.expect(profile, [word(Op.NOT, 1, 2, 15, 0xFFF)], {}, regs=registers(r1=U32))


class Integers(MachineTest):
    def both(self, op: Op, a: int, b: int, value: int, psw: int, before: int = 0) -> None:
        for profile in BOTH:
            self.one(profile, op, a, b, value, psw, before)

    def one(self, profile: str, op: Op, a: int, b: int, value: int, psw: int, before: int = 0) -> None:
        case = {"regs": registers(r1=a, r2=b), "psw": before}
        self.expect(profile, [word(op, 3, 1, 2)], case, regs=registers(r1=a, r2=b, r3=value), psw=psw, pc=4, steps=1)

    def test_add(self) -> None:
        self.both(Op.ADD, 1, 2, 3, 0, before=15)
        self.both(Op.ADD, U32, 1, 0, Z | C)
        self.both(Op.ADD, MAX, 1, MIN, N | V)
        self.both(Op.ADD, MIN, MIN, 0, Z | C | V)
        self.both(Op.ADD, U32, U32, U32 - 1, N | C)

    def test_sub(self) -> None:
        self.both(Op.SUB, 5, 3, 2, C)
        self.both(Op.SUB, 3, 3, 0, Z | C)
        self.both(Op.SUB, 3, 5, U32 - 1, N)
        self.both(Op.SUB, MIN, 1, MAX, C | V)
        self.both(Op.SUB, MAX, U32, MIN, N | V)

    def test_cmp_writes_flags_only(self) -> None:
        for a, b, psw in ((5, 3, C), (3, 3, Z | C), (3, 5, N), (MIN, 1, C | V), (MAX, U32, N | V)):
            self.both(Op.CMP, a, b, 0, psw)

    def test_mul(self) -> None:
        self.both(Op.MUL, 6, 7, 42, 0, before=15)
        self.both(Op.MUL, 0, U32, 0, Z)
        self.both(Op.MUL, 0x1_0000, 0x1_0000, 0, Z | C | V)

    def test_mul_v_by_profile(self) -> None:
        for a, b, value, reference, strict in (
            (U32, U32, 1, C | V, C),  # -1 * -1
            (U32, 2, U32 - 1, N | C | V, N | C),  # -1 * 2
            (0x4000_0000, 2, MIN, N, N | V),  # 2^30 * 2
        ):
            self.one("reference", Op.MUL, a, b, value, reference)
            self.one("strict", Op.MUL, a, b, value, strict)

    def test_div_truncates_and_clears_c_and_v(self) -> None:
        self.both(Op.DIV, 7, 2, 3, 0, before=15)
        self.both(Op.DIV, -7 & U32, 2, -3 & U32, N)
        self.both(Op.DIV, 7, -2 & U32, -3 & U32, N)
        self.both(Op.DIV, -7 & U32, -2 & U32, 3, 0)
        self.both(Op.DIV, 1, 2, 0, Z)
        self.both(Op.DIV, MIN, U32, MIN, N)

    def test_logic(self) -> None:
        self.both(Op.AND, 0xFF00, 0x0FF0, 0x0F00, 0, before=15)
        self.both(Op.AND, 0xF0, 0x0F, 0, Z)
        self.both(Op.OR, MIN, 1, MIN | 1, N, before=C | V)
        self.both(Op.XOR, 0xFF, 0xFF, 0, Z, before=15)
        self.both(Op.NOT, U32, 5, 0, Z, before=15)
        self.both(Op.NOT, 0, 5, U32, N)

    def test_lsl(self) -> None:
        self.both(Op.LSL, 1, 31, MIN, N, before=15)
        self.both(Op.LSL, MIN, 1, 0, Z | C)
        self.both(Op.LSL, 3, 31, MIN, N | C)

    def test_lsr(self) -> None:
        self.both(Op.LSR, MIN, 31, 1, 0, before=15)
        self.both(Op.LSR, 1, 1, 0, Z | C)
        self.both(Op.LSR, U32, 4, 0x0FFF_FFFF, C)

    def test_asr(self) -> None:
        self.both(Op.ASR, MIN, 31, U32, N, before=15)
        self.both(Op.ASR, U32, 1, U32, N | C)
        self.both(Op.ASR, MAX, 30, 1, C)

    def test_shift_by_a_multiple_of_32_keeps_c_and_clears_v(self) -> None:
        for op, amount, carry in product((Op.LSL, Op.LSR, Op.ASR), (0, 32, 0xFFFF_FFE0), (0, C)):
            self.both(op, MIN, amount, MIN, N | carry, before=carry | V | Z)

    def test_adc(self) -> None:
        self.both(Op.ADC, 1, 2, 3, 0)
        self.both(Op.ADC, 1, 2, 4, 0, before=C)
        self.both(Op.ADC, U32, 0, 0, Z | C, before=C)
        self.both(Op.ADC, U32, U32, U32, N | C, before=C)
        self.both(Op.ADC, MAX, 0, MIN, N | V, before=C)
        self.both(Op.ADC, MAX, MAX, U32 - 1, N | V)  # no carry in, no quirk

    def test_sbc(self) -> None:
        self.both(Op.SBC, 5, 3, 2, C, before=C)
        self.both(Op.SBC, 5, 3, 1, C)
        self.both(Op.SBC, 0, U32, 0, Z)
        self.both(Op.SBC, MIN, 0, MAX, C | V)
        self.both(Op.SBC, MIN, MAX, 1, C | V, before=C)  # no borrow in, no quirk

    def test_adc_sbc_v_by_profile(self) -> None:
        for op, before, a, value, strict in (
            (Op.ADC, C, 0, MIN, N | V),
            (Op.ADC, C, MIN, 0, Z | C),
            (Op.SBC, 0, 0, MIN, N),
            (Op.SBC, 0, MIN, 0, Z | C | V),
        ):
            self.one("strict", op, a, MAX, value, strict, before)
            self.one("reference", op, a, MAX, value, strict ^ V, before)


class ControlFlow(MachineTest):
    def test_jumps(self) -> None:
        for op, psw, pc in (
            (Op.JMP, 0, 0xFFC),
            (Op.JMP, 15, 0xFFC),
            (Op.JZ, Z, 0xFFC),
            (Op.JZ, C | N | V, 4),
            (Op.JNZ, Z, 4),
            (Op.JNZ, C | N | V, 0xFFC),
        ):
            for profile in BOTH:
                self.expect(profile, [word(op, imm=0xFFC)], {"psw": psw}, pc=pc, psw=psw, steps=1)

    def test_call_from_pc(self) -> None:
        words = [0] * 4 + [word(Op.CALL, imm=-2)]
        for profile in BOTH:
            self.expect(
                profile,
                words,
                {"pc": 16, "regs": registers(r0=0x100), "mem": [[0x7FF8, "ff" * 16]]},  # R0 cannot be a base
                pc=8,
                sp=0x7FFC,
                regs=registers(r0=0x100, r15=0x7FFC),
                call_stack=[20],
                mem=[[0x7FFC, "14000000"]],
            )

    def test_call_from_a_register_is_masked_to_16_bits(self) -> None:
        case = {"regs": registers(r5=0x1234_FFFC)}
        for profile in BOTH:
            self.expect(profile, [word(Op.CALL, 0, 5, imm=2)], case, pc=4, call_stack=[4])

    def test_call_takes_r15_as_base_before_it_moves(self) -> None:
        for profile in BOTH:
            self.expect(profile, [word(Op.CALL, 0, 15)], {"regs": registers(r15=0x40)}, pc=0x40)

    def test_ret_follows_memory_and_not_the_shadow(self) -> None:
        case = {"sp": 0x7FFC, "mem": [[0x7FFC, "78563412"]], "call_stack": [1, 2]}
        for profile in BOTH:
            self.expect(
                profile,
                [word(Op.RET)],
                case,
                pc=0x1234_5678,
                sp=0x8000,
                regs=registers(r15=0x8000),
                call_stack=[1],
                steps=1,
                mem=[],
            )

    def test_ret_at_depth_0_returns(self) -> None:
        for profile in BOTH:
            case = {"regs": registers(r0=77), "sp": U32, "psw": 3}
            self.expect(
                profile,
                [word(Op.RET)],
                case,
                stop={"kind": "returned", "status": 77},
                steps=0,
                pc=0,
                sp=U32,
                psw=3,
                regs=registers(r0=77),
            )

    def test_svc_stops_after_itself(self) -> None:
        for profile in BOTH:
            self.expect(
                profile, [word(Op.SVC, imm=0xE02)], {}, stop={"kind": "svc", "module": 14, "function": 2}, pc=4, steps=1
            )

    def test_brk_stops_after_itself(self) -> None:
        for profile in BOTH:
            self.expect(profile, [word(Op.BRK, imm=0xF7E)], {}, stop={"kind": "break", "code": 0x7E}, pc=4, steps=1)


class Stack(MachineTest):
    def test_push(self) -> None:
        for profile in BOTH:
            case = {"regs": registers(r3=0xAABB_CCDD), "psw": 6, "mem": [[0x7FF8, "11" * 16]]}
            self.expect(
                profile,
                [word(Op.PUSH, 0, 3)],
                case,
                sp=0x7FFC,
                regs=registers(r3=0xAABB_CCDD, r15=0x7FFC),
                mem=[[0x7FFC, "ddccbbaa"]],
                psw=6,
            )

    def test_push_r15_pushes_its_old_value(self) -> None:
        for profile in BOTH:
            case = {"regs": registers(r15=0x1234)}
            self.expect(profile, [word(Op.PUSH, 0, 15)], case, mem=[[0x7FFC, "3412"]], regs=registers(r15=0x7FFC))

    def test_pop(self) -> None:
        for profile in BOTH:
            case = {"sp": 0x7FF8, "mem": [[0x7FF8, "01020304"]], "psw": 6}
            self.expect(
                profile, [word(Op.POP, 3)], case, sp=0x7FFC, regs=registers(r3=0x0403_0201, r15=0x7FFC), mem=[], psw=6
            )

    def test_pop_r15_keeps_the_popped_value(self) -> None:
        for profile in BOTH:
            case = {"sp": 0x7FF8, "mem": [[0x7FF8, "01"]]}
            self.expect(profile, [word(Op.POP, 15)], case, sp=0x7FFC, regs=registers(r15=1))

    def test_the_ends_of_the_stack(self) -> None:
        for profile in BOTH:
            self.expect(profile, [word(Op.PUSH)], {"sp": 4}, sp=0, steps=1)
            self.expect(profile, [word(Op.PUSH)], {"sp": 0x1_0000}, sp=0xFFFC, steps=1)
            self.expect(profile, [word(Op.PUSH)], {"sp": 0x104, "stack_limit": 0x100}, sp=0x100, steps=1)
            self.expect(profile, [word(Op.POP)], {"sp": 0xFFFC}, sp=0x1_0000, steps=1)

    def test_writing_r15_does_not_move_sp(self) -> None:
        for profile in BOTH:
            self.expect(profile, [word(Op.LDI, 15, imm=4)], {}, sp=0x8000, regs=registers(r15=4))


class Floats(MachineTest):
    def check(self, op: Op, x: int, y: int, half: int) -> None:
        case = {"regs": registers(r1=0xAAAA_0000 | x, r2=0xBBBB_0000 | y, r3=0xCCCC_1235), "psw": 15}
        after = registers(r1=0xAAAA_0000 | x, r2=0xBBBB_0000 | y, r3=0xCCCC_0000 | half)
        for profile in BOTH:
            self.expect(profile, [word(op, 3, 1, 2)], case, regs=after, psw=15)

    def test_fadd(self) -> None:
        self.check(Op.FADD, 0x3C00, 0x3C00, 0x4000)  # 1 + 1
        self.check(Op.FADD, 0x3C00, 0xBC00, 0x0000)  # 1 + -1
        self.check(Op.FADD, 0x8000, 0x8000, 0x8000)  # -0 + -0
        self.check(Op.FADD, 0x7BFF, 0x7BFF, 0x7C00)  # overflow
        self.check(Op.FADD, 0x7C00, 0xFC00, 0x7E00)  # inf + -inf
        self.check(Op.FADD, 0xFE01, 0x3C00, 0x7E00)  # NaN

    def test_fsub(self) -> None:
        self.check(Op.FSUB, 0x4000, 0x3C00, 0x3C00)
        self.check(Op.FSUB, 0x7C00, 0x7C00, 0x7E00)

    def test_fmul(self) -> None:
        self.check(Op.FMUL, 0x4000, 0xC200, 0xC600)  # 2 * -3
        self.check(Op.FMUL, 0x8000, 0x3C00, 0x8000)  # -0 * 1
        self.check(Op.FMUL, 0x7C00, 0x0000, 0x7E00)
        self.check(Op.FMUL, 0x8001, 0x0001, 0x8000)  # underflow keeps the sign

    def test_fmul_up_to_the_smallest_normal_by_profile(self) -> None:
        case = {"regs": registers(r1=0x3BFF, r2=0x0400)}  # (1 - 2^-11) * 2^-14
        self.expect("reference", [word(Op.FMUL, 3, 1, 2)], case, regs=registers(r1=0x3BFF, r2=0x0400, r3=0x03FF))
        self.expect("strict", [word(Op.FMUL, 3, 1, 2)], case, regs=registers(r1=0x3BFF, r2=0x0400, r3=0x0400))

    def test_fdiv(self) -> None:
        self.check(Op.FDIV, 0x3C00, 0x4200, 0x3555)  # 1 / 3
        self.check(Op.FDIV, 0x3C00, 0xFC00, 0x8000)  # 1 / -inf

    def test_fdiv_by_zero_by_profile(self) -> None:
        case = {"regs": registers(r1=0x3C00)}
        self.expect("reference", [word(Op.FDIV, 3, 1, 2)], case, regs=registers(r1=0x3C00))
        self.expect("strict", [word(Op.FDIV, 3, 1, 2)], case, regs=registers(r1=0x3C00, r3=0x7C00))

    def test_i2f(self) -> None:
        for n, half in ((0, 0), (1, 0x3C00), (-1, 0xBC00), (65519, 0x7BFF), (65520, 0x7C00), (-(2**31), 0xFC00)):
            case = {"regs": registers(r1=n & U32, r3=0xCCCC_CCCD), "psw": 15}
            for profile in BOTH:
                after = registers(r1=n & U32, r3=0xCCCC_0000 | half)
                self.expect(profile, [word(Op.I2F, 3, 1)], case, regs=after, psw=15)

    def test_the_upper_half_by_profile(self) -> None:
        operands = registers(r1=0xABCD_3C00, r2=0x1234_3C00, r3=0xFFFF_FFFF)
        for op, result in ((Op.FADD, 0x4000), (Op.FSUB, 0), (Op.FMUL, 0x3C00), (Op.FDIV, 0x3C00)):
            for profile, upper in (("reference", 0xFFFF_0000), ("strict", 0xFFFF_0000), ("portable", 0)):
                outcome = self.outcome(profile, [word(op, 3, 1, 2)], regs=operands)
                self.assertEqual(outcome["regs"][3], upper | result, (op, profile))
        for profile, upper in (("strict", 0xFFFF_0000), ("portable", 0)):
            outcome = self.outcome(profile, [word(Op.I2F, 3, 4)], regs=registers(r3=0xFFFF_FFFF, r4=2))
            self.assertEqual(outcome["regs"][3], upper | 0x4000)

    def test_f2i_writes_all_of_rd(self) -> None:
        for half, value in ((0x3E00, 1), (0xBE00, U32), (0x8000, 0), (0xFBFF, -65504 & U32)):
            case = {"regs": registers(r1=0xAAAA_0000 | half, r3=0xCCCC_CCCC), "psw": 15}
            for profile in BOTH:
                after = registers(r1=0xAAAA_0000 | half, r3=value)
                self.expect(profile, [word(Op.F2I, 3, 1)], case, regs=after, psw=15)

    def test_f2i_of_nan_and_infinity_in_strict(self) -> None:
        for half, value in ((0x7E00, 0), (0xFC01, 0), (0x7C00, MAX), (0xFC00, MIN)):
            self.expect(
                "strict", [word(Op.F2I, 3, 1)], {"regs": registers(r1=half)}, regs=registers(r1=half, r3=value), steps=1
            )
