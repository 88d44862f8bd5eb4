"""The executable specification of the HSX executive: plain Python, to be read beside the documents.

Start with `calls`, what the host may call, and `services`, what tasks may; `scheduler` and `policies` say who is next.
A turn and the states of tasks are one thing in the reference (`reference_turn`, `reference_tasks`), another in strict
(`strict_turn`, `strict_tasks`, `handlers`). `mailbox`, `mailboxes`, `waits` and `targets` are the mailboxes; `values`,
`commands`, `registry`, `descriptors` and `pool` what tasks publish; `files` the file system; `loading` and `layouts`
how an image becomes a task. `executive` puts the parts together, `profile` is where the two profiles part. `case` and
`outcome` are the data that goes in and comes out; `model_kit` has what the models of all subjects share.

Instructions are executed by `minivm_model`, and images read by `hxe_model`, each in its profile of the same name.

What the comments cite:
  facts 1.3, E9     a section, or a row of the list of divergences (7), of the executive facts
  spec 4.1, X5      a section, or a switch without a row there, of the subject's specification
  design 4.3        a section of the MiniVM design document
  protocol          machine protocol
  [serve]           a rule of our own where those are silent; it is stated in a docstring under this name
"""

from collections.abc import Sequence

from model_kit import __version__
from model_kit.answers import Outcome, Unsupported, answers
from model_kit.profiles import UnknownProfile, named
from model_kit.reading import CaseError
from model_kit.shared import run_profiles as _run_profiles

from .case import parse
from .profile import PROFILES
from .script import run_script

__all__ = ["PROFILES", "CaseError", "UnknownProfile", "Unsupported", "__version__", "run", "run_batch", "run_profiles"]


def run(profile: str, case: object) -> Outcome:
    """The outcome of one case, both in the JSON shapes of the protocol; raises `UnknownProfile`, `Unsupported` or
    `CaseError`."""
    return run_script(named(profile, PROFILES), parse(case))


def run_batch(profile: str, cases: Sequence[object]) -> list[dict[str, object]]:
    """One answer per case, in order: `{"outcome": ...}`, `{"unsupported": why}` or `{"error": why}`."""
    return answers(run, profile, cases)


run_profiles = _run_profiles(run_script, parse, PROFILES, notes=False)
