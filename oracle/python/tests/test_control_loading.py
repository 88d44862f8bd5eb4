"""Loading, whole and in pieces: what is refused, at which byte, with which error, and what it leaves."""

from control_support import HALT, NOBODY, NOP, WINDOW, ZEROS, ControlTest, call, image, init, loaded, streamed
from hxe_support import MAILBOXES, VALUES, Entry, build, sealed, table_of, value, with_sections

BEGIN = call("load_begin")
END = call("load_end", task=0)
NOTHING: dict[str, object] = {"active": None, "loading": None, "last": {"pc": 0, "opcode": 0}, "tasks": []}
ONE_VALUE = with_sections((VALUES, 1, value()))


def write(data: bytes, task: int = 0) -> dict[str, object]:
    return call("load_write", task=task, bytes=data)


class Good(ControlTest):
    def test_a_loaded_task(self) -> None:
        outcome = self.outcome([call("load", image=image([NOP, HALT], rodata=b"\1\0\2\3", bss_size=8, entry=4))])
        task = {
            "task": 0,
            "state": "ready",
            "fault_code": 0,
            "pc": 4,
            "sp": WINDOW,
            "psw": 0,
            "wp": WINDOW,
            "regs": ZEROS,
            "mem": [[0x4000, "01"], [0x4002, "0203"]],
        }
        self.assertEqual(outcome, {"results": [{"ok": {"task": 0}}], "state": {**NOTHING, "tasks": [task]}})

    def test_in_pieces_is_as_whole(self) -> None:
        for data in (image([NOP] * 4, rodata=b"abcd"), ONE_VALUE, build(version=1), build(body=b"trailing")):
            whole = self.state([call("load", image=data)])["tasks"]
            for size in (1, 2, 13, 31, 32, 96, 97, 500):
                pieces = [data[at : at + size] for at in range(0, len(data), size)][:76]
                rest = data[sum(map(len, pieces)) :]
                outcome = self.outcome(streamed([b"", *pieces, rest]))
                self.assertEqual(outcome["results"][-1], {"ok": None})
                self.assertEqual(outcome["state"]["tasks"], whole)

    def test_while_it_loads(self) -> None:
        outcome = self.outcome([BEGIN, write(image()[:50]), call("pids")])
        self.assertEqual(outcome["state"]["loading"], 0)
        self.assertEqual(outcome["state"]["tasks"], [{"task": 0, "state": "loading"}])
        row = {"task": 0, "state": "loading", "fault_code": 0, "stack": [WINDOW - 0x1000, WINDOW]}
        self.assertEqual(outcome["results"][-1], {"ok": [{**row, "heap": [WINDOW - 0x1000] * 2}]})

    def test_others_run_while_one_loads(self) -> None:
        calls = [*loaded([NOP] * 4), BEGIN, write(image()[:50], 1), call("step"), write(image()[50:], 1)]
        outcome = self.outcome([*calls, call("load_end", task=1)])
        self.assertEqual([task["state"] for task in outcome["state"]["tasks"]], ["ready", "ready"])
        self.assertEqual((outcome["state"]["active"], outcome["state"]["loading"]), (0, None))


class Abort(ControlTest):
    def test_leaves_nothing(self) -> None:
        outcome = self.outcome([BEGIN, write(image()), call("load_abort", task=0)])
        results = [{"ok": {"task": 0}}, {"ok": None}, {"ok": None}]
        self.assertEqual(outcome, {"results": results, "state": NOTHING})

    def test_its_number_does_not_come_again(self) -> None:
        self.assertEqual(self.last([BEGIN, call("load_abort", task=0), BEGIN]), {"task": 1})
        self.assertEqual(self.last([BEGIN, call("load_abort", task=0), call("load", image=image())]), {"task": 1})


class Refusals(ControlTest):
    def test_nobody(self) -> None:
        for made in (write(b"", NOBODY), call("load_end", task=NOBODY), call("load_abort", task=NOBODY)):
            self.refused("ESRCH", [BEGIN], made)

    def test_a_task_that_does_not_load(self) -> None:
        for stopped in ([], [call("step"), call("step")]):
            for made in (write(b""), END, call("load_abort", task=0)):
                self.refused("EBUSY", [*loaded([0]), *stopped[:1]], made)

    def test_one_image_loads_at_a_time(self) -> None:
        for made in (BEGIN, call("load", image=image()), call("load", image=b"")):
            self.refused("EBUSY", [BEGIN], made)
            self.refused("EBUSY", [BEGIN], made, arenas=1)

    def test_no_arena(self) -> None:
        load = call("load", image=image())
        for arenas in (1, 2, 4):
            for made in (BEGIN, load, call("load", image=b"")):
                self.refused("ENOSPC", [load] * arenas, made, arenas=arenas)
        self.assertEqual(self.last([load, call("unload", task=0), load], arenas=1), {"task": 1})

    def test_a_refused_load_uses_no_number(self) -> None:
        self.refused("EBADMSG", [], call("load", image=b""))
        results = self.results([call("load", image=b""), call("load", image=image())])
        self.assertEqual(results, ["EBADMSG", {"task": 0}])


