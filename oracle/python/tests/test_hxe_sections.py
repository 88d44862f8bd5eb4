"""The table, values, commands and their texts: what is read, every defect with its byte, and the order of judgement."""

import struct

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
    table_of,
    value,
    with_sections,
)

ONE, TWO = TABLE + 16, TABLE + 32  # where the body begins behind so many entries


class Records(LoaderTest):
    def test_values(self) -> None:
        numbers = bytes([7, 8, 9, 10]) + bytes.fromhex("7e010014001901020304fbffffff001d")
        content = numbers + b"temp\0\xc2\xb0C\0env\0"
        outcome = self.accepted(with_sections((VALUES, 1, content)))
        self.assertEqual(
            outcome["values"],
            [
                {
                    "group": 7,
                    "id": 8,
                    "flags": 9,
                    "auth": 10,
                    "init": 0x7E01,
                    "name": "temp",
                    "unit": "°C",
                    "epsilon": 0x102,
                    "min": 0x304,
                    "max": 0xFBFF,
                    "persist_key": 0xFFFF,
                    "group_name": "env",
                }
            ],
        )
        self.assertEqual(outcome["sections"], [{"kind": 1, "offset": ONE, "size": len(content), "count": 1}])

    def test_commands(self) -> None:
        numbers = bytes([7, 8, 9, 10]) + bytes.fromhex("deadbeef00100014abcd0014")
        outcome = self.accepted(with_sections((COMMANDS, 1, numbers + b"run\0now\0")))
        self.assertEqual(
            outcome["commands"],
            [
                {
                    "group": 7,
                    "id": 8,
                    "flags": 9,
                    "auth": 10,
                    "handler": 0xDEAD_BEEF,
                    "name": "run",
                    "help": "now",
                    "group_name": "now",
                    "reserved": 0xABCD,
                }
            ],
        )

    def test_in_the_order_of_the_table(self) -> None:
        """Though the second section is whole before the first."""
        first, second = value(1, 1) + value(1, 2), value(2, 1)
        table = [Entry(VALUES, TWO + 20, 40, 2), Entry(VALUES, TWO, 20, 1)]
        outcome = self.accepted(build(table=table, body=second + first))
        self.assertEqual([(each["group"], each["id"]) for each in outcome["values"]], [(1, 1), (1, 2), (2, 1)])
        self.assertEqual([section["offset"] for section in outcome["sections"]], [TWO + 20, TWO])

    def test_only_as_many_as_the_table_says(self) -> None:
        self.assertEqual(len(self.accepted(with_sections((VALUES, 1, value() + value())))["values"]), 1)
        self.assertEqual(self.accepted(with_sections((COMMANDS, 0, command(name=999))))["commands"], [])

    def test_unknown_kinds_are_not_judged(self) -> None:
        for kind in (0, 4, 0xFFFF_FFFF):
            outcome = self.accepted(with_sections((kind, 0xFFFF_FFFF, b"\xff{")))
            self.assertEqual(outcome["sections"], [{"kind": kind, "offset": ONE, "size": 2, "count": 0xFFFF_FFFF}])

    def test_no_metadata(self) -> None:
        """Either of the two being 0 says so; what lies there is not looked at."""
        entry = Entry(VALUES, 0, 0, 9)
        for image in (build(table=[entry], meta_count=0), build(table=[entry], meta_offset=0)):
            self.assertEqual(self.accepted(image)["sections"], [])


class Table(LoaderTest):
    def test_section_outside(self) -> None:
        for kind in (VALUES, COMMANDS, MAILBOXES, 9):
            for offset in (0, 1, 95):
                self.expect(build(table=[Entry(kind, offset, 0, 0)]), "section_outside", ONE)
        self.expect(build(table=[Entry(9, 96, 0, 0), Entry(9, 95, 0, 0)], body=b"x"), "section_outside", TWO)

    def test_entries_truncated(self) -> None:
        for kind, size, count in (
            (VALUES, 19, 1),
            (VALUES, 0, 1),
            (VALUES, 39, 2),
            (VALUES, 0xFFFF_FFFF, 0xFFFF_FFFF),
            (COMMANDS, 15, 1),
            (COMMANDS, 31, 2),
        ):
            self.expect(build(table=[Entry(kind, ONE, size, count)], body=bytes(40)), "entries_truncated", ONE)

    def test_order(self) -> None:
        self.expect(build(table=[Entry(VALUES, 95, 0, 1)]), "section_outside", ONE)

    def test_a_bad_entry_behind_a_section_that_is_there(self) -> None:
        table = [Entry(9, 96, 0, 0), Entry(VALUES, 96, 4, 1)]
        self.expect(build(table=table), "entries_truncated", TWO)


