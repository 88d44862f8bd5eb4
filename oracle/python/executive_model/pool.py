"""Where descriptors and their texts are kept (facts 4.1).

[strings] A text is kept once, with a NUL behind it, and takes no room the second time. The reference never lets go of
one, and keeps those of a registration that failed; in strict only the texts of values and commands that are there count
(E11).
"""

from collections.abc import Sequence

from .descriptors import NONE, Record

CAPACITY = 4096  # bytes of texts


class Pool:
    """One for values and commands together."""

    def __init__(self, *, frees: bool) -> None:
        self._frees = frees
        self._texts: dict[str, int] = {}  # and how many records have each
        self.strings = 0  # bytes
        self.descriptor_bytes = 0

    def store(self, records: Sequence[Record]) -> int | None:
        """The offset of the first record; None if a text does not fit. The last record is stored first."""
        if self._frees and not self._fit(records):
            return None
        head = NONE
        for record in reversed(records):
            fits = [self._add(text) for text in record.texts]  # the second is tried even if the first does not fit
            if not all(fits):
                return None
            head = self.prepend(record)
        return head

    def prepend(self, record: Record) -> int:
        """The offset of a record whose texts are stored."""
        offset = self.descriptor_bytes
        self.descriptor_bytes += record.size
        return offset

    def free(self, records: Sequence[Record]) -> None:
        for record in records:
            for text in record.texts:
                self._texts[text] -= 1
                if not self._texts[text]:
                    del self._texts[text]
                    self.strings -= _room(text)

    def _fit(self, records: Sequence[Record]) -> bool:
        new = {text for record in records for text in record.texts if text not in self._texts}
        return self.strings + sum(map(_room, new)) <= CAPACITY

    def _add(self, text: str) -> bool:
        if text not in self._texts:
            if self.strings + _room(text) > CAPACITY:
                return False
            self.strings += _room(text)
        self._texts[text] = self._texts.get(text, 0) + 1
        return True


def _room(text: str) -> int:
    return len(text.encode()) + 1
