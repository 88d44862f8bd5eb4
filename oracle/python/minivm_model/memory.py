"""The 64 KiB data memory: little-endian, byte-addressed, and aware of what changed (facts 1.1; D3)."""

from collections.abc import Iterable

SIZE = 0x1_0000


class Memory:
    """Loads and stores at addresses that the caller has checked; `changes` is the `mem` of the outcome."""

    __slots__ = ("_before", "_bytes")

    def __init__(self, blocks: Iterable[tuple[int, bytes]]) -> None:
        self._bytes = bytearray(SIZE)
        for address, data in blocks:
            self._bytes[address : address + len(data)] = data
        self._before: dict[int, int] = {}  # first value of every byte ever written; spares a scan of 64 KiB per case

    def load(self, address: int, size: int) -> int:
        return int.from_bytes(self._bytes[address : address + size], "little")

    def store(self, address: int, size: int, value: int) -> None:
        """Write the low `size` bytes of `value`."""
        for byte in range(address, address + size):
            self._before.setdefault(byte, self._bytes[byte])
        self._bytes[address : address + size] = (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")

    def changes(self) -> list[tuple[int, bytes]]:
        """Every maximal run of bytes that differs from the start, sorted; a byte set back to its old value does not."""
        runs: list[tuple[int, bytearray]] = []
        for address in sorted(self._before):
            byte = self._bytes[address]
            if byte == self._before[address]:
                continue
            if runs and runs[-1][0] + len(runs[-1][1]) == address:
                runs[-1][1].append(byte)
            else:
                runs.append((address, bytearray([byte])))
        return [(address, bytes(run)) for address, run in runs]
