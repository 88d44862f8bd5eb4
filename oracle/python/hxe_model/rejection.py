"""Why an image is rejected: every error by its name, and how it is passed on."""

from typing import Literal

Error = Literal[
    # The header, in the order in which they are named when one byte breaks several.
    "bad_magic",
    "unsupported_version",
    "code_too_large",
    "rodata_too_large",
    "bss_too_large",
    "code_misaligned",
    "rodata_misaligned",
    "entry_misaligned",
    "entry_outside_code",
    "name_not_ascii",
    "reserved_not_zero",
    "metadata_overlap",
    # The table of sections.
    "section_outside",
    "entries_truncated",
    # What is in a section.
    "text_outside",
    "text_unterminated",
    "text_not_utf8",
    "mailbox_json",
    "mailbox_unnamed",
    "duplicate_id",
    "duplicate_mailbox",
    # The end of the image, in this order, and then `section_outside` again.
    "too_small",
    "header_truncated",
    "crc_mismatch",
    "truncated",
    "table_outside",
]


class Flaw(Exception):
    """Something wrong in a part of an image. Only the loader knows at which byte that part was judged."""

    def __init__(self, error: Error) -> None:
        super().__init__(error)
        self.error = error


class Rejected(Exception):
    """The image is rejected: the error, and the number of bytes after which that was certain."""

    def __init__(self, error: Error, offset: int) -> None:
        super().__init__(error, offset)
        self.error = error
        self.offset = offset
