"""Which task is next (spec 4.1, 4.2). Priority and quantum mean something under `preemptive` only (E5)."""

from collections.abc import Callable

from .task import Task
from .tasks import Tasks

_AGEING = 64  # turns of others that make a task more urgent by one

Policy = Callable[[Tasks], Task | None]


def instruction(tasks: Tasks) -> Task | None:
    """One instruction each."""
    return next_runnable(tasks)


def cooperative(tasks: Tasks) -> Task | None:
    """The active task goes on until it cannot, or yields."""
    current = tasks.current
    if current and tasks.is_runnable(current) and not tasks.yielded:
        return current
    return next_runnable(tasks)


def preemptive(tasks: Tasks) -> Task | None:
    """The most urgent task; the active one goes on through its quantum unless another is more urgent than it."""
    candidates = [task for task in tasks.after(tasks.current) if tasks.is_runnable(task)]
    if not candidates:
        return None
    most_urgent = min(candidates, key=lambda task: urgency(tasks, task))  # the first of equals; the active one is last
    current = tasks.current
    if current and _has_time(tasks, current) and urgency(tasks, most_urgent) >= urgency(tasks, current):
        return current
    tasks.turns_in_a_row = 0
    return most_urgent


def _has_time(tasks: Tasks, current: Task) -> bool:
    return tasks.is_runnable(current) and not tasks.yielded and tasks.turns_in_a_row < current.quantum


def next_runnable(tasks: Tasks) -> Task | None:
    """The next after the active one, in the order of loading and round."""
    current, first = tasks.current, None  # of those before it, and itself
    comes_after = current is None
    for task in tasks.by_pid.values():
        if (comes_after or first is None) and tasks.is_runnable(task):
            if comes_after:
                return task
            first = task
        comes_after = comes_after or task is current
    return first


def urgency(tasks: Tasks, task: Task) -> int:
    """Smaller is more urgent: its priority, and the less the longer it has waited."""
    return max(0, task.priority - (tasks.turns - task.since) // _AGEING)


POLICIES: dict[str, Policy] = {"instruction": instruction, "cooperative": cooperative, "preemptive": preemptive}
# Those that may choose another task though nothing has happened but turns.
COUNT_TURNS = {"preemptive"}
