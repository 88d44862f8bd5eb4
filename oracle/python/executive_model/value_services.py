"""Module 7: values (facts 4.3)."""

import struct

from minivm_model.memory import SIZE

from .arguments import answer, byte, oid, serve, target, word
from .descriptors import BadChain, value_chain
from .failures import MailboxError
from .mailboxes import Mailboxes
from .profile import Profile
from .registry import Failed, Status
from .task import Task
from .values import Values
from .waits import Waits

ALL_GROUPS = 0xFF


class ValueServices:
    """R0 is the status; of a GET that succeeds it is the value."""

    def __init__(self, profile: Profile, values: Values, mailboxes: Mailboxes, waits: Waits) -> None:
        self._profile = profile
        self._values = values
        self._mailboxes = mailboxes
        self._waits = waits

    def call(self, task: Task, function: int) -> bool:
        serve(task, self, _FUNCTIONS, function)
        return True

    def _register(self, task: Task) -> None:
        try:
            records = value_chain(task.memory, word(task, 4))
        except BadChain:
            raise Failed(Status.EINVAL) from None
        self._values.register(task.pid, oid(task), byte(task, 3), 0, records)
        answer(task, Status.OK, oid(task))

    def _look_up(self, task: Task) -> None:
        answer(task, Status.OK, self._values.entry(oid(task)).oid)

    def _get(self, task: Task) -> None:
        answer(task, self._values.get(word(task, 1), task.pid))

    def _set(self, task: Task) -> None:
        value = self._values.set(word(task, 1), word(task, 2), task.pid)
        answer(task, Status.OK)
        self._values.remind(value)

    def _list(self, task: Task) -> None:
        """As many of the caller's own as there is room for."""
        group, ptr = byte(task, 1), word(task, 2)
        oids = self._values.oids(task.pid, None if group == ALL_GROUPS else group)
        oids = oids[: min(word(task, 3), (SIZE - ptr) // 2)]
        task.memory.write(ptr, struct.pack(f"<{len(oids)}H", *oids))
        answer(task, Status.OK, len(oids))

    def _subscribe(self, task: Task) -> None:
        """[leaked-handle] In the reference the handle stays open if there is no such value (X8)."""
        try:
            handle = self._mailboxes.open(task.pid, target(task, 2))
        except MailboxError:
            raise Failed(Status.EINVAL) from None
        try:
            self._values.subscribe(word(task, 1), task.pid, handle)
        except Failed:
            if self._profile.failed_sub:
                self._waits.close(task.pid, handle)
            raise
        answer(task, Status.OK, handle)

    def _keep(self, task: Task) -> None:
        self._values.keep(word(task, 1), byte(task, 2), task.pid)
        answer(task, Status.OK)


_FUNCTIONS = (
    ValueServices._register,
    ValueServices._look_up,
    ValueServices._get,
    ValueServices._set,
    ValueServices._list,
    ValueServices._subscribe,
    ValueServices._keep,
)