class Texts(LoaderTest):
    def names(self, content: bytes) -> tuple[object, ...]:
        outcome = self.accepted(with_sections((VALUES, 1, content)))
        [only] = outcome["values"]
        return only["name"], only["unit"], only["group_name"]

    def test_none_and_empty(self) -> None:
        self.assertEqual(self.names(value()), (None, None, None))
        self.assertEqual(self.names(value(name=20) + b"\0"), ("", None, None))

    def test_shared_and_overlapping(self) -> None:
        self.assertEqual(self.names(value(name=20, unit=20, group_name=22) + b"abc\0"), ("abc", "abc", "c"))

    def test_within_the_record(self) -> None:
        self.assertEqual(self.names(value(group=0x41, id_=0x42, unit=1)), (None, "B", None))

    def test_utf8(self) -> None:
        text = "\x01é€\U0001f600"
        self.assertEqual(self.names(value(name=20) + text.encode() + b"\0")[0], text)

    def test_defects(self) -> None:
        """Each as any text of a value and of a command; certain at the section's last byte."""
        for tail, beyond, error in (
            (b"", 0, "text_outside"),
            (b"abc\0", 4, "text_outside"),
            (b"abc\0", 0xFF00, "text_outside"),
            (b"abc", 0, "text_unterminated"),
            (b"\0\xff", 1, "text_unterminated"),
            (b"a\xff\0", 0, "text_not_utf8"),
            (b"\xc3\0\xa9", 0, "text_not_utf8"),
            (b"\xc0\x80\0", 0, "text_not_utf8"),
            (b"\xed\xa0\x80\0", 0, "text_not_utf8"),  # a surrogate
            (b"\xf4\x90\x80\x80\0", 0, "text_not_utf8"),
        ):
            for field in ("name", "unit", "group_name"):
                content = value(**{field: 20 + beyond}) + tail
                self.expect(with_sections((VALUES, 1, content)) + b"behind", error, ONE + len(content))
            for field in ("name", "help_", "group_name"):
                content = command(**{field: 16 + beyond}) + tail
                self.expect(with_sections((COMMANDS, 1, content)) + b"behind", error, ONE + len(content))

    def test_order_in_a_record(self) -> None:
        """Outside, unterminated and not UTF-8, in every order of the fields."""
        tail = b"\xff\0abc"
        outside, unterminated, not_utf8 = 99, 2, 0
        names = {outside: "text_outside", unterminated: "text_unterminated", not_utf8: "text_not_utf8"}
        for first, second, third in (
            (outside, unterminated, not_utf8),
            (unterminated, not_utf8, outside),
            (not_utf8, outside, unterminated),
        ):
            content = value(name=20 + first, unit=20 + second, group_name=20 + third) + tail
            self.expect(with_sections((VALUES, 1, content)), names[first], ONE + len(content))
            content = value(unit=20 + second, group_name=20 + third) + tail
            self.expect(with_sections((VALUES, 1, content)), names[second], ONE + len(content))
            content = command(name=16 + first, help_=16 + second, group_name=16 + third) + tail
            self.expect(with_sections((COMMANDS, 1, content)), names[first], ONE + len(content))
            content = command(help_=16 + second, group_name=16 + third) + tail
            self.expect(with_sections((COMMANDS, 1, content)), names[second], ONE + len(content))

    def test_order_of_records(self) -> None:
        content = value(1, 1, group_name=99) + value(1, 2, name=40) + b"abc"
        self.expect(with_sections((VALUES, 2, content)), "text_outside", ONE + len(content))


