"""A task's data memory, as the services of the executive see it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from minivm_model.memory import SIZE, Memory

from .failures import Raised

RODATA = 0x4000
WINDOW_SIZE = 64
_PAGE = 4096
_LINE = 256
_ZEROS = bytes(_PAGE)
_ZERO_LINE = bytes(_LINE)
_RUN = re.compile(rb"[^\0]+")


class Span(NamedTuple):
    """A piece of memory, its end excluded."""

    low: int
    high: int


class TaskMemory(Memory):
    """64 KiB. It keeps no record of changes: what is reported is what is not zero."""

    __slots__ = ("_clips",)

    def __init__(self, rodata: bytes, zeroed: tuple[Span, ...], *, clips: bool) -> None:
        super().__init__([])
        self._bytes[RODATA : RODATA + len(rodata)] = rodata[: SIZE - RODATA]
        for low, high in zeroed:
            if low < RODATA + len(rodata):
                self._bytes[low:high] = bytes(high - low)
        self._clips = clips

    def store(self, address: int, size: int, value: int) -> None:
        self._bytes[address : address + size] = (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")

    def read(self, address: int, length: int) -> bytes:
        """The bytes there, cut at the end of memory."""
        return bytes(self._bytes[address : address + length])

    def write(self, address: int, data: bytes) -> None:
        """What does not fit is dropped, or raises as the reference's memory would grow (X2)."""
        if data and address + len(data) > SIZE:
            if not self._clips:
                raise Raised("memory_growth")
            data = data[: SIZE - address]
        self._bytes[address : address + len(data)] = data

    def text(self, address: int) -> str:
        """A text that ends with a NUL or with memory, without the bytes that are not UTF-8."""
        return self.raw_text(address).decode("utf-8", "ignore")

    def raw_text(self, address: int) -> bytes:
        """The same with all its bytes."""
        end = self._bytes.find(0, address)
        return bytes(self._bytes[address : end if end >= 0 else SIZE])

    def terminated_text(self, address: int) -> str:
        """As `text`, but nothing if there is no NUL."""
        return self.text(address) if self._bytes.find(0, address) >= 0 else ""

    def runs(self, window: int) -> list[tuple[int, bytes]]:
        """Every maximal run of bytes that are not zero, without the register window."""
        kept = self._bytes[window : window + WINDOW_SIZE]
        self._bytes[window : window + WINDOW_SIZE] = bytes(len(kept))
        runs = [
            (run.start(), run.group()) for low, high in self._used() for run in _RUN.finditer(self._bytes, low, high)
        ]
        self._bytes[window : window + WINDOW_SIZE] = kept
        return runs

    def _used(self) -> Iterator[Span]:
        """Spans of whole lines outside of which there are only zeros, and between which there are some."""
        low = high = 0  # of the span so far
        for page in range(0, SIZE, _PAGE):
            # `startswith` compares without making a copy.
            if self._bytes.startswith(_ZEROS, page):
                continue
            for line in range(page, page + _PAGE, _LINE):
                if self._bytes.startswith(_ZERO_LINE, line):
                    continue
                if line > high:
                    yield Span(low, high)
                    low = line
                high = line + _LINE
        yield Span(low, high)
