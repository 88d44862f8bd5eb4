"""The stack, globals, locals and arrays: bounds, the order of the errors, and numbers that are one in head."""

from cockpit_support import BOTH, FULL, MAX, MEMORY, MIN, OPERAND, OVERFLOW, UNDERFLOW, CockpitTest, Op, word

SOME = [[2, [5, 6, 7]], [15, [8]]]  # arrays
SIZE = (MEMORY[0], OPERAND[1])  # the error of a size that no array can have


class Stack(CockpitTest):
    def test_push_extends_zeros(self) -> None:
        for immediate in (0, 1, 0x7FFF, 0x8000, 0xFFFF):
            self.gives(Op.PUSH, [9], [9, immediate], immediate)

    def test_pop(self) -> None:
        self.gives(Op.POP, [9, 8], [9])
        self.underflows(Op.POP, 1)

    def test_limit(self) -> None:
        self.gives(Op.PUSH, FULL[1:], [*FULL[1:], 5], 5)
        self.fails(Op.PUSH, FULL, OVERFLOW, FULL)

    def test_pushes_up_to_the_limit(self) -> None:
        for profile in BOTH:
            outcome = self.outcome(profile, [word(Op.PUSH, 7)] * 1024, max_steps=2000)
            self.assertEqual(outcome["stop"], {"kind": "error", "error": "stack_overflow"})
            self.assertEqual((outcome["steps"], outcome["pc"], outcome["stack"]), (1023, 1023, FULL))


class Globals(CockpitTest):
    def test_load(self) -> None:
        some = [[0, -5], [63, MAX]]
        self.gives(Op.LOAD_GLOBAL, [1], [1, -5], 0, globals=some)
        self.gives(Op.LOAD_GLOBAL, [], [MAX], 63, globals=some)
        self.gives(Op.LOAD_GLOBAL, [], [0], 5, globals=some)

    def test_store(self) -> None:
        self.gives(Op.STORE_GLOBAL, [1, MIN], [1], 63, wanted={"globals": [[63, MIN]]})
        self.gives(Op.STORE_GLOBAL, [4], [], 1, globals=[[1, 9]], wanted={"globals": [[1, 4]]})

    def test_the_outcome_shows_those_that_are_not_0_in_order(self) -> None:
        self.gives(Op.STORE_GLOBAL, [0], [], 1, globals=[[1, 9]], wanted={"globals": []})
        self.gives(
            Op.STORE_GLOBAL, [3], [], 2, globals=[[3, 1], [0, 0], [1, 2]], wanted={"globals": [[1, 2], [2, 3], [3, 1]]}
        )

    def test_outside(self) -> None:
        for immediate in (64, 255):
            self.fails(Op.LOAD_GLOBAL, [1], MEMORY, [1], immediate)
            self.fails(Op.STORE_GLOBAL, [1, 2], MEMORY, [1], immediate)

    def test_head_sees_only_the_low_byte_of_the_number(self) -> None:
        for immediate in (0x0103, 0xFF03):
            self.gives(Op.LOAD_GLOBAL, [], [6], immediate, ["head"], globals=[[3, 6]])
            self.gives(Op.STORE_GLOBAL, [6], [], immediate, ["head"], wanted={"globals": [[3, 6]]})
            self.fails(Op.LOAD_GLOBAL, [], MEMORY, [], immediate, ["plan"])
            self.fails(Op.STORE_GLOBAL, [6], MEMORY, [], immediate, ["plan"])
        self.fails(Op.LOAD_GLOBAL, [], MEMORY, [], 0x0140)

    def test_order_of_errors(self) -> None:
        self.fails(Op.LOAD_GLOBAL, FULL, MEMORY, FULL, 64)
        self.fails(Op.LOAD_GLOBAL, FULL, OVERFLOW, FULL, 63)
        self.fails(Op.STORE_GLOBAL, [], UNDERFLOW, [], 64)


