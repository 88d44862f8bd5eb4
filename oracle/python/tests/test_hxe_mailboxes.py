"""Mailboxes: which form a section has, the binary form, and all that the JSON form takes and refuses."""

import json
from typing import Any

from hxe_support import MAILBOXES, TABLE, LoaderTest, mailbox, outcome_of, with_sections

BODY = TABLE + 16
PLAIN: dict[str, Any] = {"target": "m", "capacity": None, "mode": 3, "owner_pid": None, "bindings": []}
FALSY: list[Any] = [None, "", 0, False, [], {}]


class MailboxTest(LoaderTest):
    def mailboxes(self, content: bytes, count: int = 0) -> list[dict[str, Any]]:
        mailboxes: list[dict[str, Any]] = self.accepted(with_sections((MAILBOXES, count, content)))["mailboxes"]
        return mailboxes

    def refuse(self, content: bytes, error: str, count: int = 0) -> None:
        self.expect(with_sections((MAILBOXES, count, content)) + b"behind", error, BODY + len(content))


class Form(MailboxTest):
    def test_nothing(self) -> None:
        for content in (b"", b"\0", bytes(100)):
            for count in (0, 1, 0xFFFF_FFFF):
                self.assertEqual(self.mailboxes(content, count), [])

    def test_json_behind_white_space(self) -> None:
        for content in (b"[]", b"{}", b" \t\n\v\f\r[]", b"{}\0\0", b" [] \n\0", "[]\u2003\u00a0".encode()):
            self.assertEqual(self.mailboxes(content, 99), [])

    def test_json_gone_wrong(self) -> None:
        ends = (b"[", b"{", b"{\0", b"[]\0[]", b"[\0]", b"[] x", b"[\xff]", b"[],", b"\v{]", b"[{}")
        for content in (*ends, b"[NaN]", b"[-NaN]"):
            self.refuse(content, "mailbox_json")

    def test_anything_else_is_binary(self) -> None:
        """White space alone, a NUL before the bracket, and other JSON."""
        for content in (b"   ", b"\0[]", b'"m"', b"null", b"\xa0[]", b"\x1c[]", "\ufeff[]".encode()):
            self.assertEqual(self.mailboxes(content, 0), [])
            self.refuse(content, "entries_truncated", 1)


class Binary(MailboxTest):
    def test_records(self) -> None:
        content = mailbox(32, 0, 0) + mailbox(34, 0xFFFF, 0xFFFF) + b"a\0\xc3\xa9\0"
        self.assertEqual(
            self.mailboxes(content, 2),
            [
                {"target": "a", "capacity": None, "mode": 3, "owner_pid": None, "bindings": []},
                {"target": "é", "capacity": 0xFFFF, "mode": 0xFFFF, "owner_pid": None, "bindings": []},
            ],
        )

    def test_reserved_is_not_looked_at(self) -> None:
        self.assertEqual(self.mailboxes(mailbox(16)[:8] + b"\xff" * 8 + b"m\0", 1), [PLAIN])

    def test_entries_truncated(self) -> None:
        """Judged with the content, as only that tells the form."""
        self.refuse(mailbox(1)[:15], "entries_truncated", 1)
        self.refuse(mailbox(1) + bytes(15), "entries_truncated", 2)
        self.refuse(mailbox(1), "entries_truncated", 0xFFFF_FFFF)

    def test_names(self) -> None:
        for record, tail, error in (
            (mailbox(0, 1), b"", "mailbox_unnamed"),
            (mailbox(16), b"\0", "mailbox_unnamed"),
            (mailbox(15), b"", "mailbox_unnamed"),  # the last NUL of the record itself
            (mailbox(16), b"", "text_outside"),
            (mailbox(0xFFFF_FFFF), b"", "text_outside"),
            (mailbox(16), b"m", "text_unterminated"),
            (mailbox(16), b"\xff\0", "text_not_utf8"),
        ):
            self.refuse(record + tail, error, 1)

    def test_blank_is_a_name(self) -> None:
        self.assertEqual(self.mailboxes(mailbox(16) + b" \0", 1), [{**PLAIN, "target": " "}])

    def test_order(self) -> None:
        self.refuse(mailbox(0, 1) + mailbox(99), "mailbox_unnamed", 2)
        self.refuse(mailbox(99) + mailbox(0), "text_outside", 2)


