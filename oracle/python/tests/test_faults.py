"""Every fault in both profiles: what raises it, what it leaves, and which one comes first."""

from support import BOTH, U32, MachineTest, Op, registers, word

UNDERFLOW, OVERFLOW, MEMORY, DIVIDE = 0xFFFF_FF02, 0xFFFF_FF03, 0xFFFF_FF04, 0xFFFF_FF05
SIZES = {Op.LD: 4, Op.ST: 4, Op.LDH: 2, Op.STH: 2, Op.LDB: 1, Op.STB: 1}


class R0Faults(MachineTest):
    """The four faults that set R0 in the reference and nothing at all in strict."""

    def expect_by_profile(self, fault: str, r0: int, word_: int, **case: object) -> None:
        self.expect_fault("reference", fault, [word_], case, r0)
        self.expect_fault("strict", fault, [word_], case)

    def test_memory_at_the_end(self) -> None:
        for op, size in SIZES.items():
            for address in range(0x1_0001 - size, 0x1_0000):
                self.expect_by_profile("memory", MEMORY, word(op, 3, 1, 2), regs=registers(r1=address))

    def test_last_address(self) -> None:
        for op, size in SIZES.items():
            for profile in BOTH:
                case = {"regs": registers(r1=0x1_0000 - size)}
                self.expect(profile, [word(op, 3, 1, 2)], case, stop={"kind": "budget"}, steps=1)

    def test_divide_by_zero(self) -> None:
        for rd in (0, 3):
            self.expect_by_profile("divide_by_zero", DIVIDE, word(Op.DIV, rd, 1, 2), regs=registers(r1=7))

    def test_stack_overflow(self) -> None:
        for op in (Op.PUSH, Op.CALL):
            for sp, limit in ((0, 0), (3, 0), (0x103, 0x100), (0x1_0001, 0), (U32, 0), (0x8000, U32)):
                self.expect_by_profile("stack_overflow", OVERFLOW, word(op), sp=sp, stack_limit=limit)

    def test_stack_underflow(self) -> None:
        for op in (Op.POP, Op.RET):
            for sp in (0x1_0000, 0x1_0001, U32):
                self.expect_by_profile("stack_underflow", UNDERFLOW, word(op, 3), sp=sp, call_stack=[4])

    def test_pop_straddles_the_end(self) -> None:
        for sp in (0xFFFD, 0xFFFE, 0xFFFF):
            self.expect_by_profile("memory", MEMORY, word(Op.POP, 3), sp=sp)

    def test_through_the_register_window(self) -> None:
        case = {"reg_base": 0x1000, "regs": registers(r1=7)}
        self.expect(
            "reference",
            [word(Op.DIV, 3, 1, 2)],
            case,
            stop={"kind": "fault", "fault": "divide_by_zero"},
            regs=registers(r0=DIVIDE, r1=7),
            mem=[[0x1000, "05ffffff"]],
        )
        self.expect("strict", [word(Op.DIV, 3, 1, 2)], case, regs=registers(r1=7), mem=[])


class SilentFaults(MachineTest):
    """Faults that change nothing in either profile."""

    def test_ret_straddles_the_end(self) -> None:
        for profile in BOTH:
            for sp in (0xFFFD, 0xFFFE, 0xFFFF):
                self.expect_fault(profile, "memory", [word(Op.RET)], {"sp": sp, "call_stack": [4]})

    def test_truncated_ldi32(self) -> None:
        for profile in BOTH:
            self.expect_fault(profile, "truncated_ldi32", [word(Op.LDI32, 3)], {})
            outcome = self.outcome(profile, [], code="60300000ffffff")
            self.assertEqual(outcome["stop"], {"kind": "fault", "fault": "truncated_ldi32"})

    def test_pc_out_of_range(self) -> None:
        for profile in BOTH:
            for words, pc in (([], 0), ([0], 4), ([0], 1), ([0], 0x1_0000), ([0], U32)):
                self.expect_fault(profile, "pc_out_of_range", words, {"pc": pc})

    def test_invalid_conversion(self) -> None:
        for half in (0x7C00, 0xFC00, 0x7E00, 0x7C01, 0xFFFF):
            case = {"regs": registers(r1=half)}
            self.expect_fault("reference", "invalid_conversion", [word(Op.F2I, 3, 1)], case)
            self.expect("strict", [word(Op.F2I, 3, 1)], case, stop={"kind": "budget"}, steps=1)


