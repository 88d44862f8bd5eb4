"""Why a call is refused: every error by its name (design 6.1.1)."""

from typing import Literal

Error = Literal[
    "EINVAL",  # an argument that no state of the VM would allow
    "ENOSPC",  # no room: for a task, for an image, for what `init` asks
    "EBADMSG",  # an image that is not a good one
    "ESRCH",  # nobody is named: no such task, or no active one
    "EBUSY",  # the task, or the loader, is in a state that does not allow the call
    "EFAULT",  # memory that is not there
    "EPERM",  # what the policy, or the VM itself, forbids
]


class Refused(Exception):
    """The call is refused. Raised before the call has changed anything, unless its docstring says otherwise."""

    def __init__(self, error: Error) -> None:
        super().__init__(error)
        self.error = error
