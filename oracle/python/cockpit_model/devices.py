"""Delay, clock and text output, and in the plan buttons, display and LED."""

from .handler import Handler
from .isa import ARGUMENTS, Op
from .machine import Machine
from .printf import formatted
from .stops import Failed

BUTTON = 255  # the highest number of a button


def delay(m: Machine, immediate: int) -> None:
    """The devices get whole milliseconds."""
    [time] = m.take(1)
    if time < 0:
        raise Failed(m.profile.error_of_operand)
    m.calls.append({"call": "delay", "ms": time // m.profile.delay_per_ms})


def millis(m: Machine, immediate: int) -> None:
    m.push(m.case.millis)


def micros(m: Machine, immediate: int) -> None:
    m.push(m.case.micros)


def printf(m: Machine, immediate: int) -> None:
    """The number of arguments is on top of them. The low byte of the immediate says which string, in both profiles."""
    [count] = m.take(1)
    m.require(count, ARGUMENTS)
    arguments = m.take(count)
    string = immediate & 0xFF
    text = formatted(m.case.strings[string], arguments) if string < len(m.case.strings) else None
    if text is None:
        raise Failed(m.profile.error_of_devices)
    m.calls.append({"call": "print", "text": text})


def _held(m: Machine) -> bool:
    [button] = m.take(1)
    m.require(button, BUTTON)
    return m.case.buttons.get(button) == 1


def button_pressed(m: Machine, immediate: int) -> None:
    m.push(_held(m))


def button_released(m: Machine, immediate: int) -> None:
    m.push(not _held(m))


def button_read(m: Machine, immediate: int) -> None:
    """[one-button] As BUTTON_PRESSED: one button, not the plan's five at once (decisions)."""
    m.push(_held(m))


def display_clear(m: Machine, immediate: int) -> None:
    m.calls.append({"call": "display_clear"})


def display_text(m: Machine, immediate: int) -> None:
    """The string is on top. Any x and y will do, as the plan names no range for them."""
    x, y, string = m.take(3)
    m.require(string, len(m.case.strings) - 1)
    m.calls.append({"call": "display_text", "x": x, "y": y, "string": string})


def display_update(m: Machine, immediate: int) -> None:
    m.calls.append({"call": "display_update"})


def led_morse(m: Machine, immediate: int) -> None:
    [string] = m.take(1)
    m.require(string, len(m.case.strings) - 1)
    m.calls.append({"call": "led_morse", "string": string})


BUILT: dict[int, Handler] = {
    Op.DELAY: delay,
    Op.PRINTF: printf,
    Op.MILLIS: millis,
    Op.MICROS: micros,
}
BUTTONS: dict[int, Handler] = {
    Op.BUTTON_PRESSED: button_pressed,
    Op.BUTTON_RELEASED: button_released,
}
DISPLAY: dict[int, Handler] = {
    Op.DISPLAY_CLEAR: display_clear,
    Op.DISPLAY_TEXT: display_text,
    Op.DISPLAY_UPDATE: display_update,
    Op.BUTTON_READ: button_read,
    Op.LED_MORSE: led_morse,
}
