"""The executable specification of the HSX MiniVM: plain Python, to be read beside the documents.

Start with `instructions`, one small function per instruction; `access` holds the checks of memory and stack,
`execution` the fetch-execute loop, `profile` the points where the two profiles part. `case` and `outcome` are the
data that goes in and comes out, `server` the line protocol around it.

What the comments cite:
  design 4.4       a section of the MiniVM design document
  facts 1.3, D9    a section, or a row of the list of divergences (1.7), of the reference facts
  protocol         machine protocol, version 1
  [access-order]   a rule of our own where those are silent; it is stated in a docstring under this name
"""

from collections.abc import Sequence

from .case import CaseError, parse
from .execution import execute
from .outcome import Outcome, report
from .profile import PROFILES, UnknownProfile, named

__all__ = ["PROFILES", "CaseError", "UnknownProfile", "run", "run_batch"]
__version__ = "0.1.0"


def run(profile: str, case: object) -> Outcome:
    """The outcome of one case, both in the JSON shapes of the protocol; raises `UnknownProfile` or `CaseError`."""
    return report(execute(named(profile), parse(case)))


def run_batch(profile: str, cases: Sequence[object]) -> list[dict[str, object]]:
    """One answer per case, in order: `{"outcome": ...}`, `{"unsupported": why}` or `{"error": why}`."""
    return [_answer(profile, case) for case in cases]


def _answer(profile: str, case: object) -> dict[str, object]:
    try:
        return {"outcome": run(profile, case)}
    except UnknownProfile as unknown:
        return {"unsupported": str(unknown)}
    except CaseError as bad:
        return {"error": str(bad)}