class Places(LoaderTest):
    """Sections over other parts, and which judgement comes first."""

    def test_over_code(self) -> None:
        code = value(name=20) + b"ok\0\0"
        image = build(code, table=[Entry(VALUES, 96, 24, 1)])
        self.assertEqual(self.accepted(image)["values"][0]["name"], "ok")
        self.expect(build(code[:22] + b"xx", table=[Entry(VALUES, 96, 24, 1)]), "text_unterminated", 96 + 24 + 16)

    def test_over_the_table(self) -> None:
        """The second entry is also a command; its size is where a command has name and help, its count the rest."""
        over = Entry(COMMANDS, TABLE + 16, 16, 1)
        outcome = self.accepted(build(table=[over, Entry(9, 96, 0, 0xABCD_0000)]))
        self.assertEqual([(each["handler"], each["reserved"]) for each in outcome["commands"]], [(96, 0xABCD)])
        self.expect(build(table=[over, Entry(9, 96, 0, 16)]), "text_outside", TWO)

    def test_over_each_other(self) -> None:
        content = value(3, 4) + value(5, 6)
        table = [Entry(VALUES, TWO, 40, 1), Entry(VALUES, TWO + 20, 20, 1)]
        outcome = self.accepted(build(table=table, body=content))
        self.assertEqual([each["id"] for each in outcome["values"]], [4, 6])

    def test_behind_other_bytes(self) -> None:
        table = [Entry(VALUES, ONE + 100, 20, 1)]
        self.accepted(build(table=table, body=bytes(100) + value()))
        self.expect(build(table=table, body=bytes(100) + value(name=20) + b"more"), "text_outside", ONE + 120)

    def test_before_its_entry(self) -> None:
        """The table comes last: content waits for its entry, and entries come one by one."""
        entries = b"".join(struct.pack(">IIII", kind, TABLE, 20, 1) for kind in (9, VALUES, 9))
        image = build(meta_offset=TABLE + 20, meta_count=3, body=value(name=20) + entries)
        self.expect(image, "text_outside", TABLE + 20 + 32)

    def test_size_0_waits_for_its_place(self) -> None:
        """It is whole when the image reaches its offset."""
        table = [Entry(MAILBOXES, TWO + 5, 0, 7), Entry(VALUES, TWO + 5, 0, 0)]
        self.accepted(build(table=table, body=bytes(5)))
        self.expect_at_end(build(table=table, body=bytes(4)), "section_outside")

    def test_the_earlier_byte_goes_before_the_table(self) -> None:
        bad_text, bad_mailbox = value(name=99), mailbox(0) + b"x"
        sections = ((VALUES, 1, bad_text), (MAILBOXES, 1, bad_mailbox))
        self.expect(with_sections(*sections), "text_outside", TWO + 20)
        swapped = [table_of(*sections)[1], table_of(*sections)[0]]
        self.expect(build(table=swapped, body=bad_text + bad_mailbox), "text_outside", TWO + 20)

    def test_the_table_orders_what_is_whole_at_the_same_byte(self) -> None:
        values, mailboxes = Entry(VALUES, TWO, 32, 1), Entry(MAILBOXES, TWO + 16, 16, 1)
        body = value(name=99)[:16] + mailbox(0, 1)
        self.expect(build(table=[values, mailboxes], body=body), "text_outside", TWO + 32)
        self.expect(build(table=[mailboxes, values], body=body), "mailbox_unnamed", TWO + 32)

    def test_content_that_ends_with_a_later_entry_goes_before_it(self) -> None:
        """The first section ends with the second entry, which is bad itself."""
        over = Entry(COMMANDS, TABLE + 16, 16, 1)
        self.expect(build(table=[over, Entry(9, 95, 0, 0)]), "section_outside", TWO)
        self.expect(build(table=[over, Entry(9, 95, 0, 16)]), "text_outside", TWO)

    def test_an_entry_goes_before_its_content(self) -> None:
        over_code = Entry(COMMANDS, 96, 4, 1)
        self.expect(build(table=[over_code]), "entries_truncated", ONE)

    def test_content_goes_before_a_later_entry(self) -> None:
        """Two sections over code; the first is judged with its own entry, 16 bytes before the bad one."""
        code = command(name=99)
        table = [Entry(COMMANDS, 96, 16, 1), Entry(9, 0, 0, 0)]
        self.expect(build(code, table=table), "text_outside", 96 + 16 + 16)

    def test_metadata_goes_before_the_crc(self) -> None:
        image = build(table=[Entry(9, 0, 0, 0)], crc32=1)
        self.expect(image, "section_outside", ONE)


class Unaffected(LoaderTest):
    def test_version_1_has_no_metadata(self) -> None:
        image = build(version=1, body=bytes(100))
        self.assertEqual(self.accepted(image)["sections"], [])

    def test_code_is_not_judged(self) -> None:
        self.accepted(build(b"\xff" * 4))
