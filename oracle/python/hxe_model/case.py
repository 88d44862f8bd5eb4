"""A case: an image and how it is cut into pieces, read strictly from JSON."""

from collections.abc import Iterator
from typing import NamedTuple

from model_kit.reading import Reader, integers, members, octets_up_to

LIMIT = 1_000_000


class Case(NamedTuple):
    """The subject's case, checked, with its defaults."""

    image: bytes
    chunks: tuple[int, ...] = ()

    def pieces(self) -> Iterator[bytes]:
        """Pieces of the sizes asked for, the last ones empty if the image is too short for them; then the rest."""
        start = 0
        for size in self.chunks:
            yield self.image[start : start + size]
            start += size
        yield self.image[start:]


def parse(case: object) -> Case:
    """Check every key and value of a case."""
    return Case(**members(case, _READERS, required=("image",)))


_READERS: dict[str, Reader] = {
    "image": octets_up_to(LIMIT),
    "chunks": integers(0, LIMIT),
}