class BadImages(ControlTest):
    def bad_at(self, error: str, data: bytes, certain: int, **config: int) -> None:
        """Refused by the write that brings byte number `certain`, and not before; whole it is refused as well."""
        with self.subTest(error=error, certain=certain):
            self.refused(error, [], call("load", image=data), **config)
            calls = [BEGIN, write(data[: certain - 1]), write(data[certain - 1 : certain])]
            results = self.results([*calls, call("pids"), BEGIN], **config)
            self.assertEqual(results, [{"task": 0}, None, error, [], {"task": 1}])
            self.assertEqual(self.results([BEGIN, write(data)], **config), [{"task": 0}, error])

    def bad_at_end(self, data: bytes) -> None:
        """Refused only because there is no more of it."""
        self.refused("EBADMSG", [], call("load", image=data))
        outcome = self.outcome(streamed([data]))
        results = [{"ok": {"task": 0}}, {"ok": None}, {"error": "EBADMSG"}]
        self.assertEqual(outcome, {"results": results, "state": NOTHING})

    def test_header(self) -> None:
        self.bad_at("EBADMSG", b"HSXF", 4)
        self.bad_at("EBADMSG", build(version=3), 6)
        self.bad_at("EBADMSG", image(entry=4), 16)  # behind the code
        self.bad_at("EBADMSG", image(rodata=b"ab"), 20)  # as strict has it
        self.bad_at("EBADMSG", image(reserved=b"\1"), 73)

    def test_metadata(self) -> None:
        twice = with_sections((VALUES, 2, value() + value()))
        self.bad_at("EBADMSG", twice, len(twice))
        self.bad_at("EBADMSG", with_sections((MAILBOXES, 0, b"{}}"), (9, 0, b"...")), 100 + 32 + 3)

    def test_end(self) -> None:
        for data in (b"", image()[:31], image()[:95], image()[:99], image(crc32=0), sealed(image()[:98])):
            self.bad_at_end(data)
        self.bad_at_end(build(table=[Entry(9, 96, 999, 0)]))

    def test_end_of_a_started_header(self) -> None:
        self.assertEqual(self.results([BEGIN, END, END]), [{"task": 0}, "EBADMSG", "ESRCH"])

    def test_code_room(self) -> None:
        words = [NOP] * 5
        self.bad_at("ENOSPC", image(words), 96, code=19)
        self.bad_at("ENOSPC", build(b"abcdefgh", version=1), 32, code=4)
        self.assertEqual(self.last([call("load", image=image(words))], code=20), {"task": 0})
        for code_max, fits in ((19, False), (20, True)):
            results = self.results([init(limits__code_max=code_max), call("load", image=image(words))])
            self.assertEqual(results[1], {"task": 0} if fits else "ENOSPC")
        results = self.results([init(limits__code_max=20), call("load", image=image(words))], code=16)
        self.assertEqual(results[1], "ENOSPC")

    def test_data_room(self) -> None:
        free = WINDOW - 0x1000 - 0x4000
        self.assertEqual(self.last([call("load", image=image(bss_size=free))]), {"task": 0})
        self.assertEqual(self.last([call("load", image=image(rodata=b"abcd", bss_size=free - 4))]), {"task": 0})
        self.bad_at("ENOSPC", image(bss_size=free + 1), 96)
        self.bad_at("ENOSPC", image(rodata=b"abcd", bss_size=free - 3), 96)
        for fields, room in (
            ({"heap_size_bytes": 16}, free - 16),
            ({"stack_size_bytes": 8}, free + 0x1000 - 8),
            ({"limits.data_max": 64 + 0x1000 + 12}, 12),
            ({"limits.data_max": 64 + 16 + 8 + 12, "stack_size_bytes": 16, "heap_size_bytes": 8}, 12),
            ({"limits.data_max": 64 + 0x1000}, 0),
        ):
            for size, answer in ((room, {"task": 0}), (room + 1, "ENOSPC")):
                calls = [call("init", config=fields), call("load", image=image(bss_size=size))]
                self.assertEqual(self.results(calls)[1], answer, (fields, size))

    def test_metadata_room(self) -> None:
        data = build(body=b"123456")
        self.assertEqual(self.last([call("load", image=data)], metadata=6), {"task": 0})
        self.bad_at("ENOSPC", data, 106, metadata=5)
        self.bad_at("ENOSPC", data, 101, metadata=0)
        self.assertEqual(self.last([call("load", image=image())], metadata=0), {"task": 0})

    def test_the_first_byte_that_shows_something_decides(self) -> None:
        self.bad_at("EBADMSG", image([NOP] * 5, reserved=b"\1"), 73, code=4)  # before the header is whole
        twice = with_sections((VALUES, 2, value() + value()))
        metadata = len(twice) - 100
        self.bad_at("ENOSPC", twice, 96, code=0)
        self.bad_at("EBADMSG", twice, len(twice), metadata=metadata)
        self.bad_at("ENOSPC", twice, len(twice), metadata=metadata - 1)
        self.bad_at("ENOSPC", twice + b"more", 101, metadata=0)
        self.bad_at("EBADMSG", twice + b"more", len(twice), metadata=metadata)
        self.bad_at("ENOSPC", build(table=table_of((9, 0, b"")), crc32=0), 101, metadata=0)
