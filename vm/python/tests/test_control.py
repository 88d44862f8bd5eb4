"""The control plane."""

import pickle
import unittest

from lockstep_minivm import (
    Break,
    ControlPlane,
    Exit,
    Fault,
    MemConfig,
    Policy,
    Program,
    RegisterId,
    Returned,
    StepResult,
    Svc,
    VmError,
    assemble,
    build_image,
)


def image(source: str) -> bytes:
    """The image of a program."""
    return build_image(assemble(source))


def with_task(source: str, config: MemConfig | None = None, **options: int) -> tuple[ControlPlane, int]:
    """A control plane with a task that is active, and its PID."""
    plane = ControlPlane(config=config, **options)  # type: ignore[arg-type]
    pid = plane.load(image(source))
    plane.set_context(pid)
    return plane, pid


class ControlTest(unittest.TestCase):
    def assert_refused(self, errno: str, call: object, *arguments: object) -> None:
        """A call is refused with this error."""
        assert callable(call)
        with self.assertRaises(VmError) as caught:
            call(*arguments)
        self.assertEqual(caught.exception.errno, errno, str(caught.exception))


class TasksTest(ControlTest):
    def test_there_are_as_many_tasks_as_are_asked_for(self) -> None:
        for tasks in (1, 3, 64):
            plane = ControlPlane(tasks=tasks)
            pids = [plane.load(image("RET")) for _ in range(tasks)]
            self.assertEqual(pids, list(range(1, tasks + 1)))
            self.assert_refused("ENOSPC", plane.load, image("RET"))
            plane.unload(pids[-1])
            self.assertNotIn(plane.load(image("RET")), pids)
        for tasks in (0, 65):
            with self.assertRaises(ValueError):
                ControlPlane(tasks=tasks)
        with self.assertRaises(ValueError):
            ControlPlane(profile="other")  # type: ignore[arg-type]

    def test_tasks_share_nothing(self) -> None:
        plane = ControlPlane(tasks=2)
        one, other = plane.load(image("LDI R1, 1\nSTB [R1], R1")), plane.load(image("LDI R1, 2\nRET"))
        plane.set_context(one)
        plane.clock(2)
        plane.set_context(other)
        plane.step()
        self.assertEqual((plane.reg_for(one, RegisterId.R1), plane.reg(RegisterId.R1)), (1, 2))
        self.assertEqual(plane.read(1, 1), b"\0")
        plane.set_context(one)
        self.assertEqual((plane.active, plane.read(1, 1)), (one, b"\1"))

    def test_a_pid_that_is_none_names_nobody(self) -> None:
        plane = ControlPlane()
        for pid in (-1, 0, 1, 65536, 1 << 40):
            for call in (plane.unload, plane.set_context, plane.load_end, plane.load_abort):
                self.assert_refused("ESRCH", call, pid)
            self.assert_refused("ESRCH", plane.load_write, pid, b"")
            self.assert_refused("ESRCH", plane.reg_for, pid, 0)
            self.assert_refused("ESRCH", plane.set_reg_for, pid, 0, 0)

    def test_without_an_active_task_nothing_runs(self) -> None:
        plane = ControlPlane()
        plane.load(image("RET"))
        for call, arguments in (
            (plane.step, ()),
            (plane.clock, (1,)),
            (plane.run_until, ()),
            (plane.reg, (0,)),
            (plane.set_reg, (0, 0)),
            (plane.read, (0, 1)),
            (plane.write, (0, b"")),
        ):
            self.assert_refused("ESRCH", call, *arguments)


class LoadTest(ControlTest):
    def test_an_image_in_pieces(self) -> None:
        whole = image("LDI R0, 9\nRET")
        for size in (1, 7, len(whole)):
            plane = ControlPlane()
            pid = plane.load_begin()
            self.assert_refused("EBUSY", plane.load_begin)
            self.assert_refused("EBUSY", plane.load, whole)
            self.assert_refused("EBUSY", plane.set_context, pid)
            for start in range(0, len(whole), size):
                plane.load_write(pid, whole[start : start + size])
            plane.load_end(pid)
            self.assert_refused("EBUSY", plane.load_write, pid, b"")
            plane.set_context(pid)
            self.assertEqual(plane.clock(9).stop, Returned(9))

    def test_an_image_that_ends_early_is_gone(self) -> None:
        plane = ControlPlane()
        pid = plane.load_begin()
        plane.load_write(pid, image("RET")[:-1])
        self.assert_refused("EBADMSG", plane.load_end, pid)
        self.assertEqual(plane.tasks(), [])
        pid = plane.load_begin()
        plane.load_abort(pid)
        self.assert_refused("ESRCH", plane.load_write, pid, b"")

    def test_what_does_not_fit_is_refused(self) -> None:
        plane = ControlPlane(code_size=8)
        self.assert_refused("ENOSPC", plane.load, image("RET\nRET\nRET"))
        plane.load(bytearray(image("RET\nRET")))
        plane.init(MemConfig(data_max=0x1100, stack_size_bytes=0x1000))
        self.assert_refused("ENOSPC", plane.load, build_image(Program(assemble("RET").code, bytes(0x100))))


