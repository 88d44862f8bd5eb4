"""HALT, calls, returns and jumps."""

from cockpit_support import BOTH, FULL, JUMP, MAX, MIN, OVERFLOW, UNDERFLOW, CockpitTest, Op, word

NOP = word(Op.LOAD_GLOBAL)  # pushes 0


class Halt(CockpitTest):
    def test_counts_and_stays(self) -> None:
        for profile in BOTH:
            self.expect(
                profile, [NOP, word(Op.HALT, 9), NOP], {}, stop={"kind": "halt"}, steps=2, pc=1, stack=[0], calls=[]
            )

    def test_needs_no_room(self) -> None:
        for profile in BOTH:
            self.expect(profile, [word(Op.HALT)], {"stack": FULL}, stop={"kind": "halt"}, steps=1, pc=0, stack=FULL)


class Jumps(CockpitTest):
    def jumps(self, op: Op, stack: list[int], to: int, after: list[int]) -> None:
        for profile in BOTH:
            self.expect(
                profile,
                [NOP, word(op, to), NOP, NOP],
                {"pc": 1, "max_steps": 1, "stack": stack},
                stop={"kind": "budget"},
                steps=1,
                pc=to,
                stack=after,
            )

    def test_targets(self) -> None:
        for to in range(4):
            self.jumps(Op.JMP, [5], to, [5])
            self.jumps(Op.JMP_TRUE, [5, 1], to, [5])
            self.jumps(Op.JMP_FALSE, [5, 0], to, [5])

    def test_conditions(self) -> None:
        for condition in (1, 2, -1, MIN, MAX, 0x1_0000):
            self.jumps(Op.JMP_TRUE, [condition], 3, [])
            self.gives(Op.JMP_FALSE, [5, condition], [5], 0)
        self.jumps(Op.JMP_FALSE, [0], 3, [])
        self.gives(Op.JMP_TRUE, [5, 0], [5], 0)

    def test_the_end_of_the_program_is_no_target(self) -> None:
        for to in (1, 2, 0xFFFF):
            self.fails(Op.JMP, [5], JUMP, [5], to)
            self.fails(Op.JMP_TRUE, [5, 1], JUMP, [5], to)
            self.fails(Op.JMP_FALSE, [5, 0], JUMP, [5], to)

    def test_a_target_is_checked_only_if_the_jump_is_taken(self) -> None:
        self.gives(Op.JMP_TRUE, [5, 0], [5], 0xFFFF)
        self.gives(Op.JMP_FALSE, [5, 1], [5], 0xFFFF)

    def test_underflow_goes_before_the_target(self) -> None:
        self.fails(Op.JMP_TRUE, [], UNDERFLOW, [], 9)
        self.fails(Op.JMP_FALSE, [], UNDERFLOW, [], 9)

    def test_the_examples_of_the_plan(self) -> None:
        for first, jump, over, last, stack in ((99, Op.JMP, 42, 23, [99, 23]), (1, Op.JMP_TRUE, 0x99, 0x55, [85])):
            pushes = [word(Op.PUSH, value) for value in (first, over, last)]
            words = [pushes[0], word(jump, 3), *pushes[1:], word(Op.HALT)]
            for profile in BOTH:
                self.expect(profile, words, {}, stop={"kind": "halt"}, stack=stack)

    def test_a_loop(self) -> None:
        words = [
            word(Op.PUSH, 10),
            word(Op.PUSH, 1),
            word(Op.SUB),
            word(Op.LOAD_LOCAL),
            word(Op.JMP_TRUE, 1),
            word(Op.HALT),
        ]
        for profile in BOTH:
            self.expect(profile, words, {}, stop={"kind": "halt"}, steps=42, pc=5, stack=[0])


class Calls(CockpitTest):
    def test_call_pushes_the_next_index(self) -> None:
        for profile in BOTH:
            case = {"pc": 1, "max_steps": 1, "stack": [5]}
            self.expect(profile, [NOP, word(Op.CALL, 0)], case, stop={"kind": "budget"}, pc=0, stack=[5, 2])

    def test_call_with_a_bad_target(self) -> None:
        for to in (1, 0xFFFF):
            self.fails(Op.CALL, [5], JUMP, [5], to)
            self.fails(Op.CALL, FULL, JUMP, FULL, to)

    def test_call_without_room(self) -> None:
        self.fails(Op.CALL, FULL, OVERFLOW, FULL, 0)

    def test_ret_takes_whatever_is_on_top(self) -> None:
        for profile in BOTH:
            case = {"max_steps": 1, "stack": [1, 2]}
            self.expect(profile, [word(Op.RET), NOP, NOP], case, stop={"kind": "budget"}, pc=2, steps=1, stack=[1])

    def test_ret_with_a_bad_target(self) -> None:
        for to in (1, -1, MIN, MAX):
            self.fails(Op.RET, [5, to], JUMP, [5])

    def test_ret_underflow(self) -> None:
        self.underflows(Op.RET, 1)

    def test_there_and_back(self) -> None:
        words = [word(Op.CALL, 2), word(Op.HALT), word(Op.RET)]
        for profile in BOTH:
            self.expect(profile, words, {}, stop={"kind": "halt"}, steps=3, pc=1, stack=[])

    def test_a_call_at_the_end_cannot_return(self) -> None:
        words = [word(Op.JMP, 2), word(Op.RET), word(Op.CALL, 1)]
        self.expect("head", words, {}, stop={"kind": "error", "error": "invalid_jump"}, steps=2, pc=1, stack=[])
        self.expect("plan", words, {}, stop={"kind": "error", "error": "invalid_jump"}, steps=2, pc=1, stack=[3])
