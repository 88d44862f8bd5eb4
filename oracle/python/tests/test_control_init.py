"""`init`: defaults, what it refuses and in which order, what it takes down, and the layout that it sets."""

from control_support import NOBODY, NOP, WINDOW, ControlTest, call, image, init, loaded

RUNNING = [*loaded([NOP] * 4), call("step"), call("load_begin")]
DATA = 0x1_0000 - 0x4000
U32 = 0xFFFF_FFFF


class Refusals(ControlTest):
    def test_einval(self) -> None:
        for fields in (
            {"autorun_quanta": 0},
            {"limits__max_pids": 0},
            {"limits__code_max": 0},
            {"stack_size_bytes": 0},
            {"stack_size_bytes": 4},
            {"stack_size_bytes": 0x1001},
            {"heap_size_bytes": 4},
            {"heap_size_bytes": U32},
        ):
            self.refused("EINVAL", RUNNING, init(**fields))

    def test_enospc(self) -> None:
        for fields in (
            {"limits__max_pids": 4},
            {"limits__max_pids": U32},
            {"stack_size_bytes": DATA - 64 + 8},
            {"stack_size_bytes": U32 - 7},
            {"heap_size_bytes": DATA - 64 - 0x1000 + 8},
            {"heap_size_bytes": U32 - 7},
            {"limits__data_max": 0},
            {"limits__data_max": 64 + 0x1000 - 1},
            {"limits__data_max": 64 + 0x1000 + 8 - 1, "heap_size_bytes": 8},
        ):
            self.refused("ENOSPC", RUNNING, init(**fields))

    def test_einval_comes_first(self) -> None:
        for fields in (
            {"autorun_quanta": 0},
            {"limits__max_pids": 0},
            {"limits__code_max": 0},
            {"stack_size_bytes": 0},
            {"stack_size_bytes": U32},
            {"heap_size_bytes": 1},
        ):
            self.refused("EINVAL", RUNNING, init(**{"limits__max_pids": 9, "limits__data_max": 0, **fields}))

    def test_limits_that_just_fit(self) -> None:
        for fields in (
            {"limits__max_pids": 3},
            {"limits__max_pids": 1, "limits__code_max": 1, "autorun_quanta": 1000},
            {"stack_size_bytes": 8},
            {"stack_size_bytes": DATA - 64},
            {"heap_size_bytes": DATA - 64 - 0x1000},
            {"limits__data_max": 64 + 0x1000},
            {"limits__data_max": 64 + 8 + 16, "stack_size_bytes": 8, "heap_size_bytes": 16},
        ):
            self.assertEqual(self.last([init(**fields)]), None, fields)

    def test_a_limit_of_pids_is_held_against_the_arenas(self) -> None:
        for arenas in (1, 2, 4):
            self.assertEqual(self.last([init(limits__max_pids=arenas)], arenas=arenas), None)
            self.refused("ENOSPC", [], init(limits__max_pids=arenas + 1), arenas=arenas)


class Effect(ControlTest):
    def test_takes_everything_down(self) -> None:
        self.assertEqual(
            self.state([*RUNNING, init()]),
            {"active": None, "loading": None, "last": {"pc": 0, "opcode": 0}, "tasks": []},
        )

    def test_numbering_goes_on(self) -> None:
        self.assertEqual(self.last([*RUNNING, init(), call("load", image=image())]), {"task": 2})

    def test_the_vm_starts_as_init_without_fields_leaves_it(self) -> None:
        calls = [*loaded([NOP] * 4), call("step"), call("pids"), call("last_regs")]
        self.assertEqual(self.results([init(), *calls])[1:], self.results(calls))

    def test_fields_left_out_are_default_again(self) -> None:
        before = init(stack_size_bytes=8, heap_size_bytes=8, autorun_quanta=3, policy_flags=2, keep_last_regs=1)
        calls = [init(), *loaded([NOP] * 4), call("step"), call("pids"), call("last_regs"), call("unload", task=NOBODY)]
        calls += [call("reg_set", reg=16, value=1)]
        self.assertEqual(self.results([before, *calls])[1:], self.results(calls))

    def test_unknown_fields_and_bits_are_ignored(self) -> None:
        calls = [*loaded([NOP] * 4), call("step"), call("reg_set", reg=16, value=5), call("pids")]
        with_unknown = init(code_line_bytes=7, data_page_bytes=0, colour=1, policy_flags=0xFFFF_FFF8)
        self.assertEqual(self.results([with_unknown, *calls])[1:], self.results(calls))

    def test_layout(self) -> None:
        for stack, heap in ((8, 0), (0x1000, 0), (0x800, 0x100), (DATA - 64 - 8, 8)):
            low = WINDOW - stack
            calls = [init(stack_size_bytes=stack, heap_size_bytes=heap), call("load", image=image()), call("pids")]
            row = {"task": 0, "state": "ready", "fault_code": 0, "stack": [low, WINDOW], "heap": [low - heap, low]}
            self.assertEqual(self.last(calls), [row])

    def test_limit_of_pids(self) -> None:
        begin = call("load", image=image())
        self.refused("ENOSPC", [init(limits__max_pids=1), begin], begin)
        self.refused("ENOSPC", [init(limits__max_pids=1), begin], call("load_begin"))
        self.assertEqual(self.last([init(limits__max_pids=2), begin, begin]), {"task": 1})
