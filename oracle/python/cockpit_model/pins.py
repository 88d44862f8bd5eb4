"""The pins. Pins 0 to 19 are there; a higher one that is still in range is refused by the devices (facts 1.4)."""

from .handler import Handler
from .isa import PINS, Op
from .machine import Machine
from .stops import Failed

OUTPUT = 1  # the mode in which a pin can be written; a pin can be read in any


def _require_pin(m: Machine, pin: int) -> None:
    if not 0 <= pin <= m.profile.highest_pin:
        raise Failed(m.profile.error_of_pin)


def _require_board(m: Machine, pin: int) -> None:
    if pin >= PINS:
        raise Failed(m.profile.error_of_devices)


def _require_output(m: Machine, pin: int) -> None:
    """A pin that is not there has no mode either."""
    if m.modes.get(pin) != OUTPUT:
        raise Failed(m.profile.error_of_devices)


def digital_write(m: Machine, immediate: int) -> None:
    pin, value = m.take(2)
    _require_pin(m, pin)
    m.require(value, m.profile.highest_digital)
    _require_output(m, pin)
    m.calls.append({"call": "digital_write", "pin": pin, "value": value})


def analog_write(m: Machine, immediate: int) -> None:
    pin, value = m.take(2)
    _require_pin(m, pin)
    m.require(value, 0xFFFF)
    _require_output(m, pin)
    m.calls.append({"call": "analog_write", "pin": pin, "value": value})


def _readable_pin(m: Machine) -> int:
    [pin] = m.take(1)
    _require_pin(m, pin)
    _require_board(m, pin)
    return pin


def digital_read(m: Machine, immediate: int) -> None:
    """What the case says, whatever was written; 0 if it says nothing."""
    m.push(m.case.digital.get(_readable_pin(m), 0))


def analog_read(m: Machine, immediate: int) -> None:
    """What the case says, whatever was written; 512 if it says nothing."""
    m.push(m.case.analog.get(_readable_pin(m), 512))


def pin_mode(m: Machine, immediate: int) -> None:
    pin, mode = m.take(2)
    _require_pin(m, pin)
    m.require(mode, m.profile.highest_mode)
    _require_board(m, pin)
    m.modes[pin] = mode
    m.calls.append({"call": "pin_mode", "pin": pin, "mode": mode})


BUILT: dict[int, Handler] = {
    Op.DIGITAL_WRITE: digital_write,
    Op.DIGITAL_READ: digital_read,
    Op.ANALOG_WRITE: analog_write,
    Op.ANALOG_READ: analog_read,
    Op.PIN_MODE: pin_mode,
}
