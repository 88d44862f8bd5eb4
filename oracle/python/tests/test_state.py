"""The register window and aliasing, the step budget, whole programs, changed memory, the trace."""

from support import BOTH, MachineTest, Op, registers, word


class RegisterWindow(MachineTest):
    BASE = 0x2001  # any alignment will do

    def test_registers_live_in_memory(self) -> None:
        for profile in BOTH:
            self.expect(
                profile,
                [word(Op.LDI, 2, imm=-2)],
                {"reg_base": self.BASE, "regs": registers(r1=5)},
                regs=registers(r1=5, r2=0xFFFF_FFFE),
                mem=[[self.BASE + 8, "feffffff"]],
            )

    def test_registers_are_written_after_the_blocks(self) -> None:
        for profile in BOTH:
            case = {"reg_base": 0x2000, "regs": registers(r1=0x2000), "mem": [[0x2000, "ff" * 64]]}
            self.expect(profile, [word(Op.LD, 2, 1, imm=4)], case, regs=registers(r1=0x2000, r2=0x2000))

    def test_a_store_changes_a_register(self) -> None:
        for profile in BOTH:
            case = {"reg_base": 0x2000, "regs": registers(r1=0x2000, r2=0x55)}
            self.expect(profile, [word(Op.STB, 0, 1, 2, 12)], case, regs=registers(r1=0x2000, r2=0x55, r3=0x55))

    def test_push_into_the_window(self) -> None:
        """The slot is R15's own place: the pushed value is written first, the mirror of sp last."""
        for profile in BOTH:
            case = {"reg_base": 0x2000, "sp": 0x2040, "regs": registers(r1=0x1234)}
            self.expect(profile, [word(Op.PUSH, 0, 1)], case, regs=registers(r1=0x1234, r15=0x203C))

    def test_call_with_its_base_in_the_slot(self) -> None:
        """The base is read before the return address goes over it."""
        for profile in BOTH:
            case = {"reg_base": 0x2000, "sp": 0x2008, "regs": registers(r1=0x40)}
            self.expect(profile, [word(Op.CALL, 0, 1)], case, pc=0x40, regs=registers(r1=4, r15=0x2004))

    def test_pop_from_the_window(self) -> None:
        """The word is read before R15 moves, and rd is written last."""
        for profile in BOTH:
            case = {"reg_base": 0x2000, "sp": 0x203C, "regs": registers(r15=7)}
            self.expect(profile, [word(Op.POP, 3)], case, regs=registers(r3=7, r15=0x2040), sp=0x2040)

    def test_ret_from_the_window(self) -> None:
        for profile in BOTH:
            case = {"reg_base": 0x2000, "sp": 0x203C, "regs": registers(r15=0x70), "call_stack": [1]}
            self.expect(profile, [word(Op.RET)], case, pc=0x70, regs=registers(r15=0x2040))

    def test_at_the_very_end(self) -> None:
        for profile in BOTH:
            self.expect(
                profile, [word(Op.LDI, 15, imm=1)], {"reg_base": 0xFFC0}, regs=registers(r15=1), mem=[[0xFFFC, "01"]]
            )


class Budget(MachineTest):
    def test_stops_after_max_steps(self) -> None:
        words = [word(Op.JMP, imm=0)]
        for profile in BOTH:
            self.expect(profile, words, {"max_steps": 1000}, stop={"kind": "budget"}, steps=1000, pc=0)

    def test_a_stop_on_the_last_step_is_reported(self) -> None:
        nop = word(Op.MOV)
        for last, kind in ((word(Op.SVC), "svc"), (word(Op.BRK), "break"), (word(0), "fault")):
            outcome = self.outcome("reference", [nop, last], max_steps=2)
            self.assertEqual((outcome["stop"]["kind"], outcome["steps"], outcome["pc"]), (kind, 2, 8))

    def test_nothing_is_tried_after_max_steps(self) -> None:
        for profile in BOTH:
            self.expect(profile, [word(Op.MOV)], {"max_steps": 1}, stop={"kind": "budget"}, steps=1, pc=4)
            self.expect(
                profile,
                [word(Op.MOV)],
                {"max_steps": 2},
                stop={"kind": "fault", "fault": "pc_out_of_range"},
                steps=1,
                pc=4,
            )


class Program(MachineTest):
    def test_call_and_return(self) -> None:
        words = [
            word(Op.CALL, imm=3),  # 0: to 12
            word(Op.SVC, imm=0x102),  # 4
            0,
            word(Op.LDI, 1, imm=9),  # 12
            word(Op.RET),
        ]
        for profile in BOTH:
            self.expect(
                profile,
                words,
                {"max_steps": 100},
                stop={"kind": "svc", "module": 1, "function": 2},
                steps=4,
                pc=8,
                sp=0x8000,
                regs=registers(r1=9, r15=0x8000),
                call_stack=[],
                mem=[[0x7FFC, "04"]],
            )


class ChangedMemory(MachineTest):
    def test_runs_are_maximal_sorted_and_differ(self) -> None:
        words = [
            word(Op.ST, 0, 1, 2, 8),  # writes 01 01 01 01 at 0x108
            word(Op.ST, 0, 1, 2, 4),  # at 0x104, before it: one run
            word(Op.STB, 0, 1, 2, 0),  # at 0x100, apart from it
            word(Op.STB, 0, 1, 3, 0x20),  # 0 over 0: no change
            word(Op.STB, 0, 1, 3, 0x30),  # 1 over 0 ...
            word(Op.STB, 0, 1, 2, 0x30),  # ... and 0 again
        ]
        words[4], words[5] = words[5], words[4]
        for profile in BOTH:
            case = {"max_steps": 6, "regs": registers(r1=0x100, r2=0x0101_0101)}
            self.expect(profile, words, case, mem=[[0x100, "01"], [0x104, "01" * 8]])

    def test_differs_from_the_initial_blocks(self) -> None:
        for profile in BOTH:
            case = {"regs": registers(r1=0x100), "mem": [[0x100, "ff00ff00"], [0x102, "ee"]]}
            self.expect(profile, [word(Op.ST, 0, 1, 2)], case, mem=[[0x100, "00"], [0x102, "00"]])


class Trace(MachineTest):
    def test_a_row_for_every_counted_instruction(self) -> None:
        words = [word(Op.LDI, 1, imm=1), word(Op.LDI32, 2), 7, word(Op.CMP, 0, 1, 1), word(Op.SVC)]
        rows = [
            [0, words[0], 0, 0x8000, *registers(r1=1)],
            [4, words[1], 0, 0x8000, *registers(r1=1, r2=7)],
            [12, words[3], 3, 0x8000, *registers(r1=1, r2=7)],
            [16, words[4], 3, 0x8000, *registers(r1=1, r2=7)],
        ]
        for profile in BOTH:
            self.expect(profile, words, {"max_steps": 9, "trace": True}, trace=rows, steps=4)

    def test_only_an_opcode_that_counts_has_a_row(self) -> None:
        self.expect("reference", [0], {"trace": True}, trace=[[0, 0, 0, 0x8000, *registers()]])
        self.expect("strict", [0], {"trace": True}, trace=[])
        for profile in BOTH:
            self.expect(profile, [word(Op.RET)], {"trace": True}, trace=[])

    def test_only_if_asked(self) -> None:
        keys = ["stop", "steps", "pc", "sp", "psw", "regs", "call_stack", "mem"]
        self.assertEqual(list(self.outcome("strict", [])), keys)
        self.assertEqual(list(self.outcome("strict", [], trace=False)), keys)
        self.assertEqual(list(self.outcome("strict", [], trace=True)), [*keys, "trace"])
