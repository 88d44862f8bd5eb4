"""The executive: its parts, and how they are put together."""

from . import handlers, reference_tasks, reference_turn, strict_tasks, strict_turn
from .case import Config
from .clock import Clock
from .command_services import CommandServices
from .commands import Commands
from .file_services import FileServices
from .files import Files
from .journal import Journal
from .layouts import Layouts
from .mailbox_services import MailboxServices
from .mailboxes import Mailboxes
from .pool import Pool
from .profile import Profile
from .scheduler import Scheduler, Turn
from .services import Services
from .system_services import SystemServices
from .tasks import Tasks
from .value_services import ValueServices
from .values import Values
from .waits import Waits


class Executive:
    """One executive, before its first call."""

    def __init__(self, profile: Profile, config: Config) -> None:
        self.profile = profile
        self.clock = Clock()
        self.journal = Journal(profile.direct_events)
        self.mailboxes = Mailboxes(profile, config.mailboxes, self.journal, self.clock)
        self.waits = Waits(profile, self.mailboxes, self.journal, self.clock)
        self.files = Files(own_fds=profile.task_fds, tolerant=profile.stale_fd)
        self.pool = Pool(frees=profile.cleanup)
        self.persisted = dict(config.persisted)
        self.values = Values(
            profile, self.pool, self.persisted, journal=self.journal, clock=self.clock, waits=self.waits
        )
        self.commands = Commands(profile, self.pool, config, journal=self.journal, waits=self.waits)
        self.layouts = Layouts(own=profile.layout, slots=config.tasks)
        self.next_pid = 1
        self.tasks, turn = self._tasks_and_turn(config)
        self.waits.tasks = self.tasks
        self.scheduler = Scheduler(self.tasks, turn, config.policy, successor=profile.successor)

    def _tasks_and_turn(self, config: Config) -> tuple[Tasks, Turn]:
        parts = (self.journal, self.clock, self.waits, self.files)
        if not self.profile.own_states:
            copied = reference_tasks.ReferenceTasks(*parts)
            return copied, reference_turn.ReferenceTurn(copied, self._services(config, copied))
        tasks = strict_tasks.StrictTasks(*parts)
        guests = handlers.Handlers(tasks, self.commands)
        self.commands.guests = guests
        tasks.abandon_handler = guests.abandon
        tasks.release = lambda task: self._release(task.pid)
        return tasks, strict_turn.StrictTurn(tasks, self._services(config, tasks), guests)

    def _services(self, config: Config, tasks: Tasks) -> Services:
        profile, journal, mailboxes, waits = self.profile, self.journal, self.mailboxes, self.waits
        return Services(
            SystemServices(profile, config.libm, journal, tasks),
            FileServices(self.files, journal, mailboxes, waits),
            MailboxServices(profile, journal, mailboxes, waits, tasks),
            ValueServices(profile, self.values, mailboxes, waits),
            CommandServices(self.commands, mailboxes, waits),
        )

    def dissolve(self) -> None:
        """The executive has done its work. What refers to one another no longer does, so that all of it goes at once,
        and need not wait for the garbage collector."""
        for box in self.mailboxes.by_id.values():
            box.handles.clear()
        for part in (self.waits, self.commands, self.tasks):
            vars(part).clear()

    def _release(self, pid: int) -> None:
        """Let go of what a task holds but its memory and name (spec 4.6)."""
        self.waits.forget(pid)
        for handle in sorted(self.mailboxes.handles[pid]):
            self.waits.close(pid, handle)
        self.values.unsubscribe(pid)
        self.values.disown(pid)
        self.commands.disown(pid)
        self.files.end(pid)

    def kill(self, pid: int) -> None:
        self.tasks.kill(pid)
        self.layouts.take_back(pid)
        if self.profile.cleanup:
            self.mailboxes.sweep(self.tasks.lives)

    def remove(self, pid: int) -> None:
        """Undo a load that failed (E11)."""
        self._release(pid)
        self.tasks.by_pid.pop(pid, None)
        self.layouts.take_back(pid)
        self.mailboxes.sweep(self.tasks.lives)
