"""Texts in a section: UTF-8, terminated by a NUL, found by their offset from the section's start (facts 2)."""

from .rejection import Flaw


def text(section: bytes, offset: int) -> str | None:
    """The text at `offset`; 0 says that there is none. It may begin anywhere, even within a record or another text."""
    if offset == 0:
        return None
    if offset >= len(section):
        raise Flaw("text_outside")
    end = section.find(b"\0", offset)
    if end < 0:
        raise Flaw("text_unterminated")
    try:
        return section[offset:end].decode()
    except UnicodeDecodeError:
        raise Flaw("text_not_utf8") from None
