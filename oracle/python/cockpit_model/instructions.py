"""The opcode table: what executes each opcode that there is, for a profile (facts 1.3)."""

from functools import cache

from . import arithmetic, comparison, data, devices, flow, pins
from .handler import Handler
from .profile import Profile

BUILT: dict[int, Handler] = {
    **data.BUILT,
    **arithmetic.BUILT,
    **comparison.BUILT,
    **flow.BUILT,
    **pins.BUILT,
    **devices.BUILT,
}


@cache
def handlers(profile: Profile) -> dict[int, Handler]:
    """Every opcode that is not among them is invalid."""
    there = dict(BUILT)
    if profile.bitwise:
        there |= arithmetic.BITWISE
    if profile.buttons:
        there |= devices.BUTTONS
    if profile.display:
        there |= devices.DISPLAY
    return there
