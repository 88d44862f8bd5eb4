"""The 20 calls: one function per call, in the order of the document's summary (design 6.1.1, 6.1.3, 7.1).

A function takes the call's arguments by the keys of the protocol and returns what stands under `ok`. It makes its
checks in the order in which the errors come, all before its first effect.
"""

from collections.abc import Callable, Mapping

from minivm_model.memory import SIZE

from . import execution, registers
from .case import Call
from .configuration import DENY_MEM_WRITE_READY, configure
from .execution import Last
from .loading import Loading
from .plane import Plane
from .refusal import Refused

Result = dict[str, object]


def answer(plane: Plane, call: Call) -> Result:
    """The result of the call, in the protocol's JSON."""
    try:
        return {"ok": CALLS[call.name](plane, **call.arguments)}
    except Refused as refused:
        return {"error": refused.error}


def init(plane: Plane, config: Mapping[str, int]) -> None:
    """Configure anew, fields that are left out by their defaults, and take all tasks down; legal at any time."""
    plane.configuration = configure(config, plane.room)
    plane.tasks.clear()
    plane.active = None
    plane.last = Last()


# --- loading ----------------------------------------------------------------------------------------------------------


def load(plane: Plane, image: bytes) -> Result:
    """Load a whole image: as `load_begin`, one `load_write` and `load_end`, but a refusal leaves no trace."""
    loading = plane.begin()
    loading.write(image)
    return {"task": plane.add(plane.finish(loading))}


def load_begin(plane: Plane) -> Result:
    return {"task": plane.add(plane.begin())}


def load_write(plane: Plane, task: int, bytes: bytes) -> None:
    """Take the next bytes of the image. A refusal that is the image's fault takes the task down."""
    loading = plane.loading_task(task)
    try:
        loading.write(bytes)
    except Refused:
        plane.remove(task)
        raise


def load_end(plane: Plane, task: int) -> None:
    """Judge the whole image and make the task ready. A refusal that is the image's fault takes the task down."""
    loading = plane.loading_task(task)
    try:
        plane.tasks[task] = plane.finish(loading)
    except Refused:
        plane.remove(task)
        raise


def load_abort(plane: Plane, task: int) -> None:
    plane.loading_task(task)
    plane.remove(task)


def unload(plane: Plane, task: int) -> None:
    """Take a task down, whatever its state."""
    plane.task(task)
    plane.remove(task)


# --- tasks ------------------------------------------------------------------------------------------------------------


def pids(plane: Plane) -> list[Result]:
    stack, heap = [*plane.configuration.stack], [*plane.configuration.heap]
    return [
        {
            "task": number,
            "state": "loading" if isinstance(task, Loading) else task.state,
            "fault_code": 0 if isinstance(task, Loading) else task.fault_code,
            "stack": stack,
            "heap": heap,
        }
        for number, task in plane.tasks.items()
    ]


def set_context(plane: Plane, task: int) -> None:
    """Make a task active, even a stopped one. No other call does."""
    plane.loaded_task(task)
    plane.active = task


# --- execution --------------------------------------------------------------------------------------------------------


def step(plane: Plane) -> Result:
    return clock(plane, plane.configuration.autorun_quanta)


def clock(plane: Plane, n: int) -> Result:
    task = plane.active_task()
    if task.state != "ready":
        raise Refused("EBUSY")
    return execution.clock(task, n, plane.last, keep_regs=plane.configuration.keep_last_regs)


# --- registers --------------------------------------------------------------------------------------------------------


def reg_get(plane: Plane, reg: int) -> int:
    registers.check(reg)
    return registers.read(plane.active_task().machine, reg)


def reg_set(plane: Plane, reg: int, value: int) -> None:
    registers.check(reg)
    registers.write(plane.active_task(), plane.configuration, reg, value)


def reg_get_for(plane: Plane, task: int, reg: int) -> int:
    registers.check(reg)
    return registers.read(plane.loaded_task(task).machine, reg)


def reg_set_for(plane: Plane, task: int, reg: int, value: int) -> None:
    registers.check(reg)
    registers.write(plane.loaded_task(task), plane.configuration, reg, value)


# --- memory -----------------------------------------------------------------------------------------------------------


def mem_read(plane: Plane, address: int, length: int) -> str:
    """The active task's data memory; the registers stand in their window at its end."""
    task = plane.active_task()
    _check_range(address, length)
    return task.read_memory(address, length).hex()


def mem_write(plane: Plane, address: int, bytes: bytes) -> None:
    """Write all of the bytes or none; what lies in the window sets registers."""
    task = plane.active_task()
    if task.state == "ready" and plane.configuration.allows(DENY_MEM_WRITE_READY):
        raise Refused("EPERM")
    _check_range(address, len(bytes))
    task.write_memory(address, bytes)


def _check_range(address: int, length: int) -> None:
    """[empty-range] An empty range, too, must end within memory; it may stand at its end."""
    if address + length > SIZE:
        raise Refused("EFAULT")


# --- the last instruction ---------------------------------------------------------------------------------------------


def last_pc(plane: Plane) -> int:
    return plane.last.pc


def last_opcode(plane: Plane) -> int:
    return plane.last.opcode


def last_regs(plane: Plane) -> list[int] | None:
    """The registers before the last instruction, if they are kept."""
    return plane.last.regs() if plane.configuration.keep_last_regs else None


CALLS: dict[str, Callable[..., object]] = {
    call.__name__: call
    for call in (
        init,
        load,
        load_begin,
        load_write,
        load_end,
        load_abort,
        unload,
        pids,
        set_context,
        step,
        clock,
        reg_get,
        reg_set,
        reg_get_for,
        reg_set_for,
        mem_read,
        mem_write,
        last_pc,
        last_opcode,
        last_regs,
    )
}