class IllegalOpcode(MachineTest):
    ILLEGAL = sorted(set(range(0x100)) - set(Op))

    def test_reference_retires_it(self) -> None:
        for op in self.ILLEGAL:
            case = {"regs": registers(r0=9), "psw": 5}
            self.expect(
                "reference",
                [word(op)],
                case,
                stop={"kind": "fault", "fault": "illegal_opcode"},
                steps=1,
                pc=4,
                psw=5,
                regs=registers(r0=9),
                mem=[],
            )

    def test_strict_changes_nothing(self) -> None:
        for op in self.ILLEGAL:
            self.expect_fault("strict", "illegal_opcode", [word(op)], {})


class Misaligned(MachineTest):
    """Works in the reference, faults in strict."""

    def test_data(self) -> None:
        for op, size in SIZES.items():
            for address in range(0x100, 0x104):
                case = {"regs": registers(r1=address, r2=1)}
                self.expect("reference", [word(op, 3, 1, 2)], case, stop={"kind": "budget"}, steps=1)
                if address % size:
                    self.expect_fault("strict", "misaligned", [word(op, 3, 1, 2)], case)
                else:
                    self.expect("strict", [word(op, 3, 1, 2)], case, stop={"kind": "budget"}, steps=1)

    def test_stack(self) -> None:
        for op in (Op.PUSH, Op.CALL, Op.POP, Op.RET):
            for sp in (0x7FFD, 0x7FFE, 0x7FFF):
                case = {"sp": sp, "call_stack": [4]}
                self.expect("reference", [word(op, 3)], case, stop={"kind": "budget"}, steps=1)
                self.expect_fault("strict", "misaligned", [word(op, 3)], case)

    def test_fetch(self) -> None:
        code = "0000" + f"{word(Op.LDI, 1, imm=5):08x}" + "0000"
        for profile, stop in (("reference", "budget"), ("strict", "fault")):
            outcome = self.outcome(profile, [], code=code, pc=2)
            self.assertEqual(outcome["stop"]["kind"], stop)
        self.expect("reference", [], {"code": code, "pc": 2}, regs=registers(r1=5), pc=6)
        self.expect_fault("strict", "misaligned", [], {"code": code, "pc": 2})

    def test_a_jump_retires_and_its_target_faults(self) -> None:
        jump = [word(Op.JMP, imm=2), 0]
        self.expect("strict", jump, {}, stop={"kind": "budget"}, steps=1, pc=2)
        self.expect("strict", jump, {"max_steps": 2}, stop={"kind": "fault", "fault": "misaligned"}, steps=1, pc=2)


class WideAddress(MachineTest):
    """Wraps at 16 bits in the reference, faults in strict."""

    def test_wraps_or_faults(self) -> None:
        for op in SIZES:
            for base, imm in ((0x1_0000, 0), (0xFFFC, 4), (0xABCD_0100, 0), (0, -4)):
                case = {"regs": registers(r1=base, r2=1)}
                self.expect("reference", [word(op, 3, 1, 2, imm)], case, stop={"kind": "budget"}, steps=1)
                self.expect_fault("strict", "memory", [word(op, 3, 1, 2, imm)], case)

    def test_the_sum_wraps_at_32_bits_in_both(self) -> None:
        for profile in BOTH:
            case = {"regs": registers(r1=U32 - 3), "mem": [[4, "2a"]]}
            self.expect(profile, [word(Op.LD, 1, 1, imm=8)], case, regs=registers(r1=42))


class WhichFaultComesFirst(MachineTest):
    def test_in_strict(self) -> None:
        for fault, word_, case in (
            ("stack_overflow", word(Op.PUSH), {"sp": 0x103, "stack_limit": 0x100}),  # before misaligned
            ("stack_overflow", word(Op.CALL), {"sp": 2}),
            ("stack_underflow", word(Op.POP), {"sp": 0x1_0001}),
            ("memory", word(Op.POP), {"sp": 0xFFFE}),
            ("memory", word(Op.RET), {"sp": 0xFFFF, "call_stack": [0]}),
            ("memory", word(Op.LD, 1, 1), {"regs": registers(r1=0xFFFF)}),
            ("memory", word(Op.LDH, 1, 1), {"regs": registers(r1=0x1_0001)}),
            ("pc_out_of_range", word(Op.LDI), {"pc": 2}),
        ):
            self.expect_fault("strict", fault, [word_], case)

    def test_an_empty_shadow_stack_returns_before_any_stack_check(self) -> None:
        for sp in (0xFFFF, U32, 0x7FFE):
            outcome = self.outcome("strict", [word(Op.RET)], sp=sp)
            self.assertEqual(outcome["stop"]["kind"], "returned")
