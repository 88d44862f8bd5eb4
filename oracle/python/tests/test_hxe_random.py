"""Laws of the loader, on random images with a fixed seed: good ones, damaged ones, and plain noise."""

import json
import random
import struct
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import get_args

from hxe_support import (
    BOTH,
    COMMANDS,
    MAILBOXES,
    TABLE,
    VALUES,
    Entry,
    LoaderTest,
    build,
    command,
    mailbox,
    outcome_in_pieces,
    outcome_of,
    rejection,
    sealed,
    value,
)

from hxe_model.rejection import Error

AT_END = {"too_small", "header_truncated", "crc_mismatch", "truncated", "table_outside", "section_outside"}


def content(rng: random.Random, kind: int) -> tuple[int, bytes]:
    """A count and a section that fits it, with now and then something wrong in it."""
    count = rng.randrange(4)
    strings = rng.choice((b"", b"\0", b"name\0unit", b"name\0unit\0", b"\xff\0name\0"))

    def text(record: int) -> int:
        return rng.choice((0, 0, count * record, count * record + 1, count * record + rng.randrange(12)))

    if kind == VALUES:
        records = [value(1, rng.randrange(9), text(20), text(20), text(20)) for _ in range(count)]
    elif kind == COMMANDS:
        records = [command(1, rng.randrange(9), text(16), text(16), text(16)) for _ in range(count)]
    elif rng.random() < 0.5:
        records = [mailbox(text(16) or count * 16, rng.randrange(3), rng.randrange(3)) for _ in range(count)]
    else:
        names = [rng.choice(("a", "b", "c", "d", "", 5)) for _ in range(count)]
        return count, json.dumps([{"target": name, "mode": rng.choice(("RO", 5, "x"))} for name in names]).encode()
    return count, b"".join(records) + strings


def image(rng: random.Random) -> bytes:
    """An image of some sections anywhere, the table before, between or behind them."""
    kinds = [rng.choice((VALUES, VALUES, COMMANDS, MAILBOXES, MAILBOXES, 9)) for _ in range(rng.randrange(4))]
    before = rng.choice((b"", bytes(5), value() + value(1, 2)))
    table_at = TABLE + len(before)
    offset = table_at + 16 * len(kinds)
    table, body = [], b""
    for kind in kinds:
        count, data = content(rng, kind)
        gap = rng.choice((0, 0, 0, 7))
        start = offset + len(body) + gap
        body += bytes(gap) + data
        if rng.random() < 0.1:
            start, data, count = rng.choice((96, TABLE, table_at, start - 3)), data[: rng.randrange(50)], 0
        table.append(Entry(kind, start, len(data), count))
    rng.shuffle(table)
    rows = b"".join(struct.pack(">IIII", *entry) for entry in table)
    image = build(meta_offset=table_at, meta_count=len(table), body=before + rows + body, app_name=b"app")
    return image if rng.random() < 0.8 else build(bytes(8), bytes(rng.randrange(9)), version=1)


def damaged(rng: random.Random, image: bytes) -> bytes:
    """One to three bytes changed, or cut off, or a few more at the end; the CRC made right again, mostly."""
    spoilt = bytearray(image)
    for _ in range(rng.randrange(1, 4)):
        match rng.randrange(6):
            case 0:
                del spoilt[rng.randrange(len(spoilt) + 1) :]
            case 1:
                spoilt += rng.randbytes(rng.randrange(20))
            case _ if spoilt:
                at = rng.randrange(len(spoilt) if rng.random() < 0.5 else min(len(spoilt), TABLE + 64))
                spoilt[at] = rng.choice((0, 1, 4, 0x80, 0xFF, spoilt[at] ^ 1 << rng.randrange(8)))
    return sealed(bytes(spoilt)) if rng.random() < 0.8 else bytes(spoilt)


def chunks(rng: random.Random, length: int) -> Iterator[list[int]]:
    """A few ways to cut an image of this length."""
    yield [1] * length
    yield [rng.randrange(4) for _ in range(length)]
    yield [rng.randrange(length + 2) for _ in range(rng.randrange(5))]


