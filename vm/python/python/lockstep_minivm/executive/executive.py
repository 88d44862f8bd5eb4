"""The executive itself."""

from collections.abc import Mapping
from os import PathLike
from typing import Literal

from .. import _core
from .config import ExecutiveConfig, ExecutiveProfile, SchedulerPolicy
from .mailboxes import Mailboxes
from .registry import Commands, Values
from .tasks import Loaded, StepReply, Task, TaskRegisters
from .told import CanFrame, Event, Output, TaskExit, UartText


class Executive:
    """Runs several programs on the VM, and gives them mailboxes, values, commands, files, time and devices.

    It does nothing by itself: `step` has tasks run, one instruction a turn, and `advance` has time pass. PIDs and OIDs
    have 16 bits, and numbers that do not fit raise OverflowError. A call that is refused raises `VmError`. Rooms for
    all that it keeps are made with it, about 40 MB.

    >>> from lockstep_minivm import assemble, build_image
    >>> text = '.data\\ntext: .ascii "hey!"\\n.text\\nLDI32 R1, text\\nLDI R2, 4\\nSVC MOD=1 FN=1\\nLDI R0, 5\\nRET'
    >>> executive = Executive()
    >>> executive.load(build_image(assemble(text)), name="greet")
    Loaded(pid=1, name='greet')
    >>> executive.step(100).executed
    5
    >>> executive.take_output(), executive.take_events()
    ([UartText(pid=1, data=b'hey!')], [Event(type='exited', pid=1, fields={'status': 5})])
    """

    __slots__ = ("_executive", "commands", "mailboxes", "values")

    mailboxes: Mailboxes
    """The mailboxes."""
    values: Values
    """The values."""
    commands: Commands
    """The commands."""

    def __init__(
        self,
        *,
        profile: ExecutiveProfile = "strict",
        policy: SchedulerPolicy = "instruction",
        config: ExecutiveConfig | None = None,
        pin: str | None = None,
        stored: Mapping[int, int] | None = None,
        folder: str | PathLike[str] | None = None,
        folder_limit: int = 1 << 20,
    ) -> None:
        """Makes an executive without tasks; without a configuration, `ExecutiveConfig.desktop()`.

        `pin` is the token that opens commands with flag 1. `stored` is what the non-volatile store has in it: bits by
        key, 16 bits each. `folder` has the files that tasks may open, and takes those that they write until all have
        `folder_limit` bytes; special characters of their names are written as in addresses of the web, a slash as
        `%2F`, and subfolders, links and hidden files are not there for tasks. Without a folder, files are in memory.

        ValueError for a profile, a policy or a configuration that makes no sense, OSError for a folder that is none.

        >>> Executive(profile="other")
        Traceback (most recent call last):
        ValueError: there is no profile "other": reference or strict
        """
        parts = config or ExecutiveConfig.desktop()
        files = None if folder is None else (folder, folder_limit)
        self._executive = _core.Executive(
            (profile, policy),
            (
                parts.descriptors,
                parts.handles,
                parts.host_handles,
                parts.capacity,
                parts.tap_rate,
                parts.libm,
                parts.tasks,
                parts.start,
                parts.queued,
                parts.pending,
            ),
            pin,
            list((stored or {}).items()),
            files,
        )
        self.mailboxes = Mailboxes(self._executive)
        self.values = Values(self._executive)
        self.commands = Commands(self._executive)

    @property
    def now(self) -> int:
        """The clock, in ms.

        >>> Executive().now
        1000000
        """
        return self._executive.now

    def set_time(self, now: int) -> None:
        """Sets the clock, in ms (64 bits). Nothing expires before the next `step`.

        >>> executive = Executive()
        >>> executive.set_time(2_000_000)
        >>> executive.now
        2000000
        """
        self._executive.set_time(now)

    def advance(self, ms: int) -> None:
        """Has so many ms pass. Nothing expires before the next `step`.

        >>> from lockstep_minivm import assemble, build_image
        >>> executive = Executive()
        >>> executive.load(build_image(assemble("LDI R0, 50\\nSVC MOD=6 FN=0\\nRET"))).pid
        1
        >>> executive.step(9).executed, executive.tasks()[0].state
        (2, 'sleeping')
        >>> executive.advance(50)
        >>> executive.step(9).executed, executive.tasks()[0].state
        (1, 'returned')
        """
        self._executive.set_time(self._executive.now + ms)

    def load(self, image: bytes | bytearray, *, name: str = "") -> Loaded:
        """Makes a task of an HXE image, with a name that it has if its image has none. A PID is used up in any case.

        VmError `EBADMSG` if the image is invalid; `EEXIST` if the name is taken and may exist once, or a value or a
        command that it declares exists; `ENOSPC` if there is no room for the task or what it declares; `ENODESC`,
        `ENOHANDLE` and `EINVAL` for mailboxes that it declares.

        >>> Executive().load(b"HSXE")
        Traceback (most recent call last):
        lockstep_minivm.errors.VmError: EBADMSG: too_small at byte 0x4 (value 0x4)
        """
        return Loaded(*self._executive.load(image, name))

    def step(self, turns: int = 1, *, pid: int | None = None) -> StepReply:
        """Lets up to so many turns (32 bits) pass, of all tasks as the policy says, or of one; what is due comes first.

        It ends early if no task can go on. Every 100000 turns other threads have a chance, and an interrupt from the
        keyboard is seen; the turns until then have passed.

        >>> from lockstep_minivm import assemble, build_image
        >>> executive = Executive()
        >>> executive.load(build_image(assemble("again: JMP again"))).pid
        1
        >>> executive.step(10)
        StepReply(executed=10, running=True, pc=0, steps=10, sleep_pending=False, paused=False, current=1, next=1)
        """
        return StepReply(*self._executive.step(turns, pid))

    def next_turn(self, *, pid: int | None = None) -> int | None:
        """Gives the PID that has the next turn if nothing happens before, of all or of one; None if none can go on.

        >>> Executive().next_turn() is None
        True
        """
        return self._executive.next_turn(pid)

    def tasks(self) -> list[Task]:
        """Gives the tasks, in the order of loading.

        >>> from lockstep_minivm import assemble, build_image
        >>> executive = Executive()
        >>> executive.load(build_image(assemble("BRK 0")), name="stops").pid
        1
        >>> executive.step().executed, [(task.name, task.state) for task in executive.tasks()]
        (1, [('stops', 'paused')])
        """
        return [Task(*parts) for parts in self._executive.tasks()]

    @property
    def current(self) -> int | None:
        """The PID of the active task; None if there is none.

        >>> Executive().current is None
        True
        """
        return self._executive.current

    @property
    def is_paused(self) -> bool:
        """Whether all tasks are paused.

        >>> executive = Executive()
        >>> executive.pause()
        >>> executive.is_paused
        True
        """
        return self._executive.is_paused

    def pause(self, pid: int | None = None) -> None:
        """Pauses all tasks, or one. VmError `ESRCH` if there is no such task.

        >>> from lockstep_minivm import assemble, build_image
        >>> executive = Executive()
        >>> executive.pause(executive.load(build_image(assemble("RET"))).pid)
        >>> executive.step(10).executed
        0
        """
        self._executive.pause(pid)

    def resume(self, pid: int | None = None) -> None:
        """Has all tasks go on, or one. VmError `ESRCH` if there is no such task.

        >>> Executive().resume(9)
        Traceback (most recent call last):
        lockstep_minivm.errors.VmError: ESRCH: there is no such task
        """
        self._executive.resume(pid)

    def kill(self, pid: int) -> None:
        """Takes a task down. VmError `ESRCH` if there is none.

        >>> from lockstep_minivm import assemble, build_image
        >>> executive = Executive()
        >>> executive.kill(executive.load(build_image(assemble("RET"))).pid)
        >>> executive.tasks()
        []
        """
        self._executive.kill(pid)

    def schedule(self, pid: int, *, priority: int | None = None, quantum: int | None = None) -> None:
        """Sets the priority (8 bits) and the quantum (16 bits) of a task, for policy `preemptive`. VmError `ESRCH`.

        >>> from lockstep_minivm import assemble, build_image
        >>> executive = Executive(policy="preemptive")
        >>> executive.schedule(executive.load(build_image(assemble("RET"))).pid, priority=3)
        >>> executive.tasks()[0].priority
        3
        """
        self._executive.schedule(pid, priority, quantum)

    def registers(self, pid: int) -> TaskRegisters:
        """Gives the registers of a task. VmError `ESRCH` if there is none.

        >>> from lockstep_minivm import assemble, build_image
        >>> executive = Executive()
        >>> pid = executive.load(build_image(assemble("LDI R3, 7"))).pid
        >>> executive.step().pc, executive.registers(pid).regs[3]
        (4, 7)
        """
        pc, sp, flags, regs, depth, reg_base, stack = self._executive.registers(pid)
        return TaskRegisters(pc, sp, flags, tuple(regs), depth, reg_base, range(*stack))

    def set_register(self, pid: int, register: int, value: int) -> None:
        """Sets a register of a task (32 bits): R0 to R15, pc, sp or psw, as a `RegisterId`.

        VmError `ESRCH` if there is no such task, `EINVAL` for wp, for psw above 15 and for sp outside the stack.

        >>> from lockstep_minivm import RegisterId, assemble, build_image
        >>> executive = Executive()
        >>> pid = executive.load(build_image(assemble("RET"))).pid
        >>> executive.set_register(pid, RegisterId.R0, 7)
        >>> executive.step().executed, executive.tasks()[0].exit_status
        (1, 7)
        """
        self._executive.set_register(pid, register, value)

    def peek(self, pid: int, address: int, length: int) -> bytes:
        """Gives data memory of a task from an address (16 bits) on, cut at its end. VmError `ESRCH` if there is none.

        >>> from lockstep_minivm import assemble, build_image
        >>> executive = Executive()
        >>> pid = executive.load(build_image(assemble('RET\\n.data\\n.ascii "data"'))).pid
        >>> executive.peek(pid, 0x4000, 4), len(executive.peek(pid, 0xFFFE, 5))
        (b'data', 2)
        """
        return self._executive.peek(pid, address, length)

    def poke(self, pid: int, address: int, data: bytes | bytearray) -> None:
        """Writes to data memory of a task from an address (16 bits) on, cut at its end. VmError `ESRCH`.

        >>> from lockstep_minivm import assemble, build_image
        >>> executive = Executive()
        >>> pid = executive.load(build_image(assemble("RET"))).pid
        >>> executive.poke(pid, 0x2000, b"hello")
        >>> executive.peek(pid, 0x2000, 5)
        b'hello'
        """
        self._executive.poke(pid, address, data)

    def take_events(self) -> list[Event]:
        """Gives what has happened since the last time, in order.

        >>> from lockstep_minivm import assemble, build_image
        >>> executive = Executive()
        >>> executive.load(build_image(assemble("DIV R0, R1, R2"))).pid, executive.step().executed
        (1, 1)
        >>> executive.take_events()
        [Event(type='fault', pid=1, fields={'pc': 0, 'fault': 'divide_by_zero'})]
        """
        return [_event(kind, fields) for kind, fields in self._executive.take_events()]

    def take_output(self) -> list[Output]:
        """Gives what devices were told since the last time, in order: text of the UART, CAN frames, exits.

        >>> from lockstep_minivm import assemble, build_image
        >>> executive = Executive()
        >>> executive.load(build_image(assemble("LDI R0, 5\\nSVC MOD=1 FN=0"))).pid, executive.step(2).executed
        (1, 2)
        >>> executive.take_output()
        [TaskExit(pid=1, code=5)]
        """
        return [_output(*parts) for parts in self._executive.take_output()]

    def send_input(self, pid: int, data: bytes | bytearray) -> int:
        """Sends bytes to the standard input of a task, its mailbox `svc:stdio.in`. Gives how many there was room for.

        VmError `ESRCH` if there is no such task.

        >>> from lockstep_minivm import assemble, build_image
        >>> executive = Executive()
        >>> pid = executive.load(build_image(assemble("RET"))).pid
        >>> executive.send_input(pid, b"hello"), executive.send_input(pid, bytes(100))
        (5, 43)
        """
        target = self._stream(pid, "in")
        data = _core.octets(data)
        sent = 0
        while sent < len(data):
            mailbox = self.mailboxes.bind(target)
            piece = data[sent : sent + max(mailbox.capacity - mailbox.used - 8, 1)]
            if not self.mailboxes.send(piece, target=target):
                break
            sent += len(piece)
        return sent

    def read_output(self, pid: int, stream: Literal["out", "err"] = "out") -> bytes:
        """Gives what a task has written to a standard stream, and is still in its mailbox, e.g. `svc:stdio.out`.

        If every reader gets every message (`Mailboxes.set_stdio`), that is nothing: open a handle before it writes.
        VmError `ESRCH` if there is no such task, ValueError if there is no such stream.

        >>> from lockstep_minivm import assemble, build_image
        >>> text = '.data\\nhey: .ascii "hey!"\\n.text\\nLDI R1, 1\\nLDI32 R2, hey\\nLDI R3, 4\\nSVC MOD=4 FN=2\\nBRK 0'
        >>> executive = Executive()
        >>> pid = executive.load(build_image(assemble(text))).pid
        >>> executive.step(9).executed, executive.read_output(pid), executive.read_output(pid)
        (5, b'hey!', b'')
        """
        if stream not in ("out", "err"):
            raise ValueError(f"a task writes to stream out or err, not {stream!r}")
        handle = self.mailboxes.open(self._stream(pid, stream))
        pieces = []
        while message := self.mailboxes.receive(handle):
            pieces.append(message.data)
        self.mailboxes.close(handle)
        return b"".join(pieces)

    def _stream(self, pid: int, stream: str) -> str:
        # Only a task has streams: binding a mailbox would make one for whoever is gone.
        self._executive.registers(pid)
        return f"svc:stdio.{stream}@{pid}"

    @property
    def stored(self) -> dict[int, int]:
        """What is in the non-volatile store: bits by key, for the next executive.

        >>> Executive(stored={7: 0x3C00}).stored
        {7: 15360}
        """
        return dict(self._executive.stored)

    @property
    def raised(self) -> str | None:
        """What has made the reference throw an exception (profile `reference`), or None; nothing after it counts.

        >>> Executive().raised is None
        True
        """
        return self._executive.raised

    @property
    def shortage(self) -> str | None:
        """The first thing that this executive had no room for, while one with more room could go on. Or None.

        >>> Executive().shortage is None
        True
        """
        return self._executive.shortage


def _event(kind: str, fields: dict[str, int | str | None]) -> Event:
    pid = fields.pop("pid", None)
    return Event(kind, pid if isinstance(pid, int) else None, fields)


def _output(device: Literal["uart", "can", "exit"], pid: int, number: int, data: bytes) -> Output:
    match device:
        case "uart":
            return UartText(pid, data)
        case "can":
            return CanFrame(pid, number, data)
        case "exit":
            return TaskExit(pid, number)
