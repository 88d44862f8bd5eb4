"""Images that declare something, for tests."""

import struct
import zlib

from lockstep_minivm import assemble

Section = tuple[int, int, bytes]
"""Type, number of entries, bytes."""

VALUE: Section = (
    1,
    1,
    struct.pack(">4B8H", 1, 1, 0, 0, 0x3E00, 20, 25, 0x3800, 0xC900, 0x4900, 7, 30) + b"temp\0degC\0grp\0",
)
"""Value 1:1 "temp", which begins with 1.5; changes below 0.5 do not count."""


def command(handler: int = 0) -> Section:
    """Command 1:1 "reset", which may be called without waiting. Its handler is at an address of code."""
    return 2, 1, struct.pack(">4BI4H", 1, 1, 2, 0, handler, 16, 22, 0, 0) + b"reset\0Reset it\0"


def image(source: str, *sections: Section, name: str = "", flags: int = 2) -> bytes:
    """An image of version 2. Bit 1 of flags: several instances may run."""
    program = assemble(source)
    table = 96 + len(program.code) + len(program.rodata)
    entries, contents = b"", b""
    for kind, count, content in sections:
        offset = table + 16 * len(sections) + len(contents)
        entries += struct.pack(">4I", kind, offset, len(content), count)
        contents += content
    sizes = (program.entry, len(program.code), len(program.rodata), 0, 0)
    head = b"HSXE" + struct.pack(">2H5I", 2, flags, *sizes)
    body = program.code + program.rodata + entries + contents
    metadata = (table, len(sections)) if sections else (0, 0)
    rest = struct.pack(">I32s2I24x", zlib.crc32(head + body), name.encode(), *metadata)
    return head + rest + body