@cache
def images() -> list[bytes]:
    rng = random.Random(7)
    good = [image(rng) for _ in range(250)]
    noise = [rng.randbytes(rng.randrange(200)) for _ in range(30)]
    headed = [
        b"HSXE" + struct.pack(">HHI", rng.choice((1, 2)), 0, 0) + rng.randbytes(rng.randrange(200)) for _ in range(30)
    ]
    return good + [damaged(rng, each) for each in good for _ in range(3)] + noise + headed


class Laws(LoaderTest):
    def test_pieces_do_not_matter(self) -> None:
        rng = random.Random(8)
        for number, data in enumerate(images()):
            profile = BOTH[number % 2]
            whole = outcome_of(profile, data)
            for sizes in chunks(rng, len(data)):
                self.assertEqual(outcome_in_pieces(profile, data, sizes), whole, (profile, data.hex(), sizes))

    def test_every_beginning_is_judged_alike(self) -> None:
        """A beginning in one piece is rejected if and only if it reaches the byte of the rejection, and by its name."""
        rng = random.Random(9)
        for data in images():
            for profile in BOTH:
                outcome = outcome_of(profile, data)
                known = rejection(profile, [data])
                if outcome["result"] == "accepted":
                    self.assertIsNone(known)
                    offset = len(data) + 1
                elif known is None:
                    self.assertIn(outcome["error"], AT_END)
                    offset = len(data) + 1
                else:
                    self.assertEqual(known, (outcome["error"], outcome["offset"]))
                    offset = outcome["offset"]
                for length in {offset - 1, offset, rng.randrange(len(data) + 1)}:
                    wanted = known if length >= offset else None
                    self.assertEqual(rejection(profile, [data[:length]]), wanted, (profile, data.hex(), length))

    def test_strict_accepts_less(self) -> None:
        """What strict accepts is accepted alike; what it rejects for no rule of its own is rejected alike."""
        own = {"rodata_misaligned", "duplicate_id", "duplicate_mailbox"}
        for data in images():
            reference, strict = (outcome_of(profile, data) for profile in BOTH)
            if strict.get("error") not in own:
                self.assertEqual(strict, reference)
            else:
                self.assertGreaterEqual(reference.get("offset", len(data)), strict["offset"])

    def test_outcomes_are_legal(self) -> None:
        for data in images():
            for profile in BOTH:
                outcome = outcome_of(profile, data)
                self.assertEqual(json.loads(json.dumps(outcome)), outcome)
                if outcome["result"] == "rejected":
                    self.assertIn(outcome["error"], get_args(Error))
                    self.assertLessEqual(outcome["offset"], len(data))

    def test_the_images_are_worth_it(self) -> None:
        """They meet nearly every end: a generator that no longer does proves nothing."""
        ends = Counter(str(outcome_of("strict", data).get("error")) for data in images())
        self.assertGreater(ends["None"], 100)
        self.assertGreater(len(ends), 18, ends)


class Damage(LoaderTest):
    def test_nothing_raises(self) -> None:
        """Any byte of a rich image changed to anything is accepted or rejected."""
        rng = random.Random(10)
        whole = max(images(), key=len)
        for at in range(len(whole)):
            for byte in (0, 0xFF, rng.randrange(256)):
                data = sealed(whole[:at] + bytes([byte]) + whole[at + 1 :])
                self.assertIn(outcome_of(rng.choice(BOTH), data)["result"], ("accepted", "rejected"))

    def test_json_noise(self) -> None:
        """Mailboxes of random characters that JSON is made of, and JSON with a byte changed."""
        rng = random.Random(11)
        document = (
            b'{"version":1,"mailboxes":[{"target":"a\\u00e9","capacity":"5","mode":"RO|TAP","bindings":[{"pid":1}]}]}'
        )
        for _ in range(1500):
            spoilt = bytearray(document)
            for _ in range(rng.randrange(1, 4)):
                spoilt[rng.randrange(len(spoilt))] = rng.choice(b'{}[]":,\\\0 0123456789eE-+.ntfNI\xff\xc3')
            noise = bytes(rng.choices(b'{}[]":,\\ 0129eE-.ntfua', k=rng.randrange(30)))
            for data in (bytes(spoilt), b"[" + noise):
                table = [Entry(MAILBOXES, TABLE + 16, len(data), 1)]
                self.assertIn(outcome_of("strict", build(table=table, body=data))["result"], ("accepted", "rejected"))