class Document(MailboxTest):
    def test_forms(self) -> None:
        one = [{"target": "m"}]
        documents: list[Any] = [
            one,
            {"mailboxes": one},
            {"entries": one},
            {"version": 1, "mailboxes": one},
            {"version": None, "mailboxes": one, "colour": {}},
            {"version": True, "mailboxes": one},
            {"version": 1.0, "mailboxes": one},
            {"mailboxes": one, "entries": 5},
            *({"mailboxes": falsy, "entries": one} for falsy in FALSY),
        ]
        for document in documents:
            self.assertEqual(self.mailboxes(json.dumps(document).encode()), [PLAIN], document)

    def test_empty(self) -> None:
        documents: list[Any] = [[], {}, {"version": 1}, {"mailboxes": []}, {"mailboxes": 0, "entries": ""}]
        for document in documents:
            self.assertEqual(self.mailboxes(json.dumps(document).encode()), [])

    def test_wrong(self) -> None:
        one = [{"target": "m"}]
        documents: list[Any] = [
            [1],
            [None],
            [[]],
            ["m"],
            {"version": 2, "mailboxes": one},
            {"version": 0, "mailboxes": one},
            {"version": "1", "mailboxes": one},
            {"version": [], "mailboxes": one},
            {"mailboxes": {"target": "m"}},
            {"mailboxes": "m", "entries": one},
            {"mailboxes": 1},
            {"mailboxes": True},
            {"entries": {"a": 1}},
            {"mailboxes": [*one, 5]},
        ]
        for document in documents:
            self.refuse(json.dumps(document).encode(), "mailbox_json")

    def test_the_last_of_equal_keys_counts(self) -> None:
        self.assertEqual(self.mailboxes(b'[{"target":5,"target":"m","capacity":-1,"capacity":null}]'), [PLAIN])
        self.refuse(b'[{"target":"m","target":5}]', "mailbox_json")

    def test_not_json(self) -> None:
        """Control characters; other quotes; beyond Python's limits."""
        for text in (
            "-NaN",
            "+Infinity",
            '"\n"',
            "'x'",
            "01",
            "1.",
            "+1",
            "[1,]",
            "9" * 4301,
            "-" + "9" * 4301,
            "[" * 100_000,
            '{"":' * 100_000,
        ):
            self.refuse(b'[{"target":"m","x":' + text.encode() + b"}]", "mailbox_json")

    def test_unused_members_may_be_anything(self) -> None:
        for text in ("1e999", "-0", '"\\ud800"', "[[]]", "9" * 4300, "-" + "9" * 4300, "NaN", "-Infinity"):
            self.assertEqual(self.mailboxes(b'[{"target":"m","x":' + text.encode() + b"}]"), [PLAIN])

    def test_depth(self) -> None:
        """A value in a mailbox is copied, one beside the mailboxes only read. Texts have no brackets."""
        for before, behind, deepest in (
            ('[{"target":"m","x":', "}]", 491),
            ('[{"target":"m","bindings":[{"pid":1,"x":', "}]}]", 489),
            ('{"x":', ',"mailboxes":[{"target":"m"}]}', 990),
        ):
            for opening, core, closing in (("[", "1", "]"), ("[", '"]{["', "]"), ('{"a":', "1", "}")):
                for depth in (1, 127, 128, 129, deepest, deepest + 1):
                    text = before + depth * opening + core + depth * closing + behind
                    with self.subTest(before=before, opening=opening, depth=depth):
                        if depth <= deepest:
                            self.assertEqual(self.mailboxes(text.encode())[0]["target"], "m")
                        else:
                            self.refuse(text.encode(), "mailbox_json")

    def test_several_in_order(self) -> None:
        document = [{"target": name} for name in ("b", "a", "c")]
        self.assertEqual([each["target"] for each in self.mailboxes(json.dumps(document).encode())], ["b", "a", "c"])


