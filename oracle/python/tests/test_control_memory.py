"""`mem_read` and `mem_write`: ranges, the register window, policy, and what the outcome shows of memory."""

from control_support import HALT, NOP, R0, WINDOW, ControlTest, call, image, init, loaded
from support import U32, Op, registers, word

STEP = call("step")
SIZE = 0x1_0000


class Read(ControlTest):
    def test_zeros_and_rodata(self) -> None:
        before = loaded(rodata=b"abcd")
        self.assertEqual(self.last([*before, call("mem_read", address=0x3FFE, length=8)]), "0000616263640000")
        self.assertEqual(
            self.last([*before, call("mem_read", address=0, length=SIZE)]),
            (bytes(0x4000) + b"abcd" + bytes(SIZE - 0x4004)).hex(),
        )

    def test_the_window_shows_registers(self) -> None:
        before = [*loaded(), call("reg_set", reg=R0 + 1, value=0x1234_5678)]
        self.assertEqual(self.last([*before, call("mem_read", address=WINDOW + 4, length=4)]), "78563412")

    def test_ranges(self) -> None:
        for address, length in ((0, 0), (SIZE, 0), (SIZE - 1, 1), (0, SIZE)):
            self.assertEqual(self.last([*loaded(), call("mem_read", address=address, length=length)]), "00" * length)
        for address, length in ((SIZE, 1), (SIZE + 1, 0), (1, SIZE), (U32, 0), (U32, 1), (U32, SIZE)):
            self.refused("EFAULT", loaded(), call("mem_read", address=address, length=length))

    def test_of_a_stopped_task(self) -> None:
        self.assertEqual(self.last([*loaded([0]), STEP, call("mem_read", address=0, length=1)]), "00")

    def test_nobody_comes_first(self) -> None:
        for address in (0, U32):
            self.refused("ESRCH", [call("load", image=image())], call("mem_read", address=address, length=1))


class Write(ControlTest):
    def test_is_read_again(self) -> None:
        before = [*loaded(), call("mem_write", address=0x4000, bytes=b"\1\2\3")]
        self.assertEqual(self.last(before), None)
        self.assertEqual(self.last([*before, call("mem_read", address=0x3FFF, length=5)]), "0001020300")

    def test_the_window_sets_registers(self) -> None:
        self.expect(
            [*loaded(), call("mem_write", address=WINDOW - 1, bytes=b"\xff\x78\x56\x34\x12")],
            {"regs": registers(r0=0x1234_5678), "mem": [[WINDOW - 1, "ff"]], "sp": WINDOW},
        )

    def test_only_the_active_task(self) -> None:
        calls = [*loaded(), call("load", image=image()), call("mem_write", address=0, bytes=b"\1")]
        self.expect(calls, {"mem": [[0, "01"]]}, 0)
        self.expect(calls, {"mem": []}, 1)

    def test_execution_sees_it(self) -> None:
        words = [word(Op.LD, 1, 2, imm=8), HALT]
        self.expect([*loaded(words), call("mem_write", address=9, bytes=b"\2"), STEP], {"regs": registers(r1=0x200)})

    def test_ranges(self) -> None:
        for address, data in ((0, b""), (SIZE, b""), (SIZE - 1, b"\1"), (SIZE - 2, b"\1\2")):
            self.assertEqual(self.last([*loaded(), call("mem_write", address=address, bytes=data)]), None)
        for address, data in ((SIZE, b"\1"), (SIZE + 1, b""), (SIZE - 1, b"\1\2"), (U32, b""), (0, bytes(SIZE + 1))):
            self.refused("EFAULT", loaded(), call("mem_write", address=address, bytes=data))

    def test_policy(self) -> None:
        for flags in (1, 3, 5, U32):
            for address, data in ((0, b"\1"), (0, b""), (U32, b"\1")):
                self.refused(
                    "EPERM", [init(policy_flags=flags), *loaded()], call("mem_write", address=address, bytes=data)
                )
            stopped = [init(policy_flags=flags), *loaded([0]), STEP]
            self.assertEqual(self.last([*stopped, call("mem_write", address=0, bytes=b"\1")]), None)
            self.refused("EFAULT", stopped, call("mem_write", address=U32, bytes=b"\1"))
            self.assertEqual(self.last([*stopped, call("mem_read", address=0, length=1)]), "00")
        for flags in (0, 2, 4, 8):
            calls = [init(policy_flags=flags), *loaded(), call("mem_write", address=0, bytes=b"\1")]
            self.assertEqual(self.last(calls), None)

    def test_nobody_comes_first(self) -> None:
        for flags in (0, 1):
            for address in (0, U32):
                before = [init(policy_flags=flags), call("load", image=image())]
                self.refused("ESRCH", before, call("mem_write", address=address, bytes=b"\1"))


class Shown(ControlTest):
    """`mem` of the outcome: every maximal run of bytes that are not 0."""

    def test_runs(self) -> None:
        for writes, runs in (
            ([(0, b"\1")], [[0, "01"]]),
            ([(0, b"\0\0\1\0\2\3\0")], [[2, "01"], [4, "0203"]]),
            ([(7, b"\1"), (6, b"\2"), (8, b"\3")], [[6, "020103"]]),
            ([(0xFF, b"\1\1"), (0x0FFF, b"\2\2")], [[0xFF, "0101"], [0x0FFF, "0202"]]),
            ([(5, b"\1\2\3"), (6, b"\0")], [[5, "01"], [7, "03"]]),
            ([(5, b"\1\2"), (5, b"\0\0")], []),
            ([(WINDOW - 1, b"\1\2")], [[WINDOW - 1, "01"]]),
            ([(WINDOW, b"\1"), (SIZE - 1, b"\1")], []),
        ):
            calls = [call("mem_write", address=address, bytes=data) for address, data in writes]
            self.expect([*loaded(), *calls], {"mem": runs})

    def test_rodata_that_is_overwritten(self) -> None:
        before = loaded([NOP], rodata=b"abcd")
        self.expect(
            [*before, call("mem_write", address=0x4001, bytes=b"\0")], {"mem": [[0x4000, "61"], [0x4002, "6364"]]}
        )

    def test_what_the_program_writes(self) -> None:
        words = [word(Op.LDI, 1, imm=0x7F), word(Op.STB, 0, 2, 1, imm=5), word(Op.PUSH, rs1=1), HALT]
        self.expect([*loaded(words), call("clock", n=9)], {"mem": [[5, "7f"], [WINDOW - 4, "7f"]]})
