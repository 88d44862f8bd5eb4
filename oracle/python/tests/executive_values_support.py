"""What the tests of values share: functions and statuses of module 7, records, and a value that has them."""

import struct
from typing import Any

from executive_support import Bench, chain

REGISTER, LOOKUP, GET, SET, LIST, SUB, PERSIST = range(7)
OK, ENOENT, EPERM, ENOSPC, EINVAL, EEXIST, EBUSY = range(7)
HEAD, NAME = 0x3000, 0x3800  # where a chain and its name are put
ONE, TWO, HALF = 0x3C00, 0x4000, 0x3800


def named(text: str) -> bytes:
    return text.encode() + b"\0"


def unit(text: bytes = b"", epsilon: int = 0, rate: int = 0) -> bytes:
    return struct.pack("<BB4sHH", 3, 0, text, epsilon, rate)


def persist(key: int, debounce: int = 0) -> bytes:
    return struct.pack("<BBHH", 5, 0, key, debounce)


def described(*records: bytes, flags: int = 0, **config: Any) -> tuple[Bench, int]:
    """A bench whose task has registered 1:2 with these records."""
    bench = Bench(**config)
    bench.call("poke", pid=1, address=HEAD, bytes=chain(HEAD, *records).hex())
    bench.call("poke", pid=1, address=NAME, bytes=named("name").hex())
    return bench, bench.svc(7, REGISTER, 1, 2, flags, HEAD if records else 0)
