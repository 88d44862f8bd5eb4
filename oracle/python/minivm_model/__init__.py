"""The executable specification of the HSX MiniVM: plain Python, to be read beside the documents.

Start with `instructions`, one small function per instruction; `access` holds the checks of memory and stack,
`execution` the fetch-execute loop, `profile` the points where the two profiles part. `case` and `outcome` are the
data that goes in and comes out; `model_kit` has what the models of all subjects share.

What the comments cite:
  design 4.4       a section of the MiniVM design document
  facts 1.3, D9    a section, or a row of the list of divergences (1.7), of the reference facts
  protocol         machine protocol, version 1
  [access-order]   a rule of our own where those are silent; it is stated in a docstring under this name
"""

from collections.abc import Sequence

from model_kit import __version__
from model_kit.answers import Outcome, answers
from model_kit.profiles import UnknownProfile, named
from model_kit.reading import CaseError
from model_kit.shared import run_profiles as _run_profiles

from .case import Case, parse
from .execution import execute
from .outcome import report
from .profile import PROFILES, Profile

__all__ = ["PROFILES", "CaseError", "UnknownProfile", "__version__", "run", "run_batch", "run_profiles"]


def run(profile: str, case: object) -> Outcome:
    """The outcome of one case, both in the JSON shapes of the protocol; raises `UnknownProfile` or `CaseError`."""
    return _outcome(named(profile, PROFILES), parse(case))


def _outcome(profile: Profile, case: Case) -> Outcome:
    return report(execute(profile, case))


def run_batch(profile: str, cases: Sequence[object]) -> list[dict[str, object]]:
    """One answer per case, in order: `{"outcome": ...}`, `{"unsupported": why}` or `{"error": why}`."""
    return answers(run, profile, cases)


run_profiles = _run_profiles(_outcome, parse, PROFILES)