class ConfigTest(ControlTest):
    def test_the_default_is_that_of_the_machine(self) -> None:
        said, unsaid = ControlPlane(config=MemConfig()), ControlPlane()
        for plane in (said, unsaid):
            plane.set_context(plane.load(image("RET")))
        self.assertEqual(said.tasks(), unsaid.tasks())
        self.assertEqual((said.last_regs, unsaid.last_regs), (None, None))

    def test_fields_that_make_no_sense(self) -> None:
        plane = ControlPlane(tasks=2)
        plane.load(image("RET"))
        for config, errno in [
            (MemConfig(autorun_quanta=0), "EINVAL"),
            (MemConfig(max_pids=0), "EINVAL"),
            (MemConfig(code_max=0), "EINVAL"),
            (MemConfig(stack_size_bytes=12), "EINVAL"),
            (MemConfig(heap_size_bytes=4), "EINVAL"),
            (MemConfig(max_pids=3), "ENOSPC"),
            (MemConfig(max_pids=65), "ENOSPC"),
            (MemConfig(stack_size_bytes=1 << 20), "ENOSPC"),
            (MemConfig(heap_size_bytes=1 << 20), "ENOSPC"),
        ]:
            with self.subTest(config):
                self.assert_refused(errno, plane.init, config)
        self.assertEqual(len(plane.tasks()), 1, "a refused configuration changes nothing")
        plane.init(MemConfig(max_pids=1))
        self.assertEqual(plane.tasks(), [])
        plane.load(image("RET"))
        self.assert_refused("ENOSPC", plane.load, image("RET"))
        with self.assertRaises(OverflowError):
            plane.init(MemConfig(autorun_quanta=-1))

    def test_fields_are_followed(self) -> None:
        config = MemConfig(autorun_quanta=5, stack_size_bytes=64, heap_size_bytes=128, keep_last_regs=True)
        plane, _ = with_task("again: LDI R1, 3\nJMP again", config)
        task = plane.tasks()[0]
        self.assertEqual((len(task.stack), len(task.heap), task.heap.stop), (64, 128, task.stack.start))
        self.assertEqual(plane.step(), StepResult(pc=4, stop=None, retired=5, cycles=5))
        self.assertEqual((plane.last_pc, plane.last_opcode), (0, 0x01100003))
        assert plane.last_regs
        self.assertEqual(plane.last_regs[1], 3)

    def test_policies_forbid_and_allow(self) -> None:
        plane, pid = with_task("RET", MemConfig(policy=Policy.DENY_MEM_WRITE_READY | Policy.ALLOW_PC_SET_STOPPED))
        self.assert_refused("EPERM", plane.write, 0, b"a")
        self.assertEqual(plane.step().stop, Returned(0))
        plane.write(0, b"a")
        self.assert_refused("EBUSY", plane.step)
        plane.set_reg(RegisterId.PC, 0)
        self.assertEqual(plane.tasks()[0].state, "ready")
        plane, pid = with_task("RET", MemConfig(policy=Policy.DENY_REG_SET))
        self.assert_refused("EPERM", plane.set_reg, RegisterId.R0, 1)
        self.assert_refused("EPERM", plane.set_reg_for, pid, RegisterId.R0, 1)


