"""A worker: runs cases in batches for the engine, a JSON request a line, a JSON reply a line, until the input ends.

A request is `[subject, profile, cases]`; its reply is a list with an answer to each case, as `run_batch` gives them, or
`{"raised": why}` for a case at which the model raised. A model that does not load is told by `{"failed": why}`.
This is no public protocol. The engine starts `python3 worker.py`, behind it a checkout of the reference if that is to
be run.
"""

import gc
import importlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

# New objects in containers after which the cyclic garbage collector looks at them.
_COLLECTED_AFTER = 20_000

RunBatch = Callable[[str, Sequence[object]], list[dict[str, object]]]


def serve(checkout: str | None) -> None:
    """Answer every request on stdin; `checkout` is that of the reference, or None for the models of this project."""
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    # What a model or a reference prints must not be taken for a reply.
    sys.stdout = sys.stderr
    # Almost all garbage of a case goes without the collector, which would look at every object some 100 times a second.
    gc.set_threshold(_COLLECTED_AFTER)
    answer_all(checkout, requests, replies)


def answer_all(checkout: str | None, requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer every line of `requests`; each reply is flushed at once."""
    loaded: dict[str, RunBatch] = {}
    for line in requests:
        subject, profile, cases = json.loads(line)
        try:
            if subject not in loaded:
                loaded[subject] = _load(checkout, subject)
            reply: object = _answers(loaded[subject], profile, cases)
        except Exception as error:
            reply = {"failed": _why(error)}
        replies.write(json.dumps(reply, separators=(",", ":")).encode() + b"\n")
        replies.flush()


def _load(checkout: str | None, subject: str) -> RunBatch:
    if checkout is not None:
        return importlib.import_module("upstream").load(checkout, subject)  # type: ignore[no-any-return]
    return importlib.import_module(f"{subject}_model").run_batch  # type: ignore[no-any-return]


def _answers(run_batch: RunBatch, profile: str, cases: list[object]) -> list[dict[str, object]]:
    """An answer to each case. If one of them raises, each is run alone to find it."""
    try:
        return run_batch(profile, cases)
    except (Exception, SystemExit) as error:
        if len(cases) < 2:
            return [{"raised": _why(error)} for _ in cases]
    return [answer for case in cases for answer in _answers(run_batch, profile, [case])]


def _why(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    # Packages are looked for where this one lies, and not among the files beside this one.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    serve(sys.argv[1] if len(sys.argv) > 1 else None)
