"""Profiles by name. What a profile switches is each model's own affair."""

from collections.abc import Mapping
from typing import TypeVar

Profile = TypeVar("Profile")


class UnknownProfile(LookupError):
    """A profile that the model does not have."""


def named(name: str, profiles: Mapping[str, Profile]) -> Profile:
    """The profile of this name."""
    if name not in profiles:
        raise UnknownProfile(f"profile {name!r} is not one of {', '.join(profiles)}")
    return profiles[name]