class AccessTest(ControlTest):
    def test_registers(self) -> None:
        plane, pid = with_task("RET")
        stack = plane.tasks()[0].stack
        for register in RegisterId:
            self.assertEqual(plane.reg(register), plane.reg_for(pid, register))
        plane.set_reg(RegisterId.R15, 0xFFFF_FFFF)
        plane.set_reg_for(pid, RegisterId.PSW, 15)
        plane.set_reg(RegisterId.SP, stack.start)
        self.assertEqual([plane.reg(number) for number in (31, 2, 1)], [0xFFFF_FFFF, 15, stack.start])
        for errno, number, value in [
            ("EINVAL", 4, 0),
            ("EINVAL", 32, 0),
            ("EINVAL", RegisterId.PSW, 16),
            ("EINVAL", RegisterId.SP, stack.stop + 1),
            ("EPERM", RegisterId.WP, 0),
        ]:
            self.assert_refused(errno, plane.set_reg, number, value)
        self.assert_refused("EINVAL", plane.reg, 15)
        with self.assertRaises(OverflowError):
            plane.set_reg(RegisterId.R0, 1 << 32)

    def test_memory_has_64_kib(self) -> None:
        plane, _ = with_task("RET")
        plane.write(0xFFFE, bytearray(b"ab"))
        self.assertEqual(
            (plane.read(0xFFFE, 2), plane.read(0x10000, 0), len(plane.read(0, 0x10000))), (b"ab", b"", 0x10000)
        )
        for address, length in [(0xFFFF, 2), (0, 0x10001), (0xFFFF_FFFF, 1), (0, 1 << 40)]:
            self.assert_refused("EFAULT", plane.read, address, length)
        self.assert_refused("EFAULT", plane.write, 0xFFFF, b"ab")
        with self.assertRaisesRegex(VmError, "^EFAULT: 1099511627776 bytes at 0x0 are not"):
            plane.read(0, 1 << 40)

    def test_each_stop_has_its_type(self) -> None:
        for source, stop, reason, state in [
            ("SVC MOD=1 FN=2", Svc(1, 2), "svc", "ready"),
            ("BRK 3", Break(3), "break", "ready"),
            ("RET", Returned(0), "returned", "stopped"),
            ("DIV R0, R1, R2", Fault("divide_by_zero"), "fault", "stopped"),
        ]:
            with self.subTest(source):
                plane, _ = with_task(source)
                result = plane.step()
                self.assertEqual((result.stop, result.reason, plane.tasks()[0].state), (stop, reason, state))
                self.assertEqual(result.svc_id, 0x102 if reason == "svc" else None)
        self.assertNotEqual(plane.tasks()[0].fault_code, 0)

    def test_profiles_differ_where_the_ledger_says(self) -> None:
        misaligned = Fault("misaligned")
        for profile, stop in (("reference", Returned(0)), ("strict", misaligned), ("portable", misaligned)):
            plane = ControlPlane(profile=profile)  # type: ignore[arg-type]
            plane.set_context(plane.load(image("LDI R1, 1\nLD R2, [R1]\nRET")))
            self.assertEqual(plane.clock(9).stop, stop)

    def test_a_long_run_is_one_run(self) -> None:
        plane, _ = with_task("again: JMP again")
        self.assertEqual(plane.clock(25_000_000), StepResult(pc=0, stop=None, retired=25_000_000, cycles=25_000_000))


class AloneTest(ControlTest):
    WRITES = '.data\ntext: .ascii "hi"\n.text\nagain: LDI32 R1, text\nLDI R2, 2\nSVC MOD=1 FN=1\nJMP again'

    def test_endings(self) -> None:
        for source, ending in [
            ("LDI R0, 4\nSVC MOD=1 FN=0", Exit(4)),
            ("LDI R0, 4\nRET", Exit(4)),
            ("BRK 3", Break(3)),
            ("DIV R0, R1, R2", Fault("divide_by_zero")),
        ]:
            with self.subTest(source):
                self.assertEqual(with_task(source)[0].run_until(), ending)

    def test_calls_of_services_are_answered(self) -> None:
        plane, _ = with_task("SVC MOD=5 FN=0\nRET")
        self.assertEqual(plane.run_until(), Exit(0xFFFF_FF01))

    def test_the_console_may_use_the_control_plane(self) -> None:
        plane, pid = with_task(self.WRITES)
        said: list[bytes] = []

        def console(text: bytes) -> None:
            said.append(text)
            if len(said) == 3:
                plane.unload(pid)

        with self.assertRaises(VmError):
            plane.run_until(lambda _: False, console=console)
        self.assertEqual(said, [b"hi"] * 3)

    def test_a_condition_and_a_limit_end_it(self) -> None:
        plane, _ = with_task(self.WRITES)
        seen: list[int] = []

        def condition(result: StepResult) -> bool:
            seen.append(result.pc)
            return result.stop == Svc(1, 1)

        self.assertIsNone(plane.run_until(condition))
        self.assertEqual((seen, plane.reg(RegisterId.R0)), ([8, 12, 16], 2))
        self.assertIsNone(plane.run_until(limit=0))
        text: list[bytes] = []
        self.assertIsNone(plane.run_until(console=text.append, limit=2_500_000))
        self.assertEqual(plane.reg(RegisterId.PC), 16)
        self.assertEqual(b"".join(text), b"hi" * 625_000)

    def test_an_exception_of_the_condition_comes_out(self) -> None:
        plane, _ = with_task(self.WRITES)

        def fails(_: StepResult) -> bool:
            raise KeyError

        with self.assertRaises(KeyError):
            plane.run_until(fails)
        self.assertEqual(plane.step().retired, 1)


class ErrorTest(unittest.TestCase):
    def test_an_error_can_be_sent(self) -> None:
        error = pickle.loads(pickle.dumps(VmError("ESRCH", "there is no task 7")))
        self.assertEqual((error.errno, str(error)), ("ESRCH", "ESRCH: there is no task 7"))


class RoomTest(unittest.TestCase):
    def test_sizes_that_nobody_has_room_for(self) -> None:
        for code, metadata in ((1 << 50, 0), (0, 1 << 50), ((1 << 24) + 1, 0)):
            text = r"can be 0 to 16777216 bytes, not \d+"
            with self.subTest(code=code, metadata=metadata), self.assertRaisesRegex(ValueError, text):
                ControlPlane(code_size=code, metadata_size=metadata)
        with self.assertRaises(OverflowError):
            ControlPlane(code_size=-1)
        self.assertEqual(ControlPlane(code_size=1 << 24, metadata_size=0).tasks(), [])


if __name__ == "__main__":
    unittest.main()
