"""Turns: which task executes its next instruction (spec 4.1; facts 1.2, 1.5)."""

from typing import Protocol

from .computing import compute
from .policies import COUNT_TURNS, POLICIES, next_runnable
from .task import Task
from .tasks import Tasks


class Turn(Protocol):
    """Executes one instruction of the active task, or whatever else its turn is, and does what is due after it."""

    def take(self, task: Task) -> None: ...


class Scheduler:
    """[turn] A turn counts whatever comes of it.

    [in-one-go] After a turn that leaves its task active and running, turns that only compute change nothing but the
    machine and what is counted: there are no events to deliver, no waits that end, and nobody else to choose. So they
    are taken in one go, up to one of another kind.
    """

    def __init__(self, tasks: Tasks, turn: Turn, policy: str, *, successor: bool) -> None:
        self._tasks = tasks
        self._turn = turn
        self._policy = POLICIES[policy]
        self._counts_turns = policy in COUNT_TURNS
        self._successor = successor

    def step(self, turns: int, pid: int | None) -> dict[str, object]:
        """Up to so many turns, of one task only if a PID is given. No wait ends by its deadline between them, as time
        stands still."""
        tasks = self._tasks
        tasks.waits.expire()
        tasks.due()
        executed, last = 0, None
        while executed < turns:
            target = self._target(pid)
            if target is None:
                break
            if target is not tasks.current:
                tasks.activate(target)
            if tasks.paused:
                tasks.journal.deliver()
                break
            tasks.yielded = False
            tasks.turns += 1
            tasks.turns_in_a_row += 1
            self._turn.take(target)
            target.since = tasks.turns
            executed, last = executed + 1, target
            if tasks.paused:
                break
            if pid is None:
                self._rotate()
            if self._computes(target, pid):
                executed += self._compute(target, turns - executed)
        return self._reply(executed, last or tasks.current)

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

    def _rotate(self) -> None:
        tasks = self._tasks
        if len(tasks.by_pid) == 1 and not self._counts_turns:
            return  # there is nobody else
        current = tasks.current
        if self._successor or (current and tasks.is_runnable(current)):
            following = self._policy(tasks)
        else:
            following = self._successor_of_current()
        if following is not None and following is not current:
            tasks.activate(following)

    def _computes(self, task: Task, pid: int | None) -> bool:
        """Whether the turns after one of this task may be taken [in-one-go]."""
        tasks = self._tasks
        if task is not tasks.current or (pid is None and self._counts_turns):
            return False
        return tasks.is_runnable(task) and tasks.running(task)

    def _compute(self, task: Task, most: int) -> int:
        """[in-one-go] So many turns at most; how many there were."""
        executed = compute(task.machine, most)
        if executed:
            tasks = self._tasks
            tasks.yielded = False
            tasks.turns += executed
            tasks.turns_in_a_row += executed
            task.steps += executed
            task.since = tasks.turns
        return executed

    def _reply(self, executed: int, task: Task | None) -> dict[str, object]:
        """What the host is told of the task that had the last turn, or of the active one if there was no turn."""
        tasks = self._tasks
        current = tasks.current
        return {
            "executed": executed,
            "running": tasks.running(task) if task else False,
            "pc": task.machine.pc if task else None,
            "steps": task.steps if task else 0,
            "sleep_pending": bool(current and current.sleep),
            "paused": tasks.paused,
            "current": task.pid if task else None,
            "next": current.pid if current else None,
        }
