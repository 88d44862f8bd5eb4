"""The streaming loader: takes an image piece by piece, and rejects it at the earliest byte (design 6.1.2).

[judgement-order] The header is judged byte by byte. After it, each part of the metadata is judged when its last byte is
there: an entry of the table at its sixteenth, the content of a section when both it and its entry are whole. Judgements
that fall on the same byte come in the order of the table, an entry's own right before its content's. The end of the
image brings the rest, in the order of `Loader.end`.

[uniqueness] In strict, a section that was found good is compared with those of its kind that were found good before it;
values, commands and mailboxes are three kinds.
"""

from collections import defaultdict
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import NamedTuple
from zlib import crc32

from . import header, sections
from .header import Header
from .profile import Profile
from .rejection import Flaw, Rejected
from .sections import ENTRY, KINDS, Record, Section

ENTRY_STEP, CONTENT_STEP = 0, 1


class Judgement(NamedTuple):
    """Something to be judged; sorts as [judgement-order] says."""

    at: int  # the number of bytes that it takes
    row: int  # of the table
    step: int


class Image(NamedTuple):
    """A good image, taken apart."""

    header: Header
    code: bytes
    rodata: bytes
    sections: list[Section]
    records: dict[int, list[Record]]  # of all sections of a kind, in the order of the table


def load(profile: Profile, pieces: Iterable[bytes]) -> Image:
    """The image that the pieces make up; raises `Rejected`."""
    loader = Loader(profile)
    for piece in pieces:
        loader.write(piece)
    return loader.end()


class Loader:
    """Begin, `write` as often as there are pieces, `end`. After `Rejected` there is nothing more to do with it."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._received = bytearray()
        self._header: Header | None = None
        self._due: list[Judgement] = []  # a heap
        self._sections: list[Section] = []  # whose entries were found good
        self._records: dict[int, list[Record]] = {}  # of the sections whose content was found good, by row
        self._identities: defaultdict[int, set[object]] = defaultdict(set)  # of the records so far, by kind

    @property
    def header(self) -> Header | None:
        """The header, once it is whole."""
        return self._header

    @property
    def received(self) -> int:
        """The number of bytes so far."""
        return len(self._received)

    def write(self, piece: bytes) -> None:
        """Take the next piece, and judge all that it makes whole."""
        self._received += piece
        if self._header is None and piece:
            self._judge_header()
        while self._due and self._due[0].at <= len(self._received):
            judgement = heappop(self._due)
            try:
                if judgement.step == ENTRY_STEP:
                    self._judge_entry(judgement)
                else:
                    self._judge_content(self._sections[judgement.row], judgement.row)
            except Flaw as flaw:
                raise Rejected(flaw.error, judgement.at) from flaw

    def end(self) -> Image:
        """The image, now that no more of it will come."""
        length = len(self._received)
        if length < header.SMALLEST:
            raise Rejected("too_small", length)
        if self._header is None:
            raise Rejected("header_truncated", length)
        if self._crc() != self._header.crc32:
            raise Rejected("crc_mismatch", length)
        if length < self._header.rodata_end:
            raise Rejected("truncated", length)
        if len(self._sections) < _table_count(self._header):
            raise Rejected("table_outside", length)
        for section in self._sections:
            if section.end > length:
                raise Rejected("section_outside", length)
        return self._image(self._header)

    def _judge_header(self) -> None:
        self._header = header.read(bytes(self._received[: header.LARGEST]), self._profile)
        if self._header is not None:
            self._expect_entry(0)

    def _judge_entry(self, judgement: Judgement) -> None:
        section = sections.read_section(self._slice(judgement.at - ENTRY.size, judgement.at))
        self._sections.append(section)
        if section.kind in KINDS:
            heappush(self._due, Judgement(max(section.end, judgement.at), judgement.row, CONTENT_STEP))
        self._expect_entry(judgement.row + 1)

    def _expect_entry(self, row: int) -> None:
        assert self._header is not None
        if row < _table_count(self._header):
            heappush(self._due, Judgement(self._header.meta_offset + (row + 1) * ENTRY.size, row, ENTRY_STEP))

    def _judge_content(self, section: Section, row: int) -> None:
        kind = KINDS[section.kind]
        self._records[row] = [*kind.read(self._slice(section.offset, section.end), section.count)]
        identities = self._identities[section.kind]
        for record in self._records[row]:
            if record.identity in identities and self._profile.duplicate_declarations:
                raise Flaw(kind.duplicate)
            identities.add(record.identity)

    def _slice(self, start: int, end: int) -> bytes:
        return bytes(self._received[start:end])

    def _crc(self) -> int:
        """Over the header up to the CRC, and all behind the header, trailing bytes too; not over what version 2 added
        to the header (D29)."""
        assert self._header is not None
        return crc32(self._slice(self._header.size, len(self._received)), crc32(self._slice(0, header.CRC_FIELD)))

    def _image(self, head: Header) -> Image:
        records: dict[int, list[Record]] = {kind: [] for kind in KINDS}
        for row in sorted(self._records):
            records[self._sections[row].kind] += self._records[row]
        return Image(
            head,
            self._slice(head.size, head.rodata_offset),
            self._slice(head.rodata_offset, head.rodata_end),
            self._sections,
            records,
        )


def _table_count(head: Header) -> int:
    """An offset of 0 says that there is no table, whatever the count (facts 2)."""
    return head.meta_count if head.meta_offset else 0
