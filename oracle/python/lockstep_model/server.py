"""The machine protocol, versions 1 and 2: one JSON request a line, one reply a line, in order, until the input ends.

[version] The last `hello` says which version is spoken from then on; before any it is 1. The versions differ in the
reply to `hello`, which says in version 2 which profiles each subject has, and in what becomes of a subject or a profile
that is not known: it is `unsupported` in version 1 and an error in version 2, whatever the case is.

[bad-request] A line that is not a well-formed request, an empty line included, is answered by `{"error": why}`
without an id, and the machine goes on. A reply bears an id only once the whole request around the case has been
understood.

[half-line] A last line without its line feed is read like any other: half of a request cannot be a whole JSON object.

[repeated-key] A key that occurs twice in one object is an error, as one of the values would be lost. In the request
itself it makes the line a bad request, in the case it makes the case a bad one.

[numbers] An integer is written without fraction, exponent and `-0`.
"""

import json
from collections.abc import Iterator
from typing import BinaryIO

from model_kit import __version__
from model_kit.reading import is_whole, wrong_key

from .subjects import PROFILES, PROFILES_OF, SUBJECTS

VERSIONS = (1, 2)
MAX_LINE = 64 << 20
"""Bytes of the longest request, without its line feed."""

Message = dict[str, object]


class BadRequest(ValueError):
    """A line that is not a request of this protocol."""


class _Repeated(dict[str, object]):
    """An object in which a key occurs twice."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.key = next(key for key in keys if keys.count(key) > 1)


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer every line of `requests`; each reply is flushed at once."""
    conversation = Conversation()
    for line in _lines(requests):
        reply: Message = (
            {"error": f"a line of more than {MAX_LINE} bytes"} if line is None else conversation.answer(line)
        )
        text = json.dumps(reply, separators=(",", ":"), ensure_ascii=False)
        # Half of a surrogate pair, which a complaint may repeat, cannot be written.
        replies.write(text.encode(errors="replace") + b"\n")
        replies.flush()


def _lines(requests: BinaryIO) -> Iterator[bytes | None]:
    """Every line; None for one that is too long, of which nothing is kept."""
    while line := requests.readline(MAX_LINE + 1):
        if len(line) <= MAX_LINE or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = requests.readline(MAX_LINE + 1)
        yield None


class Conversation:
    """What has been agreed upon with who asks."""

    def __init__(self) -> None:
        self._version = 1

    def answer(self, line: bytes) -> Message:
        try:
            request = _parse(line)
            match request.get("op"):
                case "hello":
                    return self._hello(request)
                case "run":
                    return self._run(request)
                case _:
                    raise BadRequest("op: neither 'hello' nor 'run'")
        except BadRequest as bad:
            return {"error": str(bad)}

    def _hello(self, request: Message) -> Message:
        _expect_keys(request, "op", "protocol")
        version = request["protocol"]
        if type(version) is not int or version not in VERSIONS:
            raise BadRequest("protocol: neither 1 nor 2")
        self._version = version
        hello: Message = {"protocol": version, "name": "python", "version": __version__}
        if version == 1:
            return {**hello, "subjects": list(SUBJECTS), "profiles": PROFILES}
        return {**hello, "subjects": PROFILES_OF}

    def _run(self, request: Message) -> Message:
        _expect_keys(request, "op", "id", "subject", "profile", "case")
        id_, subject, profile = (_string(request, key) for key in ("id", "subject", "profile"))
        case = request["case"]
        unknown = "unsupported" if self._version == 1 else "error"
        if subject not in SUBJECTS:
            return {"id": id_, unknown: f"subject {subject!r} is not one of {', '.join(SUBJECTS)}"}
        if profile not in PROFILES_OF[subject]:
            return {"id": id_, unknown: f"profile {profile!r} is not one of {', '.join(PROFILES_OF[subject])}"}
        if (key := _repeated(case)) is not None:
            return {"id": id_, "error": f"{key}: repeated key"}
        [reply] = SUBJECTS[subject](profile, [case])
        return {"id": id_, **reply}


def _parse(line: bytes) -> Message:
    try:
        request = json.loads(line.decode(), object_pairs_hook=_object, parse_int=_integer, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"unreadable JSON: {error}") from None
    if not isinstance(request, dict):
        raise BadRequest("not a JSON object")
    if isinstance(request, _Repeated):
        raise BadRequest(f"{request.key}: repeated key")
    return request


def _object(pairs: list[tuple[str, object]]) -> Message:
    members = dict(pairs)
    return members if len(members) == len(pairs) else _Repeated(pairs)


def _integer(text: str) -> int | float:
    """What no reader of integers takes comes as a fraction, however long it is."""
    return float(text) if text == "-0" or len(text) > len(str(-(2**64))) else int(text)


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


def _repeated(value: object) -> str | None:
    """A key that occurs twice somewhere in a value."""
    if isinstance(value, _Repeated):
        return value.key
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((key for key in map(_repeated, inner) if key is not None), None)


def _expect_keys(request: Message, *keys: str) -> None:
    wrong = wrong_key(request, keys, keys)
    if wrong is not None:
        raise BadRequest(wrong)


def _string(request: Message, key: str) -> str:
    value = request[key]
    if not isinstance(value, str):
        raise BadRequest(f"{key}: not a string")
    if not is_whole(value):
        raise BadRequest(f"{key}: half of a surrogate pair")
    return value
