"""The executive."""

import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from lockstep_minivm import (
    CanFrame,
    Event,
    Executive,
    ExecutiveConfig,
    ExecutiveProfile,
    RegisterId,
    TaskExit,
    UartText,
    VmError,
    assemble,
    build_image,
)

from .images import VALUE, command, image

FOREVER = "again: JMP again"


def program(source: str) -> bytes:
    """The image of a program that may run several times."""
    return build_image(assemble(source))


class ExecutiveTest(unittest.TestCase):
    def assert_refused(self, errno: str, call: object, *arguments: object, **named: object) -> None:
        """A call is refused with this error."""
        assert callable(call)
        with self.assertRaises(VmError) as caught:
            call(*arguments, **named)
        self.assertEqual(caught.exception.errno, errno, str(caught.exception))


class TasksTest(ExecutiveTest):
    def test_tasks_take_turns(self) -> None:
        executive = Executive()
        pids = [executive.load(program(FOREVER)).pid for _ in range(3)]
        self.assertEqual(executive.step(9).executed, 9)
        self.assertEqual([task.steps for task in executive.tasks()], [3, 3, 3])
        executive.step(5, pid=pids[1])
        self.assertEqual([task.steps for task in executive.tasks()], [3, 8, 3])
        self.assertEqual((executive.next_turn(pid=pids[2]), executive.next_turn(pid=99)), (pids[2], None))

    def test_pause_resume_kill(self) -> None:
        executive = Executive()
        one, other = (executive.load(program(FOREVER)).pid for _ in range(2))
        executive.pause(one)
        self.assertEqual([task.state for task in executive.tasks()], ["paused", "ready"])
        executive.step(4)
        executive.resume(one)
        executive.pause()
        self.assertEqual((executive.step(4).executed, executive.is_paused), (0, True))
        executive.resume()
        executive.kill(other)
        executive.step(4)
        self.assertEqual([(task.pid, task.steps) for task in executive.tasks()], [(one, 4)])
        self.assertEqual(executive.current, one)
        for call in (executive.pause, executive.resume, executive.kill, executive.registers, executive.schedule):
            self.assert_refused("ESRCH", call, other)
        self.assert_refused("ESRCH", executive.peek, other, 0, 1)
        self.assert_refused("ESRCH", executive.poke, other, 0, b"")
        self.assert_refused("ESRCH", executive.send_input, other, b"x")
        self.assert_refused("ESRCH", executive.read_output, other)

    def test_names(self) -> None:
        executive = Executive()
        alone = image(FOREVER, name="alone", flags=0)
        self.assertEqual(executive.load(alone, name="file").name, "alone")
        self.assert_refused("EEXIST", executive.load, alone)
        self.assertEqual(executive.load(program(FOREVER), name="twice").name, "twice")
        self.assertNotEqual(executive.load(program(FOREVER), name="twice").name, "twice")
        self.assertEqual(executive.load(program(FOREVER)).name, "<stream:5>")

    def test_configuration(self) -> None:
        desktop = ExecutiveConfig.desktop()
        executive = Executive(config=replace(desktop, tasks=2, start=5, descriptors=9))
        self.assertEqual(executive.now, 5)
        executive.load(program(FOREVER))
        executive.load(program(FOREVER))
        self.assert_refused("ENOSPC", executive.load, program(FOREVER))
        self.assertIsNone(executive.shortage)
        executive.mailboxes.open("app:a")
        self.assert_refused("ENODESC", executive.mailboxes.open, "app:b")
        for wrong in (
            replace(desktop, tasks=0),
            replace(desktop, tasks=65),
            replace(desktop, handles=0),
            replace(desktop, host_handles=0),
            replace(desktop, descriptors=0),
            replace(desktop, capacity=0),
            replace(desktop, start=0),
        ):
            with self.subTest(wrong), self.assertRaises(ValueError):
                Executive(config=wrong)
        with self.assertRaises(ValueError):
            Executive(policy="other")  # type: ignore[arg-type]
        with self.assertRaises(OverflowError):
            Executive(config=replace(desktop, capacity=1 << 16))
        self.assertLess(ExecutiveConfig.embedded().tasks, desktop.tasks)

    def test_policies(self) -> None:
        executive = Executive(policy="preemptive")
        one, other = (executive.load(program(FOREVER)).pid for _ in range(2))
        executive.schedule(one, priority=200)
        executive.schedule(other, priority=1, quantum=50)
        executive.step(100)
        steps = {task.pid: task.steps for task in executive.tasks()}
        self.assertGreater(steps[other], steps[one])
        cooperative = Executive(policy="cooperative")
        for _ in range(2):
            cooperative.load(program(FOREVER))
        cooperative.step(10)
        self.assertEqual(sorted(task.steps for task in cooperative.tasks()), [0, 10])

    def test_profiles_differ_where_the_ledger_says(self) -> None:
        faults = program("DIV R0, R1, R2")
        states = []
        profiles: tuple[ExecutiveProfile, ...] = ("strict", "reference")
        for profile in profiles:
            executive = Executive(profile=profile)
            executive.load(faults)
            executive.step(3)
            states.append((executive.tasks()[0].state, executive.tasks()[0].fault))
        self.assertEqual(states, [("faulted", "divide_by_zero"), ("running", None)])

    def test_what_makes_the_reference_raise(self) -> None:
        executive = Executive(profile="reference")
        executive.load(program("F2I R0, R1"))
        executive.set_register(1, RegisterId.R1, 0x7E00)
        self.assertIsNone(executive.raised)
        executive.step(1)
        self.assertEqual(executive.raised, "invalid_conversion")

    def test_registers_and_memory(self) -> None:
        executive = Executive()
        pid = executive.load(program("CALL 1\nRET")).pid
        executive.step()
        registers = executive.registers(pid)
        self.assertEqual((registers.pc, registers.depth, registers.sp), (4, 1, registers.stack.stop - 4))
        executive.set_register(pid, RegisterId.R7, 0xFFFF_FFFF)
        executive.set_register(pid, RegisterId.PC, 0)
        executive.set_register(pid, RegisterId.PSW, 15)
        executive.set_register(pid, RegisterId.SP, registers.stack.start)
        after = executive.registers(pid)
        self.assertEqual((after.regs[7], after.pc, after.flags, after.sp), (0xFFFF_FFFF, 0, 15, registers.stack.start))
        self.assertEqual(executive.peek(pid, after.reg_base + 28, 4), b"\xff" * 4)
        for errno, register, value in [
            ("EINVAL", RegisterId.PSW, 16),
            ("EINVAL", RegisterId.SP, 0),
            ("EINVAL", RegisterId.WP, 0),
            ("EINVAL", 4, 0),
        ]:
            self.assert_refused(errno, executive.set_register, pid, register, value)
        executive.poke(pid, 0xFFFF, b"ab")
        self.assertEqual((executive.peek(pid, 0xFFFF, 9), len(executive.peek(pid, 0, 1 << 40))), (b"a", 0x10000))
        with self.assertRaises(OverflowError):
            executive.peek(pid, 0x10000, 1)


