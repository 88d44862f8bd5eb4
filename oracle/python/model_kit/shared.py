"""Cases in several profiles at once: what is the same in all of them is done once.

[asked-switches] A profile is a set of switches, and nothing else tells a model in which one it runs. So an outcome is
the same in each profile that answers alike for every switch that the run has asked for, and the model need not run
again. `tests/test_shared.py` runs it again nevertheless, and compares.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from .answers import Answer, Outcome, answer
from .profiles import named
from .reading import CaseError

Profile = TypeVar("Profile")
Case = TypeVar("Case")

Shared = list[Answer | int]
"""An answer for each profile; a number for one that is the same as that in the profile of this position."""


class _Noting:
    """A profile that notes what it answers when it is asked."""

    __slots__ = ("_profile", "noted")

    def __init__(self, profile: object) -> None:
        self._profile = profile
        self.noted: dict[str, object] = {}

    def __getattr__(self, switch: str) -> Any:
        said = self.noted[switch] = getattr(self._profile, switch)
        return said


def in_profiles(
    execute: Callable[[Profile, Case], Outcome],
    parse: Callable[[object], Case],
    profiles: Sequence[Profile],
    case: object,
    *,
    notes: bool = True,
) -> Shared:
    """The answers to a case. It is read once; `execute` must leave it as it is. Without `notes` it is run in each
    profile, which is faster where hardly any outcome is the same."""
    try:
        read = parse(case)
    except CaseError as bad:
        return [{"error": str(bad)}, *[0] * (len(profiles) - 1)]
    if not notes:
        return [answer(execute, profile, read) for profile in profiles]
    shared: Shared = []
    runs: list[tuple[int, Answer, dict[str, object]]] = []  # with their places, and the switches that they asked for
    for place, profile in enumerate(profiles):
        same = next((of for of, _, noted in runs if _answers_alike(profile, noted)), None)
        if same is None:
            noting = _Noting(profile)
            got = answer(execute, cast(Profile, noting), read)
            same = next((of for of, other, _ in runs if other == got), None)
            runs.append((place if same is None else same, got, noting.noted))
        shared.append(got if same is None else same)
    return shared


def _answers_alike(profile: object, noted: Mapping[str, object]) -> bool:
    return all(getattr(profile, switch) == said for switch, said in noted.items())


def run_profiles(
    execute: Callable[[Profile, Case], Outcome],
    parse: Callable[[object], Case],
    all_profiles: Mapping[str, Profile],
    *,
    notes: bool = True,
) -> Callable[[Sequence[str], Sequence[object]], list[Shared]]:
    """What `in_profiles` gives for each case of a batch, with the profiles by their names; raises `UnknownProfile`."""

    def run(names: Sequence[str], cases: Sequence[object]) -> list[Shared]:
        profiles = [named(name, all_profiles) for name in names]
        return [in_profiles(execute, parse, profiles, case, notes=notes) for case in cases]

    return run
