"""The opcode table: what executes each opcode that there is, for a profile (facts 1.3)."""

from . import arithmetic, comparison, data, devices, flow, pins
from .handler import Handler
from .profile import Profile

_BUILT = (data.BUILT, arithmetic.BUILT, comparison.BUILT, flow.BUILT, pins.BUILT, devices.BUILT)
BUILT: dict[int, Handler] = {  # a plain integer is looked up faster
    int(opcode): handler for built in _BUILT for opcode, handler in built.items()
}


def handler_of(opcode: int, profile: Profile) -> Handler | None:
    """An opcode that has none is invalid. What is built is in all profiles."""
    if opcode in BUILT:
        return BUILT[opcode]
    if opcode in arithmetic.BITWISE and profile.bitwise:
        return arithmetic.BITWISE[opcode]
    if opcode in devices.BUTTONS and profile.buttons:
        return devices.BUTTONS[opcode]
    if opcode in devices.DISPLAY and profile.display:
        return devices.DISPLAY[opcode]
    return None
