"""The state of the VM as its host sees it: tasks, the active one, the configuration, the last instruction.

[numbers] Tasks are named by the order in which calls reported them, from 0. No number comes twice, not after `init`
either.
"""

from .configuration import Room, uninitialised
from .execution import Last
from .loading import Loading
from .profile import Profile
from .refusal import Refused
from .task import Task


class Plane:
    """[uninitialised] Before the first `init` the VM is as `init` without fields would leave it."""

    def __init__(self, profile: Profile, room: Room) -> None:
        self.profile = profile
        self.room = room
        self.configuration = uninitialised(room)
        self.tasks: dict[int, Loading | Task] = {}  # ascending, as numbers only grow
        self.active: int | None = None
        self.last = Last()
        self._next_number = 0

    @property
    def loading(self) -> int | None:
        """The task whose image is on its way."""
        for number, task in self.tasks.items():
            if isinstance(task, Loading):
                return number
        return None

    def begin(self) -> Loading:
        """A task to load, which has no number yet. [one-loads] One image loads at a time, even if there is room."""
        if self.loading is not None:
            raise Refused("EBUSY")
        if len(self.tasks) >= self.configuration.max_pids:
            raise Refused("ENOSPC")
        return Loading(self.profile, self.room, self.configuration)

    def finish(self, loading: Loading) -> Task:
        """The task, ready to run, of an image that is whole."""
        return Task(self.profile, self.configuration, loading.end())

    def add(self, task: Loading | Task) -> int:
        """Give the task its number."""
        number = self._next_number
        self._next_number += 1
        self.tasks[number] = task
        return number

    def remove(self, number: int) -> None:
        """Take a task down. If it was active, nobody is."""
        del self.tasks[number]
        if self.active == number:
            self.active = None

    def task(self, number: int) -> Loading | Task:
        """The task of this number, whatever its state."""
        if number not in self.tasks:
            raise Refused("ESRCH")
        return self.tasks[number]

    def loading_task(self, number: int) -> Loading:
        task = self.task(number)
        if not isinstance(task, Loading):
            raise Refused("EBUSY")
        return task

    def loaded_task(self, number: int) -> Task:
        task = self.task(number)
        if isinstance(task, Loading):
            raise Refused("EBUSY")
        return task

    def active_task(self) -> Task:
        if self.active is None:
            raise Refused("ESRCH")
        return self.loaded_task(self.active)
