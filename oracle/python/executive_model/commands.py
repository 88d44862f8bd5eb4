"""Commands: what a task can be asked to do (facts 4.5).

[run] In the reference a command runs a handler of the host, or nothing at all; in strict it runs the program's own, in
its task (`handlers`, E27). Only its owner may call it.
"""

import struct
from collections.abc import Sequence
from typing import Protocol

from minivm_model.isa import U32

from .case import Config
from .command import ASYNCHRONOUS, FAIL, NEEDS_PIN, Asked, Command, Done
from .descriptors import Help, Record
from .journal import Journal
from .pool import Pool
from .profile import Profile
from .registry import Failed, Registry, Status
from .waits import Waits


class GuestHandlers(Protocol):
    """Starts the program's own handlers: `handlers`."""

    def start(self, command: Command, asked: Asked) -> bool: ...


class Commands(Registry[Command]):
    """All commands. Operations raise `Failed`."""

    guests: GuestHandlers  # set when there are tasks

    def __init__(self, profile: Profile, pool: Pool, config: Config, *, journal: Journal, waits: Waits) -> None:
        super().__init__(pool)
        self._profile = profile
        self._config = config
        self._journal = journal
        self._waits = waits

    def register(
        self, owner: int, oid: int, flags: int, auth: int, records: Sequence[Record], *, handler: int = 0
    ) -> None:
        command = self.add(oid, records, lambda kept, head: Command(oid, flags, auth, owner, kept, head, handler))
        self._journal.emit(
            "cmd_registered", pid=owner, oid=oid, flags=flags, auth_level=auth, desc_head=command.desc_head
        )

    def help_text(self, oid: int) -> str:
        """Of the first record that has one, be it empty."""
        for record in self.entry(oid).records:
            if isinstance(record, Help):
                return record.help
        raise Failed(Status.ENOENT)

    def checked(self, oid: int, caller: int | None, token: str | None, *, asynchronous: bool) -> Command:
        """The command, if this caller may call it so; None calls as the owner."""
        command = self.entry(oid)
        if asynchronous and not command.flags & ASYNCHRONOUS:
            raise Failed(Status.ENOASYNC)
        if caller not in (None, command.owner) or (command.auth and not self._profile.command_owner):
            raise Failed(Status.EPERM)
        if command.flags & NEEDS_PIN and (token is None or token != self._config.pin):
            raise Failed(Status.EPERM)
        return command

    def run(self, command: Command, asked: Asked) -> Done | None:
        """How the command ended; None if it goes on in its task."""
        self._journal.emit("cmd_invoked", **_identity(command))
        if not self._profile.handlers:
            done = self._ask_host(command.handler)
        elif not command.handler:
            done = Done(Status.OK, None)
        elif self.guests.start(command, asked):
            return None
        else:
            done = Done(Status.EFAIL, None)
        self.completed(command, done, asked)
        return done

    def _ask_host(self, number: int) -> Done:
        if 0 < number <= len(self._config.handlers):
            handler = self._config.handlers[number - 1]
            if handler.kind == "int":
                return Done(Status.OK, handler.value)
            if handler.kind == "fail":
                return Done(Status.EFAIL, FAIL)
        return Done(Status.OK, None)

    def completed(self, command: Command, done: Done, asked: Asked) -> None:
        """Tell the host how a command ended, and the mailbox of an asynchronous one."""
        self._journal.emit("cmd_completed", **_identity(command), status=int(done.status), result=done.result)
        if asked.by == "async":
            self._send(command, done, asked.handle)

    def _send(self, command: Command, done: Done, handle: int) -> None:
        """[async-lost] A result for which there is no room is lost."""
        message = struct.pack("<HH", command.oid, done.status)
        if isinstance(done.result, int):
            message += struct.pack("<I", done.result & U32)
        self._waits.notify(command.owner, handle, message)


def _identity(command: Command) -> dict[str, int]:
    """The caller is always the owner."""
    return {
        "pid": command.owner,
        "oid": command.oid,
        "owner_pid": command.owner,
        "flags": command.flags,
        "auth_level": command.auth,
    }
