"""The formatter of PRINTF: %d, %x and %c (facts 3).

[percent] A % with a character behind it needs an argument that is left, whatever the character is. Only the three
conversions use it up; any other % stands for itself, and the character behind it is then read like any other. So `%%d`
is a percent sign and a number. A % at the end needs nothing.

[print-bytes] A character of the text printed is a byte, 0x01 to 0xFF: %c prints the low byte of its argument. The text
ends before the first NUL that %c prints, as the devices print it as a C string; the whole format is obeyed all the
same. The reference's limit of 255 bytes cannot be reached by 127 characters and eight arguments.
"""

from collections.abc import Callable, Mapping, Sequence

from .isa import U32

_CONVERSIONS: Mapping[str, Callable[[int], str]] = {
    "d": str,
    "x": lambda value: f"{value & U32:x}",
    "c": lambda value: chr(value & 0xFF),
}


def formatted(template: str, arguments: Sequence[int]) -> str | None:
    """The text, or None if an argument is missing. Arguments that are left over do no harm."""
    text = ""
    used = 0
    at = 0
    while at < len(template):
        piece = template[at]
        following = template[at + 1 : at + 2]
        at += 1
        if piece == "%" and following:
            if used == len(arguments):
                return None
            if following in _CONVERSIONS:
                piece = _CONVERSIONS[following](arguments[used])
                used += 1
                at += 1
        text += piece
    return text.partition("\0")[0]
