"""The tasks there are, and which one is active."""

from abc import ABC, abstractmethod

from .clock import Clock
from .failures import Refused
from .files import Files
from .journal import Journal
from .task import Sleep, Task
from .waits import Waits


class Tasks(ABC):
    """Tasks in the order in which they were loaded. How they change their states is the affair of each profile."""

    def __init__(self, journal: Journal, clock: Clock, waits: Waits, files: Files) -> None:
        self.journal = journal
        self.clock = clock
        self.waits = waits
        self.files = files
        self.by_pid: dict[int, Task] = {}
        self.current: Task | None = None
        self.paused = False
        self.turns = 0  # of all tasks
        self.turns_in_a_row = 0  # of the active one, since it was chosen
        self.yielded = False  # in this turn
        self._naps = 0

    def find(self, pid: int) -> Task | None:
        return self.by_pid.get(pid)

    def task(self, pid: int) -> Task:
        if pid not in self.by_pid:
            raise Refused("ESRCH")
        return self.by_pid[pid]

    def lives(self, pid: int) -> bool:
        """The host always does."""
        return pid == 0 or pid in self.by_pid

    def runnable(self) -> list[Task]:
        return [task for task in self.by_pid.values() if self.is_runnable(task)]

    def after(self, task: Task | None) -> list[Task]:
        """All tasks, from the one loaded after this one round to itself; from the first if it is None."""
        tasks = [*self.by_pid.values()]
        if task is None or len(tasks) < 2:
            return tasks
        start = tasks.index(task) + 1
        return tasks[start:] + tasks[:start]

    def put_to_sleep(self, task: Task, ms: int) -> None:
        self._naps += 1
        task.sleep = Sleep(ms, self.clock.now + ms, self._naps)

    # --- states -------------------------------------------------------------------------------------------------------

    @abstractmethod
    def is_runnable(self, task: Task) -> bool: ...

    @abstractmethod
    def shown(self, task: Task) -> str:
        """The task's state, for the host."""

    @abstractmethod
    def running(self, task: Task) -> bool:
        """What the host is told as `running`."""

    @abstractmethod
    def activate(self, task: Task) -> None: ...

    @abstractmethod
    def store(self) -> None:
        """Put the active machine's state away."""

    @abstractmethod
    def loaded(self, task: Task) -> None:
        """A task whose load has succeeded."""

    @abstractmethod
    def due(self) -> None:
        """Wake the sleepers whose time has come."""

    # --- what services do ---------------------------------------------------------------------------------------------

    @abstractmethod
    def exit(self, task: Task) -> None: ...

    @abstractmethod
    def sleep(self, task: Task, ms: int) -> None: ...

    @abstractmethod
    def block(self, task: Task) -> None: ...

    @abstractmethod
    def wake(self, task: Task) -> None:
        """Its wait for a message is over."""

    # --- what the host does -------------------------------------------------------------------------------------------

    @abstractmethod
    def pause_all(self) -> None: ...

    def resume_all(self) -> None:
        self.paused = False

    @abstractmethod
    def pause(self, pid: int) -> None: ...

    @abstractmethod
    def resume(self, pid: int) -> None: ...

    @abstractmethod
    def kill(self, pid: int) -> None: ...

    @abstractmethod
    def set_register(self, task: Task, number: int, value: int) -> None: ...

    @abstractmethod
    def poke(self, task: Task, address: int, data: bytes) -> None: ...
