"""Which stop a case comes to, the opcodes that there are, and what an instruction word says."""

from cockpit_support import BOTH, CockpitTest, Op, unchanged, word

from cockpit_model.instructions import handler_of
from cockpit_model.profile import PROFILES

OPCODES = {
    0x00: "HALT PUSH POP ADD SUB MUL DIV MOD CALL RET",
    0x10: "DIGITAL_WRITE DIGITAL_READ ANALOG_WRITE ANALOG_READ DELAY BUTTON_PRESSED BUTTON_RELEASED PIN_MODE",
    0x18: "PRINTF MILLIS MICROS",
    0x20: "EQ NE LT GT LE GE EQ_SIGNED NE_SIGNED LT_SIGNED GT_SIGNED LE_SIGNED GE_SIGNED",
    0x30: "JMP JMP_TRUE JMP_FALSE",
    0x40: "AND OR NOT",
    0x50: "LOAD_GLOBAL STORE_GLOBAL LOAD_LOCAL STORE_LOCAL LOAD_ARRAY STORE_ARRAY CREATE_ARRAY",
    0x60: "BITWISE_AND BITWISE_OR BITWISE_XOR BITWISE_NOT SHIFT_LEFT SHIFT_RIGHT",
    0x70: "DISPLAY_CLEAR DISPLAY_TEXT DISPLAY_UPDATE BUTTON_READ LED_MORSE",
}
ONLY_PLANNED = {0x15, 0x16, *range(0x60, 0x66), *range(0x70, 0x75)}
PUSH = word(Op.PUSH, 5)


def there(profile: str) -> set[int]:
    """The opcodes that have an instruction."""
    return {opcode for opcode in range(256) if handler_of(opcode, PROFILES[profile])}


class OpcodeTable(CockpitTest):
    def test_numbers(self) -> None:
        table = {name: first + n for first, names in OPCODES.items() for n, name in enumerate(names.split())}
        self.assertEqual(dict(Op.__members__), table)
        self.assertEqual(len(table), 57)

    def test_every_opcode_has_an_instruction(self) -> None:
        self.assertEqual(there("plan"), set(Op))
        self.assertEqual(there("head"), set(Op) - ONLY_PLANNED)
        self.assertEqual(len(there("head")), 44)

    def test_every_other_opcode_is_invalid_and_takes_nothing(self) -> None:
        for profile in BOTH:
            for opcode in set(range(256)) - there(profile):
                outcome = self.outcome(profile, [bytes([opcode, 0, 0, 0])], stack=[1, 2, 3])
                self.assertEqual(
                    outcome,
                    {
                        "stop": {"kind": "error", "error": "invalid_opcode"},
                        "steps": 0,
                        "pc": 0,
                        "stack": [1, 2, 3],
                        **unchanged({}),
                    },
                    (profile, opcode),
                )

    def test_an_invalid_opcode_behind_an_instruction(self) -> None:
        """What the instruction before has taken is not put back."""
        for profile in BOTH:
            words = [word(Op.ADD), bytes([0xFF, 0, 0, 0])]
            self.expect(profile, words, {"stack": [1, 2]}, steps=1, pc=1, stack=[3])
            words = [word(Op.POP), word(Op.LOAD_GLOBAL, 64)]
            self.expect(profile, words, {"stack": [1, 2]}, steps=1, pc=1, stack=[1])


class InstructionWord(CockpitTest):
    def test_the_immediate_is_little_endian(self) -> None:
        for profile in BOTH:
            self.expect(profile, [bytes([1, 0, 0x34, 0x12])], {}, stack=[0x1234])

    def test_flags_are_ignored(self) -> None:
        for profile in BOTH:
            for flags in range(256):
                self.expect(profile, [word(Op.PUSH, 0xFFFF, flags)], {}, stop={"kind": "end"}, stack=[0xFFFF])
                case = {"stack": [-1, 1]}
                self.expect(profile, [word(Op.LE, 0, flags)], case, stop={"kind": "end"}, stack=[0])

    def test_an_immediate_that_is_not_used_is_ignored(self) -> None:
        for profile in BOTH:
            for op, stack, after in (
                (Op.ADD, [1, 2], [3]),
                (Op.POP, [1], []),
                (Op.LT, [1, 2], [1]),
                (Op.NOT, [1], [0]),
                (Op.RET, [0], []),
                (Op.DIGITAL_READ, [1], [0]),
                (Op.MILLIS, [], [1000]),
            ):
                self.expect(profile, [word(op, 0xFFFF), PUSH], {"stack": stack, "max_steps": 1}, steps=1, stack=after)


class Stops(CockpitTest):
    def test_an_empty_program(self) -> None:
        for profile in BOTH:
            outcome = self.outcome(profile, [], stack=[4], globals=[[1, 2]])
            self.assertEqual(
                outcome,
                {
                    "stop": {"kind": "error", "error": "program_not_loaded"},
                    "steps": 0,
                    "pc": 0,
                    "stack": [4],
                    **unchanged({"globals": [[1, 2]]}),
                },
            )

    def test_end(self) -> None:
        for profile in BOTH:
            self.expect(profile, [PUSH, PUSH], {}, stop={"kind": "end"}, steps=2, pc=2, stack=[5, 5])

    def test_a_case_that_begins_at_the_end(self) -> None:
        for profile in BOTH:
            self.expect(profile, [PUSH], {"pc": 1}, stop={"kind": "end"}, steps=0, pc=1, stack=[])

    def test_a_case_that_begins_within(self) -> None:
        for profile in BOTH:
            self.expect(profile, [PUSH, PUSH, PUSH], {"pc": 2}, stop={"kind": "end"}, steps=1, pc=3, stack=[5])

    def test_budget(self) -> None:
        for profile in BOTH:
            for steps in (1, 2):
                case = {"max_steps": steps}
                self.expect(
                    profile, [PUSH] * 3, case, stop={"kind": "budget"}, steps=steps, pc=steps, stack=[5] * steps
                )
            self.expect(profile, [word(Op.JMP)], {"max_steps": 1000}, stop={"kind": "budget"}, steps=1000, pc=0)

    def test_the_last_instruction_allowed(self) -> None:
        for profile in BOTH:
            self.expect(profile, [PUSH, PUSH], {"max_steps": 2}, stop={"kind": "end"}, steps=2, pc=2)
            self.expect(profile, [PUSH, word(Op.HALT)], {"max_steps": 2}, stop={"kind": "halt"}, steps=2, pc=1)
            self.expect(profile, [PUSH, word(Op.HALT)], {"max_steps": 1}, stop={"kind": "budget"}, steps=1, pc=1)
            error = {"kind": "error", "error": "stack_underflow"}
            self.expect(profile, [PUSH, word(Op.ADD)], {"max_steps": 2}, stop=error, steps=1, pc=1)
            self.expect(profile, [PUSH, word(Op.ADD)], {"max_steps": 1}, stop={"kind": "budget"}, steps=1, pc=1)

    def test_the_longest_program(self) -> None:
        for profile in BOTH:
            words = [word(Op.JMP, 0x3FFF), *[word(Op.POP)] * 0x3FFE, PUSH]
            self.expect(profile, words, {}, stop={"kind": "end"}, steps=2, pc=0x4000, stack=[5])
