"""Values: numbers that tasks publish, watch and keep (facts 4.3).

[set-order] A change is checked, then stored, told as an event, persisted, and told to the subscribers.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from . import f16
from .clock import Clock
from .descriptors import Name, Persist, Range, Record, Unit, last_text
from .failures import MailboxError
from .journal import Journal
from .pool import Pool
from .profile import Profile
from .registry import Entry, Failed, Registry, Status
from .waits import Waits

READ_ONLY, PERSISTENT = 0x01, 0x02  # flags


@dataclass(eq=False)
class Value(Entry):
    """A value. `changed` is in ms, 0 for never; subscribers are pairs of PID and handle."""

    f16: int = 0
    changed: int = 0
    subscribers: list[tuple[int, int]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return last_text([record.name for record in self.records if isinstance(record, Name)])

    @property
    def unit(self) -> Unit:
        return next((record for record in reversed(self.records) if isinstance(record, Unit)), Unit())

    @property
    def range(self) -> Range:
        return next((record for record in reversed(self.records) if isinstance(record, Range)), Range())

    @property
    def persist(self) -> Persist:
        return next((record for record in reversed(self.records) if isinstance(record, Persist)), Persist())


class Values(Registry[Value]):
    """All values. Operations raise `Failed`."""

    def __init__(
        self,
        profile: Profile,
        pool: Pool,
        persisted: dict[int, int],
        *,
        journal: Journal,
        clock: Clock,
        waits: Waits,
    ) -> None:
        super().__init__(pool)
        self._profile = profile
        self.persisted = persisted
        self._journal = journal
        self._clock = clock
        self._waits = waits

    def register(self, owner: int, oid: int, flags: int, auth: int, records: Sequence[Record]) -> Value:
        """A new value. It is 0, or what was stored under its key."""
        value = self.add(oid, records, lambda kept, head: Value(oid, flags, auth, owner, kept, head))
        value.f16 = self.stored(value) or 0
        self._journal.emit(
            "value_registered", pid=owner, oid=oid, flags=flags, auth_level=auth, desc_head=value.desc_head
        )
        return value

    def is_key(self, key: int) -> bool:
        return key != 0 and not (self._profile.persist_none and key == 0xFFFF)

    def stored(self, value: Value) -> int | None:
        """The bits that were stored for this value, if it is one that is kept."""
        key = value.persist.key
        return self.persisted.get(key) if value.flags & PERSISTENT and self.is_key(key) else None

    def get(self, oid: int, caller: int | None) -> int:
        """The number; None calls as the owner."""
        return f16.canonical(self._allowed(oid, caller).f16)

    def _allowed(self, oid: int, caller: int | None) -> Value:
        value = self.entry(oid)
        if caller not in (None, value.owner) and value.auth:
            raise Failed(Status.EPERM)
        return value

    def set(self, oid: int, new: int, caller: int | None) -> Value:
        """The value, changed or, if the change is too small, as it was; None calls as the owner."""
        value = self._allowed(oid, caller)
        if value.flags & READ_ONLY:
            raise Failed(Status.EPERM)
        unit, now = value.unit, self._clock.now
        if value.changed and now - value.changed < unit.rate_ms:
            raise Failed(Status.EBUSY)
        if unit.epsilon in f16.ZEROS or not f16.closer_than(new, value.f16, unit.epsilon):
            self._change(value, f16.canonical(new), value.owner if caller is None else caller)
        return value

    def _change(self, value: Value, new: int, caller: int) -> None:
        old = value.f16
        value.f16, value.changed = new, self._clock.now
        self._journal.emit(
            "value_changed",
            pid=value.owner,
            caller_pid=caller,
            oid=value.oid,
            old_f16=old,
            new_f16=new,
            flags=value.flags,
            auth_level=value.auth,
        )
        if value.flags & PERSISTENT and self.is_key(value.persist.key):
            self.persisted[value.persist.key] = new
        notice = struct.pack("<HHH", value.oid, old, new)
        for subscriber in list(value.subscribers):
            if not self._waits.notify(*subscriber, notice):
                self._drop(value, subscriber)

    def remind(self, value: Value) -> None:
        """The second, short notice of a change by a task, whether there was one or not (E29)."""
        if not self._profile.one_notice:
            for subscriber in list(value.subscribers):
                self._waits.notify(*subscriber, struct.pack("<HH", value.oid, value.f16))

    def _drop(self, value: Value, subscriber: tuple[int, int]) -> None:
        value.subscribers.remove(subscriber)
        try:
            self._waits.close(*subscriber)
        except MailboxError:
            return  # it was closed before

    def subscribe(self, oid: int, pid: int, handle: int) -> None:
        self.entry(oid).subscribers.append((pid, handle))

    def unsubscribe(self, pid: int) -> None:
        """A task that ends has no subscriptions any more."""
        for value in self.entries.values():
            value.subscribers = [each for each in value.subscribers if each[0] != pid]

    def keep(self, oid: int, mode: int, caller: int) -> None:
        """Keep the value from now on, or no longer. One without a key gets a record for it, but no key (E32)."""
        value = self.entry(oid)
        if caller != value.owner:
            raise Failed(Status.EPERM)
        if mode == 0:
            value.flags &= ~PERSISTENT
            return
        if mode > 2:
            raise Failed(Status.EINVAL)
        value.flags |= PERSISTENT
        if not any(isinstance(record, Persist) for record in value.records):
            record = Persist()
            value.desc_head = self.pool.prepend(record)
            value.records.insert(0, record)
