"""Turns: which task executes its next instruction (spec 4.1; facts 1.2, 1.5)."""

from typing import Protocol

from .policies import POLICIES, next_runnable
from .task import Task
from .tasks import Tasks


class Turn(Protocol):
    """Executes one instruction of the active task, or whatever else its turn is."""

    def take(self, task: Task) -> None: ...


Seen = tuple[int, bool, int, int]
"""What the reply to a step says about the task that it is about: PID, whether it is running, pc, steps. A plain tuple,
as there is one for every turn."""


class Scheduler:
    """[turn] A turn counts whatever comes of it."""

    def __init__(self, tasks: Tasks, turn: Turn, policy: str, *, successor: bool) -> None:
        self._tasks = tasks
        self._turn = turn
        self._policy = POLICIES[policy]
        self._successor = successor

    def step(self, turns: int, pid: int | None) -> dict[str, object]:
        """Up to so many turns, of one task only if a PID is given."""
        tasks = self._tasks
        tasks.waits.expire()
        tasks.due()
        executed, seen = 0, None
        while executed < turns:
            target = self._target(pid)
            if target is None:
                break
            if target is not tasks.current:
                tasks.activate(target)
            if tasks.paused:
                tasks.journal.deliver()
                break
            seen = self._take(target)
            executed += 1
            if tasks.paused:
                break
            if pid is None:
                self._rotate()
        return self._reply(executed, seen)

    def _target(self, pid: int | None) -> Task | None:
        tasks = self._tasks
        if pid is not None:
            task = tasks.find(pid)
            return task if task and tasks.is_runnable(task) else None
        if tasks.current and tasks.is_runnable(tasks.current):
            return tasks.current
        return self._successor_of_current()

    def _successor_of_current(self) -> Task | None:
        """Who is active if the active one cannot go on."""
        if self._successor:
            return next_runnable(self._tasks)
        return next(iter(self._tasks.runnable()), None)

    def _take(self, task: Task) -> Seen:
        tasks = self._tasks
        tasks.yielded = False
        tasks.turns += 1
        tasks.turns_in_a_row += 1
        self._turn.take(task)
        task.since = tasks.turns
        delivered = tasks.journal.deliver()
        seen = self._see(task)
        tasks.store()
        tasks.waits.expire()
        if delivered and any(event["type"] == "debug_stop" for event in delivered):
            tasks.paused = True  # [everybody-stops] only the reference delivers here (E8)
        return seen

    def _rotate(self) -> None:
        tasks = self._tasks
        goes_on = tasks.current and tasks.is_runnable(tasks.current)
        following = self._policy(tasks) if goes_on or self._successor else self._successor_of_current()
        if following is not None and following is not tasks.current:
            tasks.activate(following)

    def _see(self, task: Task) -> Seen:
        return task.pid, self._tasks.running(task), task.machine.pc, task.steps

    def _reply(self, executed: int, seen: Seen | None) -> dict[str, object]:
        current = self._tasks.current
        if seen is None and current:
            seen = self._see(current)
        pid, running, pc, steps = seen or (None, False, None, 0)
        return {
            "executed": executed,
            "running": running,
            "pc": pc,
            "steps": steps,
            "sleep_pending": bool(current and current.sleep),
            "paused": self._tasks.paused,
            "current": pid,
            "next": current.pid if current else None,
        }
