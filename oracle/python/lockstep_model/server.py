"""The machine protocol, version 1: one JSON request a line, one reply a line, in order, until the input ends.

[bad-request] A line that is not a well-formed request, an empty line included, is answered by `{"error": why}`
without an id, and the machine goes on. A reply bears an id only once the whole request around the case has been
understood.

[half-line] A last line without its line feed is read like any other: half of a request cannot be a whole JSON object.

[repeated-key] A key that occurs twice in one object makes the line a bad request, as one of the values would be lost.
"""

import json
from collections.abc import Iterable
from typing import BinaryIO

from model_kit import __version__

from .subjects import PROFILES, SUBJECTS

PROTOCOL = 1

Message = dict[str, object]


class BadRequest(ValueError):
    """A line that is not a request of this protocol."""


def serve(requests: Iterable[bytes], replies: BinaryIO) -> None:
    """Answer every line of `requests`; each reply is flushed at once."""
    for line in requests:
        replies.write(json.dumps(answer(line), separators=(",", ":")).encode() + b"\n")
        replies.flush()


def answer(line: bytes) -> Message:
    try:
        request = _parse(line)
        match request.get("op"):
            case "hello":
                return _hello(request)
            case "run":
                return _run(request)
            case _:
                raise BadRequest("op: neither 'hello' nor 'run'")
    except BadRequest as bad:
        return {"error": str(bad)}


def _parse(line: bytes) -> Message:
    try:
        request = json.loads(line.decode(), object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"unreadable JSON: {error}") from None
    if not isinstance(request, dict):
        raise BadRequest("not a JSON object")
    return request


def _object(pairs: list[tuple[str, object]]) -> Message:
    members = dict(pairs)
    if len(members) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"repeated key {repeated!r}")
    return members


def _hello(request: Message) -> Message:
    _expect_keys(request, "op", "protocol")
    version = request["protocol"]
    if type(version) is not int or version != PROTOCOL:
        raise BadRequest(f"protocol: not {PROTOCOL}")
    return {
        "protocol": PROTOCOL,
        "name": "python",
        "version": __version__,
        "subjects": list(SUBJECTS),
        "profiles": PROFILES,
    }


def _run(request: Message) -> Message:
    _expect_keys(request, "op", "id", "subject", "profile", "case")
    id_, subject, profile = (_string(request, key) for key in ("id", "subject", "profile"))
    if subject not in SUBJECTS:
        return {"id": id_, "unsupported": f"subject {subject!r} is not one of {', '.join(SUBJECTS)}"}
    [reply] = SUBJECTS[subject](profile, [request["case"]])
    return {"id": id_, **reply}


def _expect_keys(request: Message, *keys: str) -> None:
    for key in request:
        if key not in keys:
            raise BadRequest(f"{key}: unknown key")
    for key in keys:
        if key not in request:
            raise BadRequest(f"{key}: missing")


def _string(request: Message, key: str) -> str:
    value = request[key]
    if not isinstance(value, str):
        raise BadRequest(f"{key}: not a string")
    return value
