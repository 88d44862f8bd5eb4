"""How a call, a mailbox operation or a whole case fails. The names are those of the protocol."""

from typing import Literal

Kind = Literal[
    "invalid_conversion",
    "libm_domain",
    "libm_overflow",
    "bad_target",
    "stale_fd",
    "ret_straddle",
    "memory_growth",
]


class Refused(Exception):
    """A call of the host that is refused, by the name of the error."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Raised(Exception):
    """What raises out of the reference's controller; the script ends there."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.kind = kind


class MailboxError(Exception):
    """A mailbox operation that fails: a status for a task, an error for the host."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


class BadTarget(MailboxError):
    """A target that names no mailbox."""

    def __init__(self) -> None:
        super().__init__(0xFF, "EINVAL")


class BadPid(BadTarget):
    """A target whose PID is no number, which the reference does not expect (E23)."""


def bad_handle() -> MailboxError:
    return MailboxError(2, "EBADF")


def too_large() -> MailboxError:
    return MailboxError(4, "EMSGSIZE")


def no_descriptor() -> MailboxError:
    return MailboxError(5, "ENODESC")


def no_handle() -> MailboxError:
    return MailboxError(5, "ENOHANDLE")