class TimeTest(ExecutiveTest):
    def test_a_sleeper_wakes_when_its_time_has_come(self) -> None:
        executive = Executive()
        executive.load(program("LDI R0, 50\nSVC MOD=6 FN=0\nRET"))
        executive.step(2)
        start = executive.now
        self.assertEqual(executive.tasks()[0].wakes_at, start + 50)
        executive.advance(49)
        self.assertEqual(executive.step(5).executed, 0)
        executive.set_time(start + 50)
        self.assertEqual(executive.step(5).executed, 1)
        self.assertEqual(
            executive.take_events(),
            [
                Event("sleep_request", 1, {"ms": 50, "deadline": start + 50}),
                Event("sleep_complete", 1, {}),
                Event("exited", 1, {"status": 0}),
            ],
        )
        self.assertEqual(executive.take_events(), [])


class DevicesTest(ExecutiveTest):
    def test_what_tasks_put_out(self) -> None:
        executive = Executive()
        source = (
            '.data\ntext: .ascii "hello..."\n.text\nLDI R1, 0x123\nLDI32 R2, text\nLDI R3, 5\nSVC MOD=2 FN=0\n'
            "MOV R1, R2\nLDI R2, 2\nSVC MOD=1 FN=1\nLDI R0, 7\nSVC MOD=1 FN=0"
        )
        executive.load(program(source))
        executive.step(99)
        self.assertEqual(executive.take_output(), [CanFrame(1, 0x123, b"hello"), UartText(1, b"he"), TaskExit(1, 7)])
        self.assertEqual(executive.take_output(), [])

    def test_input_reaches_a_task_and_output_comes_back(self) -> None:
        executive = Executive()
        # Waits at its standard input, whose handle is 1, and writes what it got to its standard output.
        echo = (
            "again: LDI R1, 1\nLDI32 R2, 0x2000\nLDI R3, 64\nLDI32 R4, 0xFFFF\nLDI R5, 0\nSVC MOD=5 FN=3\n"
            "MOV R3, R1\nLDI R1, 1\nLDI32 R2, 0x2000\nSVC MOD=4 FN=2\nJMP again"
        )
        pid = executive.load(program(echo)).pid
        executive.step(99)
        self.assertEqual(executive.tasks()[0].state, "waiting_mbx")
        self.assertEqual(executive.send_input(pid, b"hello"), 5)
        executive.step(99)
        self.assertEqual((executive.read_output(pid), executive.read_output(pid, "err")), (b"hello", b""))
        types = [event.type for event in executive.take_events()]
        self.assertEqual(types, ["mailbox_wait", "mailbox_wake", "mailbox_send", "mailbox_wait"])

    def test_files_in_a_folder(self) -> None:
        # Opens "log", reads 8 bytes of it, and writes the same behind them.
        copies = (
            '.data\nname: .asciz "log"\n.text\nLDI32 R1, name\nSVC MOD=4 FN=0\nMOV R6, R0\n'
            "MOV R1, R6\nLDI32 R2, 0x2000\nLDI R3, 8\nSVC MOD=4 FN=1\n"
            "MOV R3, R0\nMOV R1, R6\nLDI32 R2, 0x2000\nSVC MOD=4 FN=2\nRET"
        )
        with tempfile.TemporaryDirectory() as name:
            log = Path(name, "log")
            log.write_bytes(b"hello")
            executive = Executive(folder=name)
            executive.load(program(copies))
            executive.step(99)
            self.assertEqual(executive.tasks()[0].exit_status, 5)
            self.assertEqual(log.read_bytes(), b"hellohello")
            small = Executive(folder=Path(name), folder_limit=12)
            small.load(program(copies))
            small.step(99)
            self.assertEqual((small.shortage, len(log.read_bytes())), ("files", 10))
        with self.assertRaises(FileNotFoundError):
            Executive(folder=name)


