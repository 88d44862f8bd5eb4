"""The control plane itself."""

from collections.abc import Callable

from .. import _core
from ..vm import Break, Fault, Profile, typed
from .config import MemConfig
from .results import Ending, Exit, StepResult, TaskInfo

_STEPS = 1_000_000


class ControlPlane:
    """A machine with several tasks, each with code, 64 KiB of data memory and registers of its own.

    It schedules nothing: whoever drives it says which task is active and for how many instructions, and answers its
    traps. Its calls are those of the design document, section 6.1.1:

    | document | here |
    |---|---|
    | `vm_init` | the constructor, `init` |
    | `vm_load_hxe` | `load` |
    | `vm_load_begin`, `_write`, `_end`, `_abort` | `load_begin`, `load_write`, `load_end`, `load_abort` |
    | `vm_unload`, `vm_pids`, `vm_set_context` | `unload`, `tasks`, `set_context` |
    | `vm_step`, `vm_clock` | `step`, `clock` |
    | `vm_reg_get`, `vm_reg_set` | `reg`, `set_reg` |
    | `vm_reg_get_for`, `vm_reg_set_for` | `reg_for`, `set_reg_for` |
    | `vm_mem_read`, `vm_mem_write` | `read`, `write` |
    | `vm_get_last_pc`, `_opcode`, `_regs` | `last_pc`, `last_opcode`, `last_regs` |
    | `run_until` (4.5, 5) | `run_until` |

    A call that is refused raises `VmError` with the error of the document. Numbers that have not 32 bits raise
    OverflowError.

    >>> from lockstep_minivm import assemble, build_image
    >>> plane = ControlPlane(tasks=2)
    >>> pid = plane.load(build_image(assemble("LDI R1, 40\\nLDI R2, 2\\nADD R0, R1, R2\\nRET")))
    >>> plane.set_context(pid)
    >>> plane.clock(100)
    StepResult(pc=12, stop=Returned(status=42), retired=3, cycles=3)
    """

    __slots__ = ("_plane",)

    def __init__(
        self,
        tasks: int = 1,
        *,
        config: MemConfig | None = None,
        profile: Profile = "reference",
        code_size: int = 0x10000,
        metadata_size: int = 0x10000,
    ) -> None:
        """Makes a control plane for up to `tasks` tasks (1 to 64), each with so many bytes for code and metadata.

        Raises ValueError for a number of tasks or a size (up to 16 MiB) out of range and for an unknown profile,
        MemoryError if there is no room, and VmError as `init`.

        >>> ControlPlane(tasks=0)
        Traceback (most recent call last):
        ValueError: there can be 1 to 64 tasks, not 0
        """
        self._plane = _core.Plane(tasks, code_size, metadata_size, profile)
        if config is not None:
            self.init(config)

    def init(self, config: MemConfig) -> None:
        """Takes down all tasks and applies a configuration (`vm_init`).

        VmError `EINVAL` if a field makes no sense, `ENOSPC` if it asks for more than there is; then all is as it was.

        >>> plane = ControlPlane()
        >>> plane.init(MemConfig(autorun_quanta=10))
        >>> plane.init(MemConfig(autorun_quanta=0))
        Traceback (most recent call last):
        lockstep_minivm.errors.VmError: EINVAL: autorun_quanta cannot be 0
        """
        self._plane.init(config.fields())

    def load(self, image: bytes | bytearray) -> int:
        """Makes a task of a whole HXE image (`vm_load_hxe`). Gives its PID.

        VmError `EBADMSG` if the image is invalid, `ENOSPC` if it does not fit or no task is free, `EBUSY` while
        another image is being loaded.

        >>> ControlPlane().load(b"HSXF....")
        Traceback (most recent call last):
        lockstep_minivm.errors.VmError: EBADMSG: bad_magic at byte 0x4 (value 0x48535846)
        """
        return self._plane.load(image)

    def load_begin(self) -> int:
        """Makes a task whose image comes in pieces (`vm_load_begin`). Gives its PID.

        VmError `EBUSY` while another image is being loaded, `ENOSPC` if no task is free.

        >>> plane = ControlPlane()
        >>> plane.load_begin(), plane.tasks()[0].state
        (1, 'loading')
        """
        return self._plane.load_begin()

    def load_write(self, pid: int, chunk: bytes | bytearray) -> None:
        """Takes the next bytes of the image (`vm_load_write`), any number of them.

        VmError `EBADMSG` or `ENOSPC` at the first byte that leaves no way for the image to be valid or to fit; the task
        is gone then. `ESRCH` if there is no such task, `EBUSY` if it is not loading.

        >>> plane = ControlPlane()
        >>> plane.load_write(plane.load_begin(), b"HSX")
        """
        self._plane.load_write(pid, chunk)

    def load_end(self, pid: int) -> None:
        """Ends the image (`vm_load_end`): the task is ready, with pc at its entry and sp at the top of its stack.

        VmError `EBADMSG` if the image is invalid, and the task is gone; `ESRCH`, `EBUSY` as `load_write`.

        >>> from lockstep_minivm import assemble, build_image
        >>> plane = ControlPlane()
        >>> pid = plane.load_begin()
        >>> for byte in build_image(assemble("RET")):
        ...     plane.load_write(pid, bytes([byte]))
        >>> plane.load_end(pid)
        >>> plane.tasks()[0].state
        'ready'
        """
        self._plane.load_end(pid)

    def load_abort(self, pid: int) -> None:
        """Gives up an image (`vm_load_abort`): the task is gone. VmError `ESRCH`, `EBUSY` as `load_write`.

        >>> plane = ControlPlane()
        >>> plane.load_abort(plane.load_begin())
        >>> plane.tasks()
        []
        """
        self._plane.load_abort(pid)

    def unload(self, pid: int) -> None:
        """Takes a task down, in any state (`vm_unload`): its PID names nobody. VmError `ESRCH` if there is none.

        >>> ControlPlane().unload(1)
        Traceback (most recent call last):
        lockstep_minivm.errors.VmError: ESRCH: there is no task 1
        """
        self._plane.unload(pid)

    def tasks(self) -> list[TaskInfo]:
        """Gives the tasks (`vm_pids`), with what can be known of each.

        >>> from lockstep_minivm import assemble, build_image
        >>> plane = ControlPlane()
        >>> plane.load(build_image(assemble("RET")))
        1
        >>> plane.tasks()
        [TaskInfo(pid=1, state='ready', fault_code=0, stack=range(61376, 65472), heap=range(61376, 61376))]
        """
        return [
            TaskInfo(pid, state, fault_code, range(*stack), range(*heap))
            for pid, state, fault_code, stack, heap in self._plane.tasks()
        ]

    @property
    def active(self) -> int | None:
        """The PID of the active task; None if there is none.

        >>> ControlPlane().active is None
        True
        """
        return self._plane.active

    def set_context(self, pid: int) -> None:
        """Makes a task the active one (`vm_set_context`). Nothing else changes which one is, but taking it down.

        VmError `ESRCH` if there is no such task, `EBUSY` while it is loading.

        >>> plane = ControlPlane()
        >>> plane.set_context(plane.load_begin())
        Traceback (most recent call last):
        lockstep_minivm.errors.VmError: EBUSY: task 1 is loading
        """
        self._plane.set_context(pid)

    def step(self) -> StepResult:
        """Retires one instruction of the active task, or up to `autorun_quanta` (`vm_step`).

        VmError `ESRCH` if no task is active, `EBUSY` if it is stopped.

        >>> from lockstep_minivm import assemble, build_image
        >>> plane = ControlPlane()
        >>> plane.set_context(plane.load(build_image(assemble("SVC MOD=2 FN=3"))))
        >>> plane.step()
        StepResult(pc=4, stop=Svc(module=2, function=3), retired=1, cycles=1)
        """
        return _result(self._plane.step())

    def clock(self, n: int) -> StepResult:
        """Retires up to `n` instructions (32 bits) of the active task; ends early at what stops it (`vm_clock`).

        VmError as `step`. Every million instructions other threads have a chance, and an interrupt from the keyboard is
        seen.

        >>> from lockstep_minivm import assemble, build_image
        >>> plane = ControlPlane()
        >>> plane.set_context(plane.load(build_image(assemble("again: JMP again"))))
        >>> plane.clock(1000)
        StepResult(pc=0, stop=None, retired=1000, cycles=1000)
        """
        return _result(self._plane.clock(n))

    def run_until(
        self,
        condition: Callable[[StepResult], bool] | None = None,
        *,
        console: Callable[[bytes], object] | None = None,
        limit: int | None = None,
    ) -> Ending | None:
        """Runs the active task without an executive (design document, 4.5 and 5), step by step.

        It runs until the program ends, `condition` holds after a step, or `limit` steps are done; only the first has an
        ending, else it gives None. `SVC MOD=1 FN=0` leaves with R0 as status; `SVC MOD=1 FN=1` puts out R2 bytes at R1,
        which `console` gets; every other one gives 0xFFFFFF01 (not implemented) in R0.

        The functions are called between steps, and may call the control plane. VmError as `step`.

        >>> from lockstep_minivm import assemble, build_image
        >>> text = '.data\\ntext: .ascii "hi"\\n.text\\nLDI32 R1, text\\nLDI R2, 2\\nSVC MOD=1 FN=1\\nLDI R0, 5\\nRET'
        >>> plane = ControlPlane()
        >>> plane.set_context(plane.load(build_image(assemble(text))))
        >>> plane.run_until(console=print)
        b'hi'
        Exit(status=5)
        """
        left = limit
        while left is None or left > 0:
            steps = 1 if condition else _STEPS if left is None else min(left, _STEPS)
            result, ending, text, done = self._plane.run_alone(steps)
            left = None if left is None else left - done
            if text and console:
                console(text)
            if ending:
                return _ending(*ending)
            if condition and condition(_result(result)):
                return None
        return None

    def reg(self, register: int) -> int:
        """Gives a register of the active task, 32 bits (`vm_reg_get`): a `RegisterId` or its number.

        VmError `ESRCH` if no task is active, `EINVAL` if there is no such register.

        >>> from lockstep_minivm import RegisterId, assemble, build_image
        >>> plane = ControlPlane()
        >>> plane.set_context(plane.load(build_image(assemble("LDI R1, 7"))))
        >>> plane.step().pc, plane.reg(RegisterId.PC), plane.reg(RegisterId.R1)
        (4, 4, 7)
        """
        return self._plane.reg(register)

    def set_reg(self, register: int, value: int) -> None:
        """Sets a register of the active task (`vm_reg_set`). Setting pc of a stopped task makes it ready again.

        VmError `ESRCH`, `EINVAL` as `reg`, `EINVAL` for psw above 15 and for sp outside the stack, `EPERM` for wp and
        for what the policy forbids.

        >>> from lockstep_minivm import RegisterId, assemble, build_image
        >>> plane = ControlPlane()
        >>> plane.set_context(plane.load(build_image(assemble("RET"))))
        >>> plane.set_reg(RegisterId.R0, 7)
        >>> plane.step().stop
        Returned(status=7)
        """
        self._plane.set_reg(register, value)

    def reg_for(self, pid: int, register: int) -> int:
        """Gives a register of any task (`vm_reg_get_for`). VmError `ESRCH`, `EBUSY` while it is loading, `EINVAL`.

        >>> from lockstep_minivm import RegisterId, assemble, build_image
        >>> plane = ControlPlane()
        >>> pid = plane.load(build_image(assemble("RET")))
        >>> plane.reg_for(pid, RegisterId.SP) == plane.tasks()[0].stack.stop
        True
        """
        return self._plane.reg_for(pid, register)

    def set_reg_for(self, pid: int, register: int, value: int) -> None:
        """Sets a register of any task (`vm_reg_set_for`). VmError as `reg_for` and `set_reg`.

        >>> from lockstep_minivm import RegisterId
        >>> ControlPlane().set_reg_for(9, RegisterId.PC, 0)
        Traceback (most recent call last):
        lockstep_minivm.errors.VmError: ESRCH: there is no task 9
        """
        self._plane.set_reg_for(pid, register, value)

    def read(self, address: int, length: int) -> bytes:
        """Gives data memory of the active task (`vm_mem_read`).

        VmError `ESRCH` if no task is active, `EFAULT` if the block is not within its 64 KiB.

        >>> from lockstep_minivm import assemble, build_image
        >>> plane = ControlPlane()
        >>> plane.set_context(plane.load(build_image(assemble('RET\\n.data\\n.ascii "hello"'))))
        >>> plane.read(0x4000, 5)
        b'hello'
        """
        return self._plane.read(address, length)

    def write(self, address: int, data: bytes | bytearray) -> None:
        """Writes to data memory of the active task (`vm_mem_write`).

        VmError `ESRCH` if no task is active, `EPERM` if the policy forbids it, `EFAULT` if the block is not within its
        64 KiB; then nothing is written.

        >>> from lockstep_minivm import assemble, build_image
        >>> plane = ControlPlane()
        >>> plane.set_context(plane.load(build_image(assemble("RET"))))
        >>> plane.write(0x100, b"abc")
        >>> plane.read(0xFF, 5)
        b'\\x00abc\\x00'
        """
        self._plane.write(address, data)

    @property
    def last_pc(self) -> int:
        """Byte address of the instruction executed last, of whichever task (`vm_get_last_pc`); 0 before the first.

        >>> from lockstep_minivm import assemble, build_image
        >>> plane = ControlPlane()
        >>> plane.set_context(plane.load(build_image(assemble("LDI R1, 7\\nLDI R2, 8"))))
        >>> plane.clock(2).pc, plane.last_pc
        (8, 4)
        """
        return self._plane.last[0]

    @property
    def last_opcode(self) -> int:
        """The first word of that instruction (`vm_get_last_opcode`); 0 before the first.

        >>> ControlPlane().last_opcode
        0
        """
        return self._plane.last[1]

    @property
    def last_regs(self) -> list[int] | None:
        """R0 to R15 before that instruction (`vm_get_last_regs`); None unless the configuration keeps them.

        >>> from lockstep_minivm import assemble, build_image
        >>> plane = ControlPlane(config=MemConfig(keep_last_regs=True))
        >>> plane.set_context(plane.load(build_image(assemble("LDI R1, 7\\nLDI R1, 8"))))
        >>> plane.clock(2).retired, plane.last_regs[1]
        (2, 7)
        """
        return self._plane.last_regs


def _result(parts: tuple[int, tuple[str, int] | None, int, int]) -> StepResult:
    pc, stop, retired, cycles = parts
    return StepResult(pc, None if stop is None else typed(*stop), retired, cycles)


def _ending(kind: str, number: int) -> Ending:
    match kind:
        case "exit":
            return Exit(number)
        case "break":
            return Break(number)
        case _:
            return Fault(_core.FAULTS[number])
