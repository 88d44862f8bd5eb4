"""The reference's states: one active machine, and tasks that are copied into and out of it (spec 4.3 to 4.5).

The active machine has a running flag and a condition of its own. What they are when a task is stored decides its state,
and what they are when another one is activated goes over to that one (facts 1.3, 1.4).
"""

from .task import Task
from .tasks import Tasks

_RUNNABLE = ("running", "ready")
_KEPT = ("returned", "waiting_mbx", "running", "ready", "paused")


class ReferenceTasks(Tasks):
    """`machine_running` and `condition` are of the active machine."""

    machine_running = True
    condition = "ready"

    def is_runnable(self, task: Task) -> bool:
        return task.state in _RUNNABLE

    def shown(self, task: Task) -> str:
        return task.state

    def running(self, task: Task) -> bool:
        return self.machine_running if task is self.current else task.saved.running

    def activate(self, task: Task) -> None:
        """[events-twice] Events saved with the task stay saved; those of the machine come after them."""
        before = self.machine_running if self.current else True
        self.condition = "running" if before else task.saved.condition
        self.machine_running = task.saved.running
        self.journal.pending = task.saved.events + (self.journal.pending or [])
        task.settle()
        self.current = task
        task.state = "running" if self.machine_running else task.saved.condition

    def store(self) -> None:
        task = self.current
        if task:
            task.state = task.saved.condition = self._state_to_store(task)
            task.saved.running = self.machine_running
            task.saved.events = list(self.journal.pending or [])

    def _state_to_store(self, task: Task) -> str:
        if self.paused:
            return "paused"
        if task.exit_status is not None and self.condition == "returned":
            return "returned"
        if task.sleep:
            return "sleeping"
        if self.condition == "waiting_mbx" or task.pid in self.waits.records:
            return "waiting_mbx"
        if self.machine_running:
            return "ready"
        return self.condition if self.condition in _KEPT else "stopped"

    def _drop_machine(self) -> None:
        """Nobody is active; events that were pending are lost, and so are all files (X4)."""
        self.store()
        self.current = None
        self.journal.pending = None
        self.files.renew()

    def loaded(self, task: Task) -> None:
        self.activate(task)

    def due(self) -> None:
        """Nobody wakes a sleeper (E9)."""

    # --- instructions -------------------------------------------------------------------------------------------------

    def completed(self) -> None:
        """An instruction has been executed to its end."""
        if not self.machine_running:
            self.condition = "stopped"

    def stop(self, condition: str | None = None) -> None:
        """The machine runs no longer; without a condition it keeps the one it had."""
        self.machine_running = False
        self.condition = condition or self.condition

    def go_on(self) -> None:
        self.machine_running, self.condition = True, "ready"

    # --- services -----------------------------------------------------------------------------------------------------

    def exit(self, task: Task) -> None:
        """The code is told to the devices and nobody else (E7)."""
        self.stop()

    def sleep(self, task: Task, ms: int) -> None:
        if ms == 0:
            task.sleep = None
            self.go_on()
            return
        self.put_to_sleep(task, ms)
        assert task.sleep
        self.journal.emit("sleep_request", ms=ms, deadline=task.sleep.deadline)
        self.stop("sleeping")

    def block(self, task: Task) -> None:
        self.stop("waiting_mbx")

    def wake(self, task: Task) -> None:
        """It is ready, even if it was paused."""
        task.saved.running = True
        task.state = task.saved.condition = "ready"
        if task is self.current:
            self.go_on()
            self.activate(task)

    # --- the host -----------------------------------------------------------------------------------------------------

    def pause_all(self) -> None:
        """The active task is paused with all, and stays so when all are resumed (E10)."""
        self.paused = True
        self.store()

    def pause(self, pid: int) -> None:
        task = self.task(pid)
        if task is self.current:
            self._drop_machine()
        task.state = task.saved.condition = "paused"

    def resume(self, pid: int) -> None:
        """Ends the pause of all, too, even if there is no such task."""
        self.paused = False
        task = self.task(pid)
        task.state = task.saved.condition = "running"
        self.activate(task)

    def kill(self, pid: int) -> None:
        task = self.task(pid)
        if task is self.current:
            self._drop_machine()
        del self.by_pid[pid]
        if self.by_pid:
            self.activate(self.by_pid[min(self.by_pid)])

    def set_register(self, task: Task, number: int, value: int) -> None:
        """Activates the task."""
        if task is not self.current:
            self.activate(task)
        task.machine.set_reg(number, value)
        self.condition = "running" if self.machine_running else "stopped"
        self.store()

    def poke(self, task: Task, address: int, data: bytes) -> None:
        if task is self.current:
            task.memory.write(address, data)
            self.store()
        else:
            task.write_aside(address, data)
