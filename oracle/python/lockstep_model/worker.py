"""A worker: runs cases in batches for the engine, a JSON request a line, a JSON reply a line, until the input ends.

A request is `[subject, profiles, cases]`; its reply is a list with an entry for each case, which is a list with an
answer for each profile: as `run_batch` gives it, or `{"raised": why}` if the model raised, or a number for an answer
that is the same as that in the profile of this position. `{"failed": why}` tells of a model that does not load, and of
one that raises at several cases and at none of them alone.
This is no public protocol. The engine starts `python3 worker.py`, behind it a checkout of the reference if that is to
be run.
"""

import gc
import importlib
import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

# New objects in containers after which the cyclic garbage collector looks at them.
_COLLECTED_AFTER = 20_000

Answer = dict[str, object]
RunBatch = Callable[[str, Sequence[object]], list[Answer]]
RunProfiles = Callable[[Sequence[str], Sequence[object]], list[list[Answer | int]]]

# Cases that are run and written together: few, so that their answers are still in the processor's cache when they are
# written.
_TOGETHER = 8

# Bytes of requests that are read at once: as many as a pipe holds. Python itself reads a few kilobytes.
_READ_AT_ONCE = 1 << 16

# Replies are trees: nobody need look whether something contains itself.
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class Model(NamedTuple):
    """What runs the cases of a subject: in one profile, and in several at once if it can."""

    run_batch: RunBatch
    run_profiles: RunProfiles | None = None


def serve(checkout: str | None) -> None:
    """Answer every request on stdin; `checkout` is that of the reference, or None for the models of this project."""
    requests, replies = (
        io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False), _READ_AT_ONCE),
        sys.stdout.buffer,
    )
    # What a model or a reference prints must not be taken for a reply.
    sys.stdout = sys.stderr
    # Almost all garbage of a case goes without the collector, which would look at every object some 100 times a second.
    gc.set_threshold(_COLLECTED_AFTER)
    answer_all(checkout, requests, replies)


def answer_all(checkout: str | None, requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer every line of `requests`; each reply is flushed at once."""
    loaded: dict[str, Model] = {}
    for line in requests:
        subject, profiles, cases = json.loads(line)
        try:
            if subject not in loaded:
                loaded[subject] = _load(checkout, subject)
                # What has been loaded stays: the collector need not look at it again.
                gc.freeze()
            reply = _reply(loaded[subject], profiles, cases)
        except (Exception, SystemExit) as error:
            reply = _encode({"failed": _why(error)})
        replies.write(reply.encode() + b"\n")
        replies.flush()


def _load(checkout: str | None, subject: str) -> Model:
    if checkout is not None:
        return Model(importlib.import_module("upstream").load(checkout, subject))
    model = importlib.import_module(f"{subject}_model")
    return Model(model.run_batch, getattr(model, "run_profiles", None))


def _reply(model: Model, profiles: list[str], cases: list[object]) -> str:
    """The answers to all cases, as a list in JSON. Without a case each profile is asked for, which must be there."""
    if not cases:
        for profile in profiles:
            model.run_batch(profile, [])
    pieces = (cases[start : start + _TOGETHER] for start in range(0, len(cases), _TOGETHER))
    written = [_encode(_in_profiles(model, profiles, piece))[1:-1] for piece in pieces]
    return f"[{','.join(written)}]"


def _in_profiles(model: Model, profiles: list[str], cases: list[object]) -> list[list[Answer | int]]:
    """The answers to each case. If it raises, each is run alone, in each profile, to find where; if it raises at none
    of them, so does this."""
    if model.run_profiles is None:
        return _each_profile(model.run_batch, profiles, cases)
    try:
        return model.run_profiles(profiles, cases)
    except (Exception, SystemExit):
        answers = _each_profile(model.run_batch, profiles, cases)
        if any("raised" in answer for of_case in answers for answer in of_case if isinstance(answer, dict)):
            return answers
        raise


def _each_profile(run_batch: RunBatch, profiles: list[str], cases: list[object]) -> list[list[Answer | int]]:
    by_profile = [_answers(run_batch, profile, cases) for profile in profiles]
    return [[*of_case] for of_case in zip(*by_profile, strict=True)]


def _answers(run_batch: RunBatch, profile: str, cases: list[object]) -> list[Answer]:
    """An answer to each case. If it raises, each is run alone to find where; if it raises at none of them, so does
    this."""
    try:
        return run_batch(profile, cases)
    except (Exception, SystemExit) as error:
        if len(cases) < 2:
            return [{"raised": _why(error)} for _ in cases]
        answers = [answer for case in cases for answer in _answers(run_batch, profile, [case])]
        if any("raised" in answer for answer in answers):
            return answers
        raise


def _why(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    # Packages are looked for where this one lies, and not among the files beside this one.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    serve(sys.argv[1] if len(sys.argv) > 1 else None)
