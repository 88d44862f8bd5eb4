"""The states of strict: each task has its own (spec 4.5, 4.6).

A task is ready, waiting_mbx, sleeping, returned or faulted; a pause lies over its state, and what happens to it beneath
goes on.
"""

from collections.abc import Callable

from control_model.task import FAULT_CODES

from .task import Task
from .tasks import Tasks


class StrictTasks(Tasks):
    """[end] What a task held goes when it returns or is killed: `release` lets go of it. A fault holds on to it.
    The host may have opened handles in the name of a task that has returned; they go when it is killed."""

    release: Callable[[Task], None]  # set when there is something to let go of
    abandon_handler: Callable[[Task], None]

    def is_runnable(self, task: Task) -> bool:
        return task.state == "ready" and not task.paused

    def shown(self, task: Task) -> str:
        return "paused" if task.paused else task.state

    def running(self, task: Task) -> bool:
        return self.is_runnable(task)

    def activate(self, task: Task | None) -> None:
        self.current = task
        self.turns_in_a_row = 0

    def store(self) -> None:
        """There is nothing to put away: no task is copied."""

    def loaded(self, task: Task) -> None:
        self._ready(task)
        if self.current is None:
            self.activate(task)

    def due(self) -> None:
        due = [task for task in self.by_pid.values() if task.sleep and self.clock.now >= task.sleep.deadline]
        for task in sorted(due, key=lambda task: task.sleep.number if task.sleep else 0):
            task.sleep = None
            self._ready(task)
            self.journal.emit("sleep_complete", pid=task.pid)

    def _ready(self, task: Task) -> None:
        task.state = "ready"
        task.since = self.turns

    # --- ends ---------------------------------------------------------------------------------------------------------

    def finish(self, task: Task, status: int) -> None:
        """The task returns (E7)."""
        self.abandon_handler(task)
        self.release(task)
        task.state, task.exit_status = "returned", status
        self.journal.emit("exited", pid=task.pid, status=status)

    def fault(self, task: Task, name: str) -> None:
        """Park the task (E6)."""
        self.abandon_handler(task)
        task.state, task.fault = "faulted", name
        self.journal.emit("fault", pid=task.pid, pc=task.machine.pc, fault=name, code=FAULT_CODES[name])

    # --- services -----------------------------------------------------------------------------------------------------

    def exit(self, task: Task) -> None:
        self.finish(task, task.machine.r[0])

    def sleep(self, task: Task, ms: int) -> None:
        self.yielded = True
        if ms:
            self.put_to_sleep(task, ms)
            task.state = "sleeping"
            assert task.sleep
            self.journal.emit("sleep_request", pid=task.pid, ms=ms, deadline=task.sleep.deadline)

    def block(self, task: Task) -> None:
        task.state = "waiting_mbx"

    def wake(self, task: Task) -> None:
        self._ready(task)

    # --- the host -----------------------------------------------------------------------------------------------------

    def pause_all(self) -> None:
        self.paused = True

    def pause(self, pid: int) -> None:
        task = self.task(pid)
        task.paused = task.state in ("ready", "waiting_mbx", "sleeping")

    def resume(self, pid: int) -> None:
        task = self.task(pid)
        if task.paused:
            task.paused = False
            task.since = self.turns

    def kill(self, pid: int) -> None:
        task = self.task(pid)
        self.abandon_handler(task)
        self.release(task)
        if task is self.current:
            others = self.after(task)
            self.activate(next((other for other in others if other is not task), None))
        del self.by_pid[pid]

    def set_register(self, task: Task, number: int, value: int) -> None:
        task.machine.set_reg(number, value)

    def poke(self, task: Task, address: int, data: bytes) -> None:
        task.memory.write(address, data)