class Locals(CockpitTest):
    def test_load_counts_from_the_top(self) -> None:
        for local, value in enumerate([30, 20, 10]):
            self.gives(Op.LOAD_LOCAL, [10, 20, 30], [10, 20, 30, value], local)

    def test_store_counts_from_below_the_value(self) -> None:
        self.gives(Op.STORE_LOCAL, [10, 20, 30], [10, 30], 0)
        self.gives(Op.STORE_LOCAL, [10, 20, 30], [30, 20], 1)

    def test_outside(self) -> None:
        self.fails(Op.LOAD_LOCAL, [], MEMORY, [], 0)
        for immediate in (2, 256, 0xFFFF):
            self.fails(Op.LOAD_LOCAL, [10, 20], MEMORY, [10, 20], immediate)
            self.fails(Op.STORE_LOCAL, [10, 20, 30], MEMORY, [10, 20], immediate)
        self.fails(Op.STORE_LOCAL, [10], MEMORY, [], 0)

    def test_the_whole_immediate_counts_in_both(self) -> None:
        stack = list(range(300))
        self.gives(Op.LOAD_LOCAL, stack, [*stack, 300 - 1 - 256], 256)

    def test_order_of_errors(self) -> None:
        self.fails(Op.LOAD_LOCAL, FULL, MEMORY, FULL, 1023)
        self.fails(Op.LOAD_LOCAL, FULL, OVERFLOW, FULL, 1022)
        self.fails(Op.STORE_LOCAL, [], UNDERFLOW, [], 5)


class Arrays(CockpitTest):
    def test_load(self) -> None:
        for index, value in enumerate([5, 6, 7]):
            self.gives(Op.LOAD_ARRAY, [1, index], [1, value], 2, arrays=SOME)
        self.gives(Op.LOAD_ARRAY, [0], [8], 15, arrays=SOME)

    def test_store_has_the_index_on_top(self) -> None:
        self.gives(Op.STORE_ARRAY, [1, MIN, 2], [1], 2, arrays=SOME, wanted={"arrays": [[2, [5, 6, MIN]], [15, [8]]]})

    def test_outside(self) -> None:
        for number, index in ((2, 3), (2, -1), (2, MAX), (2, MIN), (2, 0x1_0000), (15, 1), (3, 0), (16, 0), (255, 0)):
            self.fails(Op.LOAD_ARRAY, [1, index], MEMORY, [1], number, arrays=SOME)
            self.fails(Op.STORE_ARRAY, [1, 2, index], MEMORY, [1], number, arrays=SOME)

    def test_create(self) -> None:
        for size in (1, 2, 64):
            self.gives(Op.CREATE_ARRAY, [1, size], [1], 15, wanted={"arrays": [[15, [0] * size]]})
        self.gives(Op.CREATE_ARRAY, [1], [], 4, arrays=SOME, wanted={"arrays": [[2, [5, 6, 7]], [4, [0]], [15, [8]]]})

    def test_create_with_a_bad_size(self) -> None:
        for size in (0, 65, -1, MIN, MAX, 0x1_0001):
            self.fails(Op.CREATE_ARRAY, [1, size], SIZE, [1], 0)

    def test_create_with_a_bad_number(self) -> None:
        for number in (2, 16, 255):
            self.fails(Op.CREATE_ARRAY, [1, 3], MEMORY, [1], number, arrays=SOME)

    def test_head_sees_only_the_low_byte_of_the_number(self) -> None:
        for immediate in (0x0102, 0xFF02):
            self.gives(Op.LOAD_ARRAY, [1], [6], immediate, ["head"], arrays=SOME)
            self.gives(Op.STORE_ARRAY, [9, 0], [], immediate, ["head"], {"arrays": [[2, [9, 6]]]}, arrays=[[2, [5, 6]]])
            self.gives(Op.CREATE_ARRAY, [1], [], immediate, ["head"], {"arrays": [[2, [0]]]})
            self.fails(Op.LOAD_ARRAY, [1], MEMORY, [], immediate, ["plan"], arrays=SOME)
            self.fails(Op.STORE_ARRAY, [9, 0], MEMORY, [], immediate, ["plan"], arrays=SOME)
            self.fails(Op.CREATE_ARRAY, [1], MEMORY, [], immediate, ["plan"], arrays=SOME)

    def test_all_arrays_at_full_size(self) -> None:
        words = [each for n in range(16) for each in (word(Op.PUSH, 64), word(Op.CREATE_ARRAY, n))]
        for profile in BOTH:
            self.expect(profile, words, {}, stop={"kind": "end"}, arrays=[[n, [0] * 64] for n in range(16)])

    def test_order_of_errors(self) -> None:
        self.underflows(Op.LOAD_ARRAY, 1, arrays=[[0, [1, 2]]])
        self.underflows(Op.STORE_ARRAY, 2, arrays=[[0, [1, 2]]])
        self.underflows(Op.CREATE_ARRAY, 1)
        self.fails(Op.STORE_ARRAY, [99], UNDERFLOW, [], 16)
        self.fails(Op.CREATE_ARRAY, [], UNDERFLOW, [], 16)
        self.fails(Op.CREATE_ARRAY, [0], SIZE, [], 16)
