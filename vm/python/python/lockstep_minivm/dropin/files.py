"""A file system in memory."""

from pathlib import PurePosixPath

INVALID_PATH = -22
FIRST_NUMBER = 3


class Files:
    """Files by path, and numbers of those that are open. Nothing is written to a disk.

    >>> files = Files()
    >>> number = files.open("notes")
    >>> files.write(number, b"abc"), files.close(number), files.read(files.open("notes"), 9)
    (3, 0, b'abc')
    """

    def __init__(self) -> None:
        self._contents = {"/hello.txt": bytearray(b"Hi from FS!\n")}
        self._open: dict[int, tuple[str, int]] = {}
        self._next = FIRST_NUMBER

    def open(self, path: str) -> int:
        """Opens a file, which is made if it is not there; gives its number from 3, or -22.

        A path is refused if it is empty or absolute, or has a colon or `..`.

        >>> Files().open("a/b"), Files().open("/a"), Files().open("..\\\\a")
        (3, -22, -22)
        """
        plain = path.replace("\\", "/").strip()
        if not path or ":" in plain or plain.startswith("/") or ".." in PurePosixPath(plain).parts:
            return INVALID_PATH
        self._contents.setdefault(path, bytearray())
        number = self._next
        self._next += 1
        self._open[number] = (path, 0)
        return number

    def read(self, number: int, length: int) -> bytes:
        """Reads up to `length` bytes from where the last access has ended; none of a file that is not open.

        >>> Files().read(3, 10)
        b''
        """
        path, start = self._open.get(number, ("", 0))
        data = bytes(self._contents.get(path, b"")[start : start + length])
        if number in self._open:
            self._open[number] = (path, start + len(data))
        return data

    def write(self, number: int, data: bytes) -> int:
        """Writes bytes there and gives how many; 0 if the file is not open.

        >>> Files().write(3, b"abc")
        0
        """
        if number not in self._open:
            return 0
        path, start = self._open[number]
        content = self._contents[path]
        content.extend(bytes(max(0, start - len(content))))
        content[start : start + len(data)] = data
        self._open[number] = (path, start + len(data))
        return len(data)

    def close(self, number: int) -> int:
        """Gives 0, or -1 if it is not open.

        >>> Files().close(3)
        -1
        """
        return -1 if self._open.pop(number, None) is None else 0

    def listing(self) -> bytes:
        """Gives all paths, sorted, in lines.

        >>> Files().listing()
        b'/hello.txt'
        """
        return "\n".join(sorted(self._contents)).encode()

    def delete(self, path: str) -> int:
        """Gives 0, or -1 if there is no such file.

        >>> Files().delete("a")
        -1
        """
        return -1 if self._contents.pop(path, None) is None else 0

    def rename(self, old: str, new: str) -> int:
        """Gives 0, or -1 if there is no file of the old name or one of the new.

        >>> Files().rename("/hello.txt", "a")
        0
        """
        if old not in self._contents or new in self._contents:
            return -1
        self._contents[new] = self._contents.pop(old)
        return 0
