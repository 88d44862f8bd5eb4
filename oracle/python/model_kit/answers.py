"""Cases in batches: what a model raises becomes the answer that the protocol has for it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from .profiles import UnknownProfile
from .reading import CaseError

Outcome = dict[str, object]
Answer = dict[str, object]
"""`{"outcome": ...}`, `{"unsupported": why}` or `{"error": why}`."""

Profile = TypeVar("Profile")
Case = TypeVar("Case")


class Unsupported(Exception):
    """A case that is good, but that the model leaves alone; the message says why."""


def answers(run: Callable[[str, object], Outcome], profile: str, cases: Sequence[object]) -> list[Answer]:
    """One answer per case, in order."""
    return [answer(run, profile, case) for case in cases]


def answer(run: Callable[[Profile, Case], Outcome], profile: Profile, case: Case) -> Answer:
    """What `run` comes to."""
    try:
        return {"outcome": run(profile, case)}
    except (UnknownProfile, Unsupported) as reason:
        return {"unsupported": str(reason)}
    except CaseError as bad:
        return {"error": str(bad)}
