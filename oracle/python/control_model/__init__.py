"""The executable specification of MiniVM's control plane: plain Python, to be read beside the design document.

Start with `calls`, one small function per call; `plane` holds what the calls share, `configuration` what `init` sets,
`loading` an image on its way, `task` a loaded task, `registers` and `execution` what is done to one. `refusal` names
every error, `profile` how the subjects below are read. `case` and `outcome` are the data that goes in and comes out;
`model_kit` has what the models of all subjects share. Instructions are those of `minivm_model` and images those of
`hxe_model`: this model knows only how a host loads, selects, runs and inspects tasks.

What the comments cite:
  design 6.1.1      a section of the MiniVM design document
  protocol          the subject's part of the machine protocol, version 1
  [one-loads]       a rule of our own where those are silent; it is stated in a docstring under this name
"""

from collections.abc import Sequence

from model_kit import __version__
from model_kit.answers import Outcome, answers
from model_kit.profiles import UnknownProfile, named
from model_kit.reading import CaseError

from .calls import answer
from .case import parse
from .outcome import report
from .plane import Plane
from .profile import PROFILES

__all__ = ["PROFILES", "CaseError", "UnknownProfile", "__version__", "run", "run_batch"]


def run(profile: str, case: object) -> Outcome:
    """The outcome of one case, both in the JSON shapes of the protocol; raises `UnknownProfile` or `CaseError`."""
    readings = named(profile, PROFILES)
    script = parse(case)
    plane = Plane(readings, script.room)
    results = [answer(plane, call) for call in script.calls]
    return report(results, plane)


def run_batch(profile: str, cases: Sequence[object]) -> list[dict[str, object]]:
    """One answer per case, in order: `{"outcome": ...}`, `{"unsupported": why}` or `{"error": why}`."""
    return answers(run, profile, cases)
