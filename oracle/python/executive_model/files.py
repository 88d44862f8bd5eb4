"""The file system that the executive simulates (facts 2.3)."""

from dataclasses import dataclass

from model_kit.answers import Unsupported

from .failures import Raised

_MOST_BYTES = 1 << 20  # [machine-bounds] in all files
_FIRST = 3  # 0 to 2 are the standard streams
_SHARED = 0  # whose descriptors they are if tasks do not have their own


@dataclass(slots=True)
class Descriptor:
    """An open file, and how far it was read or written."""

    name: str
    position: int = 0


class Files:
    """Files, and the descriptors of all tasks together or, in strict, of each for itself (E39)."""

    def __init__(self, *, own_fds: bool, tolerant: bool) -> None:
        self._own_fds = own_fds
        self._tolerant = tolerant  # of descriptors whose file is gone (X7)
        self.renew()

    def renew(self) -> None:
        """As at the start, which is where the reference's file system goes with its active machine (X4)."""
        self.files: dict[str, bytearray] = {"/hello.txt": bytearray(b"Hi from FS!\n")}
        self.fds: dict[int, dict[int, Descriptor]] = {}
        self.next_fds: dict[int, int] = {}

    def whose(self, pid: int) -> int:
        return pid if self._own_fds else _SHARED

    def next_fd(self, pid: int) -> int:
        return self.next_fds.get(self.whose(pid), _FIRST)

    def end(self, pid: int) -> None:
        """A task ends, and with it what it has open (E39)."""
        if self._own_fds:
            self.fds.pop(pid, None)

    def open(self, pid: int, name: str) -> int | None:
        """A new descriptor, of a file that is made if it is not there; None if the path is bad."""
        if _is_bad(name):
            return None
        self.files.setdefault(name, bytearray())
        fd = self.next_fd(pid)
        self.next_fds[self.whose(pid)] = fd + 1
        self.fds.setdefault(self.whose(pid), {})[fd] = Descriptor(name)
        return fd

    def read(self, pid: int, fd: int, length: int) -> bytes:
        opened = self._opened(pid, fd)
        if opened is None:
            return b""
        descriptor, data = opened
        start, end = descriptor.position, min(descriptor.position + length, len(data))
        descriptor.position = end
        return bytes(data[start:end])

    def write(self, pid: int, fd: int, data: bytes) -> int:
        opened = self._opened(pid, fd)
        if opened is None:
            return 0
        descriptor, file = opened
        end = descriptor.position + len(data)
        file.extend(bytes(max(0, end - len(file))))
        file[descriptor.position : end] = data
        descriptor.position = end
        if sum(map(len, self.files.values())) > _MOST_BYTES:
            raise Unsupported(f"more than {_MOST_BYTES} bytes in files")
        return len(data)

    def _opened(self, pid: int, fd: int) -> tuple[Descriptor, bytearray] | None:
        descriptor = self.fds.get(self.whose(pid), {}).get(fd)
        if descriptor is None:
            return None
        if descriptor.name in self.files:
            return descriptor, self.files[descriptor.name]
        if self._tolerant:
            return None
        raise Raised("stale_fd")

    def close(self, pid: int, fd: int) -> bool:
        return self.fds.get(self.whose(pid), {}).pop(fd, None) is not None

    def listing(self) -> bytes:
        return "\n".join(sorted(self.files)).encode()

    def delete(self, name: str) -> bool:
        return self.files.pop(name, None) is not None

    def rename(self, old: str, new: str) -> bool:
        if old not in self.files or new in self.files:
            return False
        self.files[new] = self.files.pop(old)
        if self._tolerant:
            for table in self.fds.values():
                for descriptor in table.values():
                    if descriptor.name == old:
                        descriptor.name = new
        return True


def _is_bad(path: str) -> bool:
    """[paths] The name of the file is the path as it was written; only for this check is it tidied."""
    tidy = path.replace("\\", "/").strip()
    return not path or ":" in tidy or tidy.startswith("/") or ".." in tidy.split("/")
