"""The drop-in: what was observed of the reference's class."""

import contextlib
import io
import unittest
from collections.abc import Callable
from typing import Any

from lockstep_minivm import MiniVM, assemble


def make(source: str, **options: Any) -> MiniVM:
    return MiniVM(assemble(source).code, **options)


def take(vm: MiniVM, steps: int) -> None:
    for _ in range(steps):
        vm.step()


def quietly(step: Callable[[], None]) -> str:
    """Does something and gives what it printed."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        step()
    return printed.getvalue()


class HandlersTest(unittest.TestCase):
    def test_a_handler_may_change_everything(self) -> None:
        vm = make("SVC MOD=5 FN=3\nRET\nRET\nLDI R2, 9")

        def handler(function: int) -> None:
            vm.regs[0] = 100 + function
            vm.mem[8] = 7
            vm.context.state = "waiting_mbx"
            vm.context.stack_limit = 0x100
            vm.running = False
            vm.flags = MiniVM.FLAG_N
            vm.pc += 8

        vm.set_mailbox_handler(handler)
        vm.step()
        self.assertEqual((vm.regs[0], vm.mem[8], vm.running, vm.flags, vm.pc), (103, 7, False, 4, 12))
        # The state of a program that does not run after a step is "stopped", whatever its handler has said.
        self.assertEqual((vm.context.state, vm.context.stack_limit), ("stopped", 0x100))
        vm.step()
        self.assertEqual((vm.regs[2], vm.steps), (9, 2))

    def test_a_handler_may_snapshot_restore_and_step(self) -> None:
        vm = make("LDI R1, 5\nSVC MOD=7 FN=1\nLDI R1, 6\nRET")
        before = vm.snapshot_state()

        def handler(_function: int) -> None:
            vm.snapshot_state()
            vm.snapshot_registers()
            vm.restore_state(before)
            vm.step()

        vm.set_value_handler(handler)
        vm.step()
        vm.step()
        # Back at the start, one step on, and then the SVC moves pc on by its own size.
        self.assertEqual((vm.pc, vm.regs[1], vm.steps), (8, 5, 2))

    def test_what_a_handler_raises_passes_and_nothing_retires(self) -> None:
        vm = make("SVC MOD=8 FN=0\nRET")

        def handler(_function: int) -> None:
            raise KeyError("mine")

        vm.set_command_handler(handler)
        with self.assertRaises(KeyError):
            vm.step()
        self.assertEqual((vm.pc, vm.steps, vm.running), (0, 0, True))
        vm.set_command_handler(lambda _function: None)
        vm.step()
        self.assertEqual((vm.pc, vm.steps), (4, 1))

    def test_registers_in_memory_are_seen_by_handlers(self) -> None:
        vm = make("LDI R1, 5\nSVC MOD=5 FN=0\nADD R2, R1, R1")
        vm.context.reg_base = 0x1000
        vm.set_mailbox_handler(lambda _function: vm.regs.__setitem__(1, 6))
        take(vm, 3)
        self.assertEqual((vm.regs[2], vm.read_mem(0x1008, 4)), (12, bytes([12, 0, 0, 0])))
        self.assertEqual(vm.context.regs[1:3], [6, 12])


class RegistersTest(unittest.TestCase):
    def test_slices_as_the_reference_takes_them(self) -> None:
        regs = MiniVM(b"").regs
        regs[0:2] = [7, 8, 9]
        with self.assertRaises(IndexError):
            regs[4:7] = [1]
        regs[15] = True
        self.assertEqual((regs[:5], regs[::-5], list(regs)[15]), ([7, 8, 0, 0, 1], [1, 0, 0, 7], 1))

    def test_numbers_and_windows_that_are_wrong(self) -> None:
        vm = MiniVM(b"")
        for base in (0, 0x1000):
            vm.context.reg_base = base
            for number in (-1, 16):
                with self.assertRaises(IndexError):
                    vm.regs[number]
                with self.assertRaises(IndexError):
                    vm.regs[number] = 1
        vm.context.reg_base = 0xFFFC
        self.assertEqual(vm.regs[0], 0)
        with self.assertRaises(RuntimeError):
            vm.regs[1]


class StopsTest(unittest.TestCase):
    def test_faults(self) -> None:
        for source, sp, r0, state in [
            ("LDI R1, -1\nLD R2, [R1]", 0x8000, 0xFFFF_FF04, "running"),
            ("LDI R1, 1\nDIV R0, R1, R2", 0x8000, 0xFFFF_FF05, "running"),
            ("LDI R1, 1\nPUSH R1", 0, 0xFFFF_FF03, "running"),
            ("LDI R1, 1\nPOP R1", 0x10000, 0xFFFF_FF02, "running"),
        ]:
            with self.subTest(source):
                vm = make(source)
                vm.sp = sp
                vm.step()
                self.assertEqual(quietly(vm.step), "")
                self.assertEqual((vm.regs[0], vm.pc, vm.steps, vm.running), (r0, 4, 1, False))
                self.assertEqual((vm.context.state, vm.context.pc, vm.consume_events()), (state, 4, []))
                self.assertEqual((vm.get_last_pc(), vm.get_last_regs()[0]), (4, 0), "registers of the step before")

    def test_an_illegal_opcode_retires(self) -> None:
        vm = make(".word 0xFF000000")
        self.assertIn("0xFF", quietly(vm.step))
        self.assertEqual((vm.pc, vm.steps, vm.running, vm.context.state, vm.regs[0]), (4, 1, False, "stopped", 0))

    def test_conversions_that_python_refuses(self) -> None:
        for bits, error in [(0x7C00, OverflowError), (0xFC00, OverflowError), (0x7E01, ValueError)]:
            vm = make("F2I R0, R1")
            vm.regs[1] = bits
            with self.assertRaises(error):
                vm.step()
            self.assertEqual((vm.pc, vm.steps, vm.running), (0, 0, True))

    def test_ret_across_the_end_of_memory(self) -> None:
        vm = make("CALL 1\nRET")
        vm.step()
        vm.sp = 0xFFFD
        with self.assertRaises(MemoryError):
            vm.step()

    def test_ret_ends_the_task_and_does_not_retire(self) -> None:
        vm = make("LDI R0, 3\nRET")
        vm.step()
        vm.step()
        self.assertEqual((vm.context.state, vm.context.exit_status, vm.running, vm.pc), ("returned", 3, False, 4))
        self.assertEqual((vm.steps, vm.context.accounted_steps), (1, 1))

    def test_exit_stops_and_has_no_status(self) -> None:
        vm = make("LDI R0, 3\nSVC MOD=1 FN=0\nRET")
        vm.step()
        self.assertEqual(quietly(vm.step), "[EXIT 3]\n")
        self.assertEqual((vm.context.state, vm.context.exit_status, vm.running, vm.pc), ("stopped", None, False, 8))

    def test_a_break_halts_with_an_event(self) -> None:
        vm = make("BRK 7")
        vm.context.pid = 3
        vm.step()
        stop = {
            "type": "debug_stop", "reason": "brk", "pc": 0, "next_pc": 4, "steps": 1, "cycles": 1,
            "opcode": 0x7F000007, "code": 7, "pid": 3,
        }  # fmt: skip
        self.assertEqual((vm.debug_last_stop, vm.consume_events()), (stop, [stop]))
        self.assertEqual((vm.context.state, vm.debug_halted, vm.running), ("paused", True, False))


class SleepTest(unittest.TestCase):
    def test_sleep_and_waking(self) -> None:
        vm = make("SVC MOD=6 FN=0\nLDI R1, 1")
        vm.regs[0] = 100_000
        vm.step()
        self.assertEqual((vm.running, vm.context.state, vm.pc, vm.regs[0]), (False, "stopped", 4, 0))
        self.assertEqual(vm.consume_events()[0]["ms"], 100_000)
        vm.step()
        self.assertEqual((vm.steps, vm.context.state), (1, "sleeping"))
        vm.sleep_until = 0.0
        vm.step()
        self.assertEqual((vm.steps, vm.regs[1], vm.running, vm.sleep_pending_ms), (2, 1, True, None))
        self.assertEqual(vm.consume_events(), [{"type": "sleep_complete"}])


class SnapshotsTest(unittest.TestCase):
    def test_what_is_restored_goes_on_as_before(self) -> None:
        vm = make("LDI R1, 3\nCALL 2\nRET\nST [R1], R1\nPUSH R1\nPOP R2\nRET")
        take(vm, 2)
        state = vm.snapshot_state()
        other = MiniVM(b"")
        other.restore_state(state)
        take(vm, 5)
        take(other, 5)
        self.assertEqual(vm.snapshot_state(), other.snapshot_state())
        self.assertEqual((vm.context.state, state["call_stack"], state["mem"][3]), ("returned", [8], 0))

    def test_a_view_of_registers_outlives_a_restore(self) -> None:
        vm = make("RET")
        regs, context = vm.regs, vm.context
        state = vm.snapshot_state()
        regs[4] = 9
        vm.restore_state(state)
        self.assertEqual((regs[4], context.regs[4], vm.context is context), (0, 9, False))

    def test_registers_of_a_restored_context_go_to_memory(self) -> None:
        vm = make("RET")
        state = vm.snapshot_state()
        state["context"].update(reg_base=0x2000, regs=[5] * 16)
        vm.restore_state(state)
        self.assertEqual((vm.regs[15], vm.read_mem(0x203C, 4)), (5, bytes([5, 0, 0, 0])))


class DebuggerTest(unittest.TestCase):
    def test_a_breakpoint_halts_until_it_is_passed(self) -> None:
        vm = make("LDI R1, 1\nLDI R1, 2\nLDI R1, 3")
        vm.configure_debug(enabled=True, breakpoints={4})
        take(vm, 3)
        self.assertEqual((vm.regs[1], vm.running), (1, False))
        vm.prepare_debug_run(step_count=2, skip_break_at_pc=4)
        vm.step()
        vm.step()
        assert vm.debug_last_stop is not None
        self.assertEqual((vm.regs[1], vm.debug_last_stop["reason"], vm.debug_last_stop["pc"]), (3, "step", 12))

    def test_without_debugging_nothing_halts(self) -> None:
        vm = make("LDI R1, 1")
        vm.set_debug_breakpoints({0})
        vm.request_debug_break()
        vm.prepare_debug_run(step_count=1)
        vm.step()
        self.assertEqual((vm.regs[1], vm.debug_halted), (1, False))


class ServicesTest(unittest.TestCase):
    def test_steps_and_the_console(self) -> None:
        vm = make("LDI R5, 0\nSVC MOD=0 FN=0\nMOV R6, R0\nSVC MOD=1 FN=1")
        vm.regs[1:3] = [0xFFFE, 4]
        vm.write_mem(0xFFFE, b"ok")
        self.assertEqual(quietly(lambda: take(vm, 4)), "[UART.tx] ok\n")
        self.assertEqual((vm.regs[6], vm.regs[0]), (1, 4))

    def test_files(self) -> None:
        vm = make("SVC MOD=4 FN=0\nMOV R1, R0\nSVC MOD=4 FN=2\nSVC MOD=4 FN=3\nSVC MOD=4 FN=3")
        vm.write_mem(0x100, b"name\0")
        vm.regs[1:4] = [0x100, 0x100, 4]
        results = []
        for _ in range(5):
            vm.step()
            results.append(vm.regs[0])
        self.assertEqual(results, [3, 3, 4, 0, 0xFFFF_FFFF])

    def test_libm_only_if_asked_for(self) -> None:
        for libm, r0 in [(True, 0x1234_3C00), (False, 0xFFFF_FF01)]:
            vm = make("SVC MOD=14 FN=1", dev_libm=libm)
            vm.regs[0] = 0x1234_0000
            quietly(vm.step)
            self.assertEqual(vm.regs[0], r0)

    def test_mailboxes_that_refuse(self) -> None:
        class Refusal(Exception):
            pass

        class Full:
            def __init__(self, error: Exception) -> None:
                self.error = error

            def close(self, *, pid: int, handle: int) -> None:
                raise self.error

        vm = make("SVC MOD=5 FN=6", mailboxes=Full(Refusal("no such handle")))
        self.assertIn("no such handle", quietly(vm.step))
        self.assertEqual((vm.regs[0], vm.steps), (0xFF, 1))
        vm = make("SVC MOD=5 FN=6", mailboxes=Full(ValueError()))
        with self.assertRaises(ValueError):
            vm.step()


class TraceTest(unittest.TestCase):
    def test_steps_are_printed_written_and_told(self) -> None:
        file = io.StringIO()
        vm = make("LDI R1, 8\nSTB [R1-1], R1", trace_file=file)
        text = quietly(lambda: take(vm, 2))
        self.assertEqual(text, file.getvalue())
        self.assertEqual(text.splitlines()[0], "[TRACE] 0x0000: 0x01100008 LDI R1, 8")
        events = vm.consume_events()
        self.assertEqual([event["type"] for event in events], ["trace_step", "trace_step"])
        self.assertEqual(events[1]["mem_access"], {"op": "write", "address": 7, "width": 1, "value": 8})
        self.assertEqual((events[0]["next_pc"], events[0]["regs"][1]), (4, 8))


class RestoringTest(unittest.TestCase):
    def state_of(self, vm: MiniVM) -> dict[str, Any]:
        return {**vm.snapshot_state(), "pid": vm.pid, "regs": vm.regs[:], "pc": vm.pc, "sp": vm.sp}

    def test_a_snapshot_that_makes_no_sense_changes_nothing(self) -> None:
        vm = MiniVM(bytes.fromhex("01000007 01100008"))
        good = vm.snapshot_state()
        vm.step()
        vm.emit_event({"type": "mine"})
        before = self.state_of(vm)
        context = good["context"]
        for wrong in (
            {"call_stack": [-1]},
            {"call_stack": [0, 1 << 32]},
            {"call_stack": ["x"]},
            {"call_stack": 5},
            {"code": 5},
            {"mem": "text"},
            {"mem": 70_000},
            {"steps": "many"},
            {"pending_events": 3},
            {"context": {**context, "pc": "x"}},
            {"context": {**context, "regs": ["x"]}},
            {"context": {**context, "reg_base": 0xFFF0}},
            {"mem": bytes(0x1000), "context": {**context, "reg_base": 0x2000}},
        ):
            state = {**good, "mem": bytearray(b"\x07" * 65536), "steps": 99, **wrong}
            with self.subTest(wrong), self.assertRaises((TypeError, ValueError, OverflowError, RuntimeError)):
                vm.restore_state(state)
            self.assertEqual(self.state_of(vm), before)

    def test_registers_that_make_no_sense_change_nothing(self) -> None:
        vm = MiniVM(bytes.fromhex("01000007 01100008"))
        good = vm.snapshot_registers()
        vm.step()
        before = self.state_of(vm)
        for wrong in (
            {"pc": "x"},
            {"sp": 1.5},
            {"flags": None},
            {"regs": ["x"]},
            {"context": {"pc": "x"}},
            {"context": {"pid": 9, "reg_base": 0xFFF0}},
        ):
            with self.subTest(wrong), self.assertRaises((TypeError, ValueError, RuntimeError)):
                vm.restore_registers({**good, "regs": [9] * 16, "context": {"pid": 9, "pc": 4}, **wrong})
            self.assertEqual(self.state_of(vm), before)


if __name__ == "__main__":
    unittest.main()
