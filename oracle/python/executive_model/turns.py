"""What the turns of both profiles share."""

from minivm_model.stops import Stop

from .journal import Journal
from .task import Task


def announce_break(journal: Journal, task: Task, address: int, word: int, stop: Stop) -> None:
    """A BRK was executed."""
    journal.emit(
        "debug_stop",
        pid=task.pid,
        reason="brk",
        pc=address,
        next_pc=task.machine.pc,
        opcode=word,
        code=stop["code"],
        steps=task.steps,
    )
