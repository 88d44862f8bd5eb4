"""Reads a case strictly from JSON, key by key; a bad one is refused by the key at fault (protocol).

A reader takes a key, for its complaint, and a value; it returns the value as the model wants it, or raises `CaseError`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any


class CaseError(ValueError):
    """A case that the protocol does not allow; the message begins with the key."""


Reader = Callable[[str, object], Any]


def wrong_key(found: Mapping[str, object], known: Collection[str], required: Iterable[str]) -> str | None:
    """What is wrong with the keys of an object: that one is not known, or that one of `required` is missing."""
    for key in found:
        if key not in known:
            return f"{key}: unknown key"
    for key in required:
        if key not in found:
            return f"{key}: missing"
    return None


def members(case: object, readers: Mapping[str, Reader], required: Iterable[str]) -> dict[str, Any]:
    """The members of `case`, each read by the reader of its key; no other keys, and none of `required` left out."""
    if not isinstance(case, dict):
        raise CaseError("case: not an object")
    if case.keys() != readers.keys():  # most often they are the same
        wrong = wrong_key(case, readers, required)
        if wrong is not None:
            raise CaseError(wrong)
    return {key: readers[key](key, value) for key, value in case.items()}


def integer(low: int, high: int) -> Callable[[str, object], int]:
    """A reader of integers from `low` to `high`."""

    def read(key: str, value: object) -> int:
        if type(value) is int and low <= value <= high:  # `type`, not `isinstance`: a boolean is not an integer here
            return value
        raise CaseError(f"{key}: not an integer from {low} to {high}")

    return read


def integers(low: int, high: int) -> Callable[[str, object], tuple[int, ...]]:
    """A reader of lists of integers from `low` to `high`."""
    one_by_one = each(integer(low, high))

    def read(key: str, value: object) -> tuple[int, ...]:
        numbers = sequence(key, value)
        for number in numbers:  # without a call for each, as lists are long
            if type(number) is not int or not low <= number <= high:
                return one_by_one(key, value)  # for the complaint
        return tuple(numbers)  # type: ignore[arg-type]

    return read


def is_whole(text: str) -> bool:
    """Whether a text is made of characters: half of a surrogate pair is none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def octets(key: str, value: object) -> bytes:
    """Bytes, written as hex."""
    try:
        data = bytes.fromhex(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        pass
    else:
        if data.hex() == value:  # not so with capitals and spaces
            return data
    raise CaseError(f"{key}: not a string of lower-case hex digit pairs")


def octets_up_to(limit: int) -> Callable[[str, object], bytes]:
    """A reader of `limit` bytes at most."""

    def read(key: str, value: object) -> bytes:
        data = octets(key, value)
        if len(data) > limit:
            raise CaseError(f"{key}: {len(data)} bytes, more than {limit}")
        return data

    return read


def sequence(key: str, value: object) -> Sequence[object]:
    """JSON has only lists; a caller in process may come with tuples."""
    if not isinstance(value, (list, tuple)):
        raise CaseError(f"{key}: not a list")
    return value


def each(reader: Callable[[str, object], Any]) -> Callable[[str, object], tuple[Any, ...]]:
    """A reader of lists whose elements `reader` takes."""

    def read(key: str, value: object) -> tuple[Any, ...]:
        elements = sequence(key, value)
        try:
            return tuple([reader(key, element) for element in elements])
        except CaseError:  # once more, for a complaint that says which element it is
            return tuple([reader(f"{key}[{n}]", element) for n, element in enumerate(elements)])

    return read


def boolean(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise CaseError(f"{key}: not a boolean")
    return value
