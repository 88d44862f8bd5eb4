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


_Run = tuple[int, Answer, dict[str, object]]
"""The place of a profile, its answer, and the switches that it was asked for."""


class _Noting:
    """A profile that notes what it answers when it is asked: what it has answered once it has as attributes."""

    __slots__ = ("__dict__", "_profile")

    def __init__(self, profile: object) -> None:
        self._profile = profile

    def __getattr__(self, switch: str) -> Any:
        said = self.__dict__[switch] = getattr(self._profile, switch)
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
    runs: list[_Run] = []
    for place, profile in enumerate(profiles):
        same = _alike(profile, runs)
        if same is None:
            noting = _Noting(profile)
            got = answer(execute, cast(Profile, noting), read)
            same = next((of for of, other, _ in runs if _is(other, got)), None)
            runs.append((place if same is None else same, got, vars(noting)))
        shared.append(got if same is None else same)
    return shared


def _is(one: Answer, other: Answer) -> bool:
    """Whether both are the same as JSON, for which `True`, `1` and `1.0` are three things."""
    return one == other and repr(one) == repr(other)


def _alike(profile: object, runs: Sequence[_Run]) -> int | None:
    """The place of a run that would have been the same in this profile. Loops, as there are too many cases for
    generators."""
    for place, _, noted in runs:
        for switch, said in noted.items():
            if getattr(profile, switch) != said:
                break
        else:
            return place
    return None


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
