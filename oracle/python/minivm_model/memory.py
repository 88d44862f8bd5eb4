"""The 64 KiB data memory: little-endian, byte-addressed, and aware of what changed (facts 1.1; D3)."""

import struct
from collections.abc import Iterable

SIZE = 0x1_0000

# Numbers by their size in bytes: how they are read and written in place, and the bits that they have.
LOAD = {1: struct.Struct("<B").unpack_from, 2: struct.Struct("<H").unpack_from, 4: struct.Struct("<I").unpack_from}
STORE = {1: struct.Struct("<B").pack_into, 2: struct.Struct("<H").pack_into, 4: struct.Struct("<I").pack_into}
BITS = {1: 0xFF, 2: 0xFFFF, 4: 0xFFFF_FFFF}


class Memory:
    """Loads and stores at addresses that the caller has checked; `changes` is the `mem` of the outcome."""

    __slots__ = ("_before", "_bytes")

    def __init__(self, blocks: Iterable[tuple[int, bytes]]) -> None:
        self._bytes = bytearray(SIZE)
        for address, data in blocks:
            self._bytes[address : address + len(data)] = data
        # Of every place ever written, by its address and length, what stood there before the first write to just this
        # place, in order of time; spares a scan of 64 KiB per case.
        self._before: dict[tuple[int, int], bytes | bytearray] = {}

    def load(self, address: int, size: int) -> int:
        """A number of 1, 2 or 4 bytes."""
        number: int = LOAD[size](self._bytes, address)[0]
        return number

    def store(self, address: int, size: int, value: int) -> None:
        """Write the low `size` bytes of `value`: 1, 2 or 4."""
        if (address, size) not in self._before:
            self._before[address, size] = self._bytes[address : address + size]
        STORE[size](self._bytes, address, value & BITS[size])

    def read(self, address: int, length: int) -> bytes:
        return bytes(self._bytes[address : address + length])

    def write(self, address: int, data: bytes) -> None:
        place = address, len(data)
        if data and place not in self._before:
            self._before[place] = self._bytes[address : address + len(data)]
        self._bytes[address : address + len(data)] = data

    def changes(self) -> list[tuple[int, bytes]]:
        """Every maximal run of bytes that differs from the start, sorted; a byte set back to its old value does not."""
        if not self._before:
            return []
        before: dict[int, int] = {}  # by address, of every byte ever written
        for (address, _), data in self._before.items():
            for at, byte in enumerate(data, address):
                before.setdefault(at, byte)  # what a later entry says of the same byte is no longer what it was
        now = self._bytes
        changed = [address for address, byte in before.items() if now[address] != byte]
        changed.sort()
        runs: list[tuple[int, bytearray]] = []
        end = None  # of the last run
        for address in changed:
            if address == end:
                runs[-1][1].append(now[address])
            else:
                runs.append((address, bytearray([now[address]])))
            end = address + 1
        return [(address, bytes(run)) for address, run in runs]