class MailboxesTest(ExecutiveTest):
    def test_what_is_refused(self) -> None:
        mailboxes = Executive().mailboxes
        handle = mailboxes.open("app:log")
        for errno, call, arguments in [
            ("EINVAL", mailboxes.open, ("pid:x",)),
            ("EINVAL", mailboxes.bind, ("",)),
            ("EBADF", mailboxes.close, (9,)),
            ("EBADF", mailboxes.receive, (9,)),
            ("EBADF", mailboxes.peek, (9,)),
            ("EBADF", mailboxes.tap, (9,)),
            ("EINVAL", mailboxes.send, (b"x",)),
        ]:
            with self.subTest(call):
                self.assert_refused(errno, call, *arguments)
        self.assert_refused("EBADF", mailboxes.send, b"x", handle=9)
        self.assert_refused("EMSGSIZE", mailboxes.send, bytes(57), handle=handle)
        self.assertFalse(mailboxes.discard(handle))
        with self.assertRaises(ValueError):
            mailboxes.set_stdio("other", 3)  # type: ignore[arg-type]
        with self.assertRaises(OverflowError):
            mailboxes.send(b"", handle=handle, flags=1 << 32)

    def test_every_reader_gets_every_message(self) -> None:
        mailboxes = Executive().mailboxes
        self.assertEqual(mailboxes.bind("shared:all", capacity=100, mode=0x0B).mode, 0x0B)
        readers = [mailboxes.open("shared:all", pid=pid) for pid in (1, 2)]
        self.assertTrue(mailboxes.send(b"to all", target="shared:all", flags=4, channel=9))
        for pid, handle in zip((1, 2), readers, strict=True):
            self.assertEqual(mailboxes.peek(handle, pid=pid).next_length, 6)
            message = mailboxes.receive(handle, pid=pid)
            assert message
            self.assertEqual((message.data, message.channel, message.src), (b"to all", 9, 0))
            self.assertIsNone(mailboxes.receive(handle, pid=pid))

    def test_a_tap_gets_whole_messages_after_their_reader(self) -> None:
        mailboxes = Executive().mailboxes
        reader, tap = (mailboxes.open("app:log") for _ in range(2))
        mailboxes.tap(tap)
        for data in (b"short", b"x", b"a longer one"):
            self.assertTrue(mailboxes.send(data, handle=reader))
        first = mailboxes.receive(reader)
        assert first
        self.assertEqual(first.data, b"short")
        messages = [mailboxes.receive(tap) for _ in range(3)]
        self.assertEqual([message and message.data for message in messages], [b"short", b"x", b"a longer one"])
        self.assertIsNone(mailboxes.receive(tap))

    def test_what_a_mailbox_is(self) -> None:
        mailboxes = Executive().mailboxes
        mailboxes.send(b"abc", target="app:log@7")
        (mailbox,) = mailboxes.all()
        self.assertEqual((mailbox.namespace, mailbox.name, mailbox.owner, mailbox.used), ("app", "log", 7, 11))
        self.assertTrue(mailboxes.discard(mailbox.descriptor))
        self.assertEqual(mailboxes.all(), [])


