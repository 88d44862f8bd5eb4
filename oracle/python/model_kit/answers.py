"""Cases in batches: what a model raises becomes the answer that the protocol has for it."""

from collections.abc import Callable, Sequence

from .profiles import UnknownProfile
from .reading import CaseError

Outcome = dict[str, object]


class Unsupported(Exception):
    """A case that is good, but that the model leaves alone; the message says why."""


def answers(run: Callable[[str, object], Outcome], profile: str, cases: Sequence[object]) -> list[dict[str, object]]:
    """One answer per case, in order: `{"outcome": ...}`, `{"unsupported": why}` or `{"error": why}`."""
    return [_answer(run, profile, case) for case in cases]


def _answer(run: Callable[[str, object], Outcome], profile: str, case: object) -> dict[str, object]:
    try:
        return {"outcome": run(profile, case)}
    except (UnknownProfile, Unsupported) as reason:
        return {"unsupported": str(reason)}
    except CaseError as bad:
        return {"error": str(bad)}
