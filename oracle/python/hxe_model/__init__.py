"""The executable specification of the loader of HXE images: plain Python, to be read beside the documents.

Start with `loader`, which takes an image piece by piece and knows when each part of it is judged. `header` says which
beginnings can still become a header; `sections`, `records`, `mailboxes` and `texts` what the metadata must be;
`rejection` names every error; `profile` is where the two profiles part. `case` and `outcome` are the data that goes in
and comes out; `model_kit` has what the models of all subjects share.

[earliest-byte] An image is rejected at the first byte after which nothing that could follow would make it good, however
it was cut into pieces (design 6.1.2). What no byte makes certain, such as a wrong CRC, is found at the image's end.

What the comments cite:
  design 6.1.2      a section of the MiniVM design document
  facts 2, D29      a section, or a row of the list of divergences (1.7), of the reference facts
  protocol          machine protocol, version 1
  [earliest-byte]   a rule of the subject; it is stated in a docstring under this name
"""

from collections.abc import Sequence

from model_kit import __version__
from model_kit.answers import Outcome, answers
from model_kit.profiles import UnknownProfile, named
from model_kit.reading import CaseError
from model_kit.shared import run_profiles as _run_profiles

from .case import Case, parse
from .loader import load
from .outcome import accepted, rejected
from .profile import PROFILES, Profile
from .rejection import Rejected

__all__ = ["PROFILES", "CaseError", "UnknownProfile", "__version__", "run", "run_batch", "run_profiles"]


def run(profile: str, case: object) -> Outcome:
    """The outcome of one case, both in the JSON shapes of the protocol; raises `UnknownProfile` or `CaseError`."""
    return _outcome(named(profile, PROFILES), parse(case))


def _outcome(profile: Profile, case: Case) -> Outcome:
    try:
        return accepted(load(profile, [case.image]))
    except Rejected as rejection:
        return rejected(rejection)


def run_batch(profile: str, cases: Sequence[object]) -> list[dict[str, object]]:
    """One answer per case, in order: `{"outcome": ...}`, `{"unsupported": why}` or `{"error": why}`."""
    return answers(run, profile, cases)


run_profiles = _run_profiles(_outcome, parse, PROFILES)
