"""Where strict parts from the reference: ids and mailbox names that stand twice (rodata is in test_hxe_header)."""

import json

from hxe_support import (
    COMMANDS,
    MAILBOXES,
    TABLE,
    VALUES,
    Entry,
    LoaderTest,
    build,
    command,
    mailbox,
    value,
    with_sections,
)

ONE, TWO = TABLE + 16, TABLE + 32


class StrictTest(LoaderTest):
    def only_strict(self, image: bytes, error: str, offset: int) -> None:
        self.accepted(image, ["reference"])
        self.expect(image, error, offset, ["strict"])


class Ids(StrictTest):
    def test_in_one_section(self) -> None:
        for kind, record in ((VALUES, value), (COMMANDS, command)):
            content = record(1, 2) + record(2, 1) + record(1, 2)
            self.only_strict(with_sections((kind, 3, content), (9, 0, b"x")), "duplicate_id", TWO + len(content))

    def test_in_two_sections(self) -> None:
        for kind, record in ((VALUES, value), (COMMANDS, command)):
            content = record(1, 2)
            self.only_strict(
                with_sections((kind, 1, content), (kind, 1, content)), "duplicate_id", TWO + 2 * len(content)
            )

    def test_certain_when_the_later_section_is_whole(self) -> None:
        """Whichever comes first in the table."""
        near, far = Entry(VALUES, TWO, 20, 1), Entry(VALUES, TWO + 30, 20, 1)
        body = value() + bytes(10) + value() + b"behind"
        for table in ([near, far], [far, near]):
            self.only_strict(build(table=table, body=body), "duplicate_id", TWO + 50)

    def test_the_same_section_twice(self) -> None:
        entry = Entry(VALUES, TWO, 20, 1)
        self.only_strict(build(table=[entry, entry], body=value()), "duplicate_id", TWO + 20)

    def test_each_kind_for_itself(self) -> None:
        self.accepted(with_sections((VALUES, 1, value(1, 2)), (COMMANDS, 1, command(1, 2))))

    def test_both_numbers_count(self) -> None:
        self.accepted(with_sections((VALUES, 3, value(1, 2) + value(1, 3) + value(2, 2))))

    def test_records_that_do_not_count(self) -> None:
        self.accepted(with_sections((VALUES, 1, value() + value())))

    def test_content_goes_before_uniqueness(self) -> None:
        content = value() + value() + value(name=999)
        self.expect(with_sections((VALUES, 3, content)), "text_outside", ONE + len(content))

    def test_uniqueness_goes_before_the_next_content(self) -> None:
        """Both sections end at the same byte, and the text is outside of the second only."""
        content = value() + value(name=20)
        first, second = Entry(VALUES, TWO, 40, 2), Entry(VALUES, TWO + 20, 20, 1)
        image = build(table=[first, second], body=content)
        self.expect(image, "text_outside", TWO + 40, ["reference"])
        self.expect(image, "duplicate_id", TWO + 40, ["strict"])


class Names(StrictTest):
    def test_in_one_section(self) -> None:
        twice = json.dumps([{"target": "m"}, {"name": "m", "capacity": 5}]).encode()
        self.only_strict(with_sections((MAILBOXES, 0, twice)), "duplicate_mailbox", ONE + len(twice))
        twice = mailbox(32) + mailbox(34) + b"m\0m\0"
        self.only_strict(with_sections((MAILBOXES, 2, twice)), "duplicate_mailbox", ONE + len(twice))

    def test_across_forms(self) -> None:
        json_form, binary = b'[{"target":"m"}]', mailbox(16) + b"m\0"
        image = with_sections((MAILBOXES, 0, json_form), (MAILBOXES, 1, binary))
        self.only_strict(image, "duplicate_mailbox", TWO + len(json_form) + len(binary))

    def test_names_differ_by_any_character(self) -> None:
        names = ["m", "M", "m m", "m\0", "é", "e\u0301"]
        self.accepted(with_sections((MAILBOXES, 0, json.dumps([{"target": name} for name in names]).encode())))
