"""What a refused call of the control plane or of the executive raises."""


class VmError(Exception):
    """A call was refused. It has changed nothing, but for the loading of an image, which ends with it.

    >>> error = VmError("ESRCH", "there is no task 7")
    >>> error.errno, error.text, str(error)
    ('ESRCH', 'there is no task 7', 'ESRCH: there is no task 7')
    """

    def __init__(self, errno: str, text: str) -> None:
        """Keeps the name of the error and what is wrong.

        >>> VmError("EINVAL", "there is no register 9")
        VmError('EINVAL', 'there is no register 9')
        """
        super().__init__(errno, text)
        self.errno = errno
        """The error of the design document: `EBADMSG`, `ENOSPC`, `ESRCH`, `EBUSY`, `EINVAL`, `EPERM` or `EFAULT`. Of
        the executive also `EEXIST`, `ENODESC`, `ENOHANDLE`, `EBADF`, `EMSGSIZE`, `ENOENT`, `ENOASYNC` and `EFAIL`."""
        self.text = text
        """What is wrong, in words."""

    def __str__(self) -> str:
        """Gives both.

        >>> str(VmError("EINVAL", "there is no register 9"))
        'EINVAL: there is no register 9'
        """
        return f"{self.errno}: {self.text}"
