"""Loading an image as a task (facts 1.9, spec 4.5).

[load-order] The image; its name; memory; values; commands; the task; its standard streams and its own mailbox; the
mailboxes of the image. In the reference a failure leaves all that was done before it, and from the mailboxes on a task.
"""

from hxe_model.header import Header
from hxe_model.loader import Image, load
from hxe_model.mailboxes import Mailbox
from hxe_model.records import Command, Value
from hxe_model.rejection import Rejected
from hxe_model.sections import COMMANDS, MAILBOXES, VALUES

from . import f16
from .descriptors import Group, Help, Name, Persist, Range, Record, Unit, unit_text
from .executive import Executive
from .failures import BadTarget, MailboxError, Refused
from .mailboxes import READ_WRITE, STDIO
from .registry import Failed, Status
from .task import Program, Task
from .values import PERSISTENT

_LONGEST_NAME = 31
_ALLOWS_SEVERAL = 2  # a flag of version 2; version 1 always does
_SHARED_GROUP = 0xF0

_STREAMS = {stream: f"svc:{name}" for stream, name in STDIO.items()}
_REFUSALS = {Status.EEXIST: "EEXIST", Status.ENOSPC: "ENOSPC"}


def load_image(executive: Executive, data: bytes) -> Task:
    """The new task. Its PID is used up even if there is none."""
    pid = executive.next_pid
    executive.next_pid += 1
    try:
        image = load(executive.profile.images, [data])
    except Rejected:
        raise Refused("EBADMSG") from None
    executive.tasks.store()
    try:
        return _install(executive, pid, image)
    except Refused:
        if executive.profile.cleanup:
            executive.remove(pid)
        raise


def _install(executive: Executive, pid: int, image: Image) -> Task:
    header = image.header
    base = (header.app_name or f"<stream:{pid}>")[:_LONGEST_NAME]
    name = _instance(executive, base, header)
    layout = executive.layouts.give(pid, header.ro_len + header.bss_size)
    task = Task(executive.profile, pid, Program(image.code, image.rodata, header.entry), layout, name=name, base=base)
    try:
        for value in image.records[VALUES]:
            assert isinstance(value, Value)
            _register_value(executive, pid, value)
        for command in image.records[COMMANDS]:
            assert isinstance(command, Command)
            _register_command(executive, pid, command)
    except Failed as failed:
        raise Refused(_REFUSALS[failed.status]) from None
    executive.tasks.by_pid[pid] = task
    try:
        task.stdio = _streams(executive, pid)
        for mailbox in image.records[MAILBOXES]:
            assert isinstance(mailbox, Mailbox)
            _bind(executive, pid, mailbox)
    except MailboxError as error:
        task.stdio = ()
        raise Refused(error.error) from None
    executive.tasks.loaded(task)
    return task


def _instance(executive: Executive, base: str, header: Header) -> str:
    """The name, with a number behind it if it is taken and there may be several of it."""
    taken = {task.name for task in executive.tasks.by_pid.values()}
    if base not in taken:
        return base
    if header.version == 2 and not header.flags & _ALLOWS_SEVERAL:
        raise Refused("EEXIST")
    suffixes = (f"_#{number}" for number in range(len(taken) + 1))
    names = (base[: _LONGEST_NAME - len(suffix)] + suffix for suffix in suffixes)
    return next(name for name in names if name not in taken)


def _register_value(executive: Executive, pid: int, value: Value) -> None:
    values, profile = executive.values, executive.profile
    oid = value.group << 8 | value.id
    if profile.shared_group and value.group == _SHARED_GROUP and oid in values.entries:
        return
    records: list[Record] = []
    if value.group_name:
        records.append(Group(value.group_name))
    if value.name:
        records.append(Name(value.name))
    if value.unit or value.epsilon not in f16.ZEROS:
        unit = unit_text((value.unit or "").encode("ascii", "ignore")[:4])
        records.append(Unit(unit, f16.of_image(value.epsilon), 0))
    if value.min or value.max:
        records.append(Range(f16.of_image(value.min), f16.of_image(value.max)))
    flags = value.flags
    if values.is_key(value.persist_key):
        flags |= PERSISTENT
        records.append(Persist(value.persist_key, 0))
    entry = values.register(pid, oid, flags, value.auth, records)
    if not profile.stored_wins or values.stored(entry) is None:
        entry.f16 = f16.of_image(value.init)


def _register_command(executive: Executive, pid: int, command: Command) -> None:
    commands = executive.commands
    oid = command.group << 8 | command.id
    if executive.profile.shared_group and command.group == _SHARED_GROUP and oid in commands.entries:
        return
    records: list[Record] = []
    if command.group_name:
        records.append(Group(command.group_name))
    if command.name or command.help:
        records.append(Help(command.name or "", command.help or ""))
    commands.register(pid, oid, command.flags, command.auth, records, handler=command.handler)


def _streams(executive: Executive, pid: int) -> tuple[int, ...]:
    """The handles of the standard streams; and the task's own mailbox."""
    mailboxes = executive.mailboxes
    modes = mailboxes.stdio_modes
    boxes = [mailboxes.bind(pid, target, mode=modes[stream]) for stream, target in _STREAMS.items()]
    mailboxes.bind(pid, f"pid:{pid}", mode=READ_WRITE)
    return tuple([mailboxes.open_box(pid, box) for box in boxes])


def _bind(executive: Executive, pid: int, mailbox: Mailbox) -> None:
    """[skipped-mailbox] One without a name, or for which there is no room, is passed over.

    [declared-integers] A capacity or an owner beyond 64 bits with a sign counts as the nearest that is not."""
    target = mailbox.target.strip()
    owner = pid if mailbox.owner_pid is None else _clamped(mailbox.owner_pid)
    try:
        if target:
            executive.mailboxes.bind(owner, target, _clamped(mailbox.capacity or 0), mailbox.mode or READ_WRITE)
    except BadTarget:
        raise
    except MailboxError:
        return


def _clamped(number: int) -> int:
    return min(max(number, -(2**63)), 2**63 - 1)