class RegistryTest(ExecutiveTest):
    def test_values(self) -> None:
        executive = Executive()
        pid = executive.load(image(FOREVER, VALUE)).pid
        (value,) = executive.values.all()
        self.assertEqual((value.oid, value.owner, value.number), (0x101, pid, 1.5))
        self.assertEqual((value.name, value.group, value.unit), ("temp", "grp", "degC"))
        executive.take_events()
        self.assertEqual(executive.values.set(0x101, 3.25), 3.25)
        self.assertEqual(executive.values.set(0x101, 3.3), 3.25, "the change is too small")
        self.assertEqual(executive.values.get(0x101, pid=0), 3.25)
        (event,) = executive.take_events()
        self.assertEqual((event.type, event["old"], event["new"]), ("value_changed", 0x3E00, 0x4280))
        with self.assertRaises(KeyError):
            event["oldest"]
        self.assert_refused("ENOENT", executive.values.set, 0x102, 1)

    def test_a_value_may_be_refused(self) -> None:
        executive = Executive()
        kind, count, content = VALUE
        executive.load(image(FOREVER, (kind, count, content[:2] + b"\1" + content[3:])))
        self.assert_refused("EPERM", executive.values.set, 0x101, 2)

    def test_a_handler_runs_in_its_task(self) -> None:
        executive = Executive()
        executive.load(image("again: JMP again\nLDI R0, 99\nRET", command(handler=4)))
        (offered,) = executive.commands.all()
        self.assertEqual((offered.oid, offered.name, offered.help, offered.flags), (0x101, "reset", "Reset it", 2))
        self.assertIsNone(executive.commands.call(0x101))
        executive.step(9)
        events = {event.type: event for event in executive.take_events()}
        done = events["cmd_completed"]
        self.assertEqual((done.pid, done["oid"], done["owner"], done["status"]), (1, 0x101, 1, 0))
        self.assertEqual(done["result"], 99)

    def test_commands_that_are_refused(self) -> None:
        refused: list[tuple[int, str, dict[str, object]]] = [
            (0, "ENOASYNC", {"wait": False}),
            (1, "EPERM", {}),
            (1, "EPERM", {"token": "4321"}),
        ]
        for flags, errno, options in refused:
            executive = Executive(pin="1234")
            kind, count, content = command()
            executive.load(image(FOREVER, (kind, count, content[:2] + bytes([flags]) + content[3:])))
            with self.subTest(options):
                self.assert_refused(errno, executive.commands.call, 0x101, **options)
        self.assertIsNone(executive.commands.call(0x101, token="1234"))

    def test_what_is_stored_outlives_an_executive(self) -> None:
        kind, count, content = VALUE
        declares = image(FOREVER, (kind, count, content[:2] + b"\2" + content[3:]))
        executive = Executive(stored={7: 0x4400})
        executive.load(declares)
        self.assertEqual(executive.values.get(0x101), 4.0)
        executive.values.set(0x101, 8)
        self.assertEqual(executive.stored, {7: 0x4800})
        with self.assertRaises(OverflowError):
            Executive(stored={1 << 16: 0})


class EventsTest(ExecutiveTest):
    def test_events_without_a_task(self) -> None:
        executive = Executive()
        handle = executive.mailboxes.open("app:log")
        executive.mailboxes.send(bytes(50), handle=handle)
        self.assertFalse(executive.mailboxes.send(bytes(50), handle=handle))
        (event,) = executive.take_events()
        self.assertEqual((event.type, event.pid, event["policy"]), ("mailbox_backpressure", None, "single"))
        self.assertEqual((event["used"], event["requested"]), (58, 58))

    def test_a_break_stops_its_task(self) -> None:
        executive = Executive()
        executive.load(program("BRK 3"))
        executive.step()
        (event,) = executive.take_events()
        self.assertEqual((event.type, event["pc"], event["code"], event["steps"]), ("debug_stop", 0, 3, 1))


class StreamsTest(unittest.TestCase):
    def test_a_stream_that_there_is_not(self) -> None:
        executive = Executive()
        pid = executive.load(build_image(assemble("RET"))).pid
        boxes = executive.mailboxes.all()
        wrong = cast("Any", "bogus")
        with self.assertRaisesRegex(ValueError, "stream out or err, not 'bogus'"):
            executive.read_output(pid, wrong)
        with self.assertRaisesRegex(ValueError, "streams in, out and err, not 'bogus'"):
            executive.mailboxes.set_stdio(wrong, 8)
        self.assertEqual(executive.mailboxes.all(), boxes)


if __name__ == "__main__":
    unittest.main()