class Members(MailboxTest):
    def member(self, key: str, **members: Any) -> object:
        """This member of the mailbox that these members of the JSON form declare."""
        [only] = self.mailboxes(json.dumps([{"target": "m", **members}]).encode())
        return only[key]

    def wrong(self, **members: Any) -> None:
        self.refuse(json.dumps([{"target": "m", **members}]).encode(), "mailbox_json")

    def test_target(self) -> None:
        self.assertEqual(self.member("target", target="t", name=5), "t")
        for falsy in FALSY:
            self.assertEqual(self.member("target", target=falsy, name="n"), "n")
        self.assertEqual(self.member("target", target=" é\t"), "é")
        self.assertEqual(self.member("target", target="a\0b"), "a\0b")

    def test_target_wrong(self) -> None:
        for target in (5, True, ["m"], {"m": 1}, 1.5, " ", "\t\n", "\u2003", "\ud800", "a\udfffb"):
            self.wrong(target=target, name="n")
        for falsy in FALSY:
            self.wrong(target=falsy)
            self.wrong(target=falsy, name=falsy)
        self.refuse(b"[{}]", "mailbox_json")

    def test_capacity(self) -> None:
        for value, capacity in (
            (None, None),
            ("", None),
            (0, None),
            (0.0, None),
            (False, None),
            (True, 1),
            (64, 64),
            (64.9, 64),
            (0.5, 0),
            (-0.5, 0),
            ("0", 0),
            (" 1_000\n", 1000),
            ("+7", 7),
            ("٣", 3),
            (2**63 - 1, 2**63 - 1),
            (2**63, "9223372036854775808"),
            (1e19, "1" + "0" * 19),
            (1e23, "99999999999999991611392"),
            ("9" * 4300, "9" * 4300),
        ):
            self.assertEqual(self.member("capacity", capacity=value), capacity, value)
            self.assertEqual(self.member("capacity", queue_depth=value), capacity, value)
        self.assertEqual(self.member("capacity"), None)
        self.assertEqual(self.member("capacity", capacity=None, queue_depth=5), None)
        self.assertEqual(self.member("capacity", capacity=4, queue_depth=-5), 4)

    def test_capacity_wrong(self) -> None:
        wrong: list[Any] = [-1, -1.0, "-1", " ", "x", "0x10", "1.5", "1__0", [], {}, [1], "9" * 4301, "0" * 4301]
        for value in wrong:
            self.wrong(capacity=value)
        for infinite in (b"1e999", b"NaN", b"Infinity"):
            self.refuse(b'[{"target":"m","capacity":' + infinite + b"}]", "mailbox_json")

    def test_mode_numbers(self) -> None:
        for value, mode in (
            (None, 3),
            ("", 3),
            (0, 3),
            (False, 3),
            (0.0, 3),
            (True, 1),
            (8, 8),
            (9.7, 9),
            (0.5, 0),
            (0xFFFF, 0xFFFF),
            (0x1_0000, 0),
            (2**63 - 1, 0xFFFF),
            (2**64 + 5, 5),
            (10**4299, 0),
        ):
            self.assertEqual(self.member("mode", mode=value), mode, value)

    def test_mode_names(self) -> None:
        for names, mode in (
            ("RDONLY", 1),
            ("readonly", 1),
            ("Ro", 1),
            ("WRONLY", 2),
            ("WRITEONLY", 2),
            ("WO", 2),
            ("RDWR", 3),
            ("RW", 3),
            ("TAP", 4),
            ("FANOUT", 8),
            ("FANOUT_DROP", 16),
            ("FANOUT_BLOCK", 32),
            ("RDWR|FANOUT_DROP", 19),
            (" rdwr , tap|| fanout,", 15),
            ("RO|RO", 1),
            ("|", 3),
            (" , ", 3),
        ):
            self.assertEqual(self.member("mode", mode=names), mode, names)

    def test_mode_wrong(self) -> None:
        wrong: list[Any] = [-1, -1.5, "3", "RDWR FANOUT", "RDWR+TAP", "bogus", "RDWR|bogus", [], ["RDWR"], {}, -(2**64)]
        for value in wrong:
            self.wrong(mode=value)

    def test_the_first_mode_that_is_there(self) -> None:
        self.assertEqual(self.member("mode", flags=8, mode=4, mode_mask=1), 1)
        self.assertEqual(self.member("mode", flags=8, mode=4), 4)
        self.assertEqual(self.member("mode", flags=8), 8)
        self.assertEqual(self.member("mode", mode_mask=None, mode="bogus"), 3)

    def test_owner(self) -> None:
        small = ((None, None), ("", None), (0, 0), (False, 0), (5, 5), (-5, -5), ("7", 7))
        for value, owner in (*small, (-(2**63),) * 2, (2**63, str(2**63))):
            self.assertEqual(self.member("owner_pid", owner_pid=value), owner, value)
        self.assertEqual(self.member("owner_pid"), None)
        self.assertEqual(self.member("owner_pid", owner_pid=-(2**63) - 1), "-9223372036854775809")
        wrong: list[Any] = ["x", " ", [], {}]
        for value in wrong:
            self.wrong(owner_pid=value)

    def test_bindings(self) -> None:
        for value, bindings in (
            (None, []),
            ([], []),
            ([{"pid": 1}], [{"pid": 1, "flags": 0}]),
            ([{"pid": "2", "flags": 3.5, "x": 1}], [{"pid": 2, "flags": 3}]),
            (
                [{"pid": -1, "flags": -1}, {"pid": True, "flags": 0x1_0002}],
                [{"pid": -1, "flags": 0xFFFF}, {"pid": 1, "flags": 2}],
            ),
            ([{"pid": 2**64, "flags": -(2**80) - 2}], [{"pid": str(2**64), "flags": 0xFFFE}]),
        ):
            self.assertEqual(self.member("bindings", bindings=value), bindings, value)

    def test_bindings_wrong(self) -> None:
        wrong: list[Any] = [
            0,
            "",
            False,
            {},
            {"pid": 1},
            [1],
            [[]],
            [None],
            [{}],
            [{"flags": 1}],
            [{"pid": None}],
            [{"pid": ""}],
            [{"pid": "x"}],
            [{"pid": 1, "flags": None}],
            [{"pid": 1, "flags": ""}],
            [{"pid": 1, "flags": "RDWR"}],
            [{"pid": "9" * 4301}],
        ]
        for value in wrong:
            self.wrong(bindings=value)


class Outcomes(MailboxTest):
    def test_can_be_written_as_json(self) -> None:
        outcome = outcome_of("reference", with_sections((MAILBOXES, 0, b'[{"target":"m","bindings":[{"pid":1}]}]')))
        self.assertEqual(json.loads(json.dumps(outcome)), outcome)
