"""A case: an image and how it is cut into pieces, read strictly from JSON.

[pieces] The cut makes no difference ([earliest-byte]), so this model does not look at it, and takes the image whole.
That its loader says the same of an image in pieces is for `tests/test_hxe_random.py` to show.
"""

from typing import NamedTuple

from model_kit.reading import Reader, integers, members, octets_up_to

LIMIT = 1_000_000


class Case(NamedTuple):
    """The subject's case, checked, with its defaults."""

    image: bytes
    chunks: tuple[int, ...] = ()


def parse(case: object) -> Case:
    """Check every key and value of a case."""
    return Case(**members(case, _READERS, required=("image",)))


_READERS: dict[str, Reader] = {
    "image": octets_up_to(LIMIT),
    "chunks": integers(0, LIMIT),
}
