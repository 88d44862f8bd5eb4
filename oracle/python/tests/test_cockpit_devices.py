"""Delay, clock, text output; buttons, display and LED, which only the plan has."""

from typing import Any

from cockpit_support import BOTH, FULL, IO, MAX, MIN, OPERAND, OVERFLOW, UNDERFLOW, CockpitTest, Op, word

PLAN = ("plan",)
BUTTONS = [[0, 1], [1, 0], [255, 1]]


class Delay(CockpitTest):
    def test_whole_milliseconds(self) -> None:
        for profile, unit in (("head", 17_000), ("plan", 1_000_000)):
            for time, ms in ((0, 0), (unit - 1, 0), (unit, 1), (unit * 500 + 1, 500), (MAX, MAX // unit)):
                wanted = {"calls": [{"call": "delay", "ms": ms}]}
                self.gives(Op.DELAY, [5, time], [5], profiles=[profile], wanted=wanted)

    def test_errors_in_order(self) -> None:
        self.underflows(Op.DELAY, 1)
        for time in (-1, MIN):
            self.fails(Op.DELAY, [5, time], OPERAND, [5])


class Clock(CockpitTest):
    def test_stands_still_at_what_the_case_says(self) -> None:
        self.gives(Op.MILLIS, [5], [5, 1000])
        self.gives(Op.MICROS, [5], [5, 1_000_000])
        for time, value in ((0, 0), (0x7FFF_FFFF, MAX), (0x8000_0000, MIN), (0xFFFF_FFFF, -1)):
            self.gives(Op.MILLIS, [], [value], millis=time, micros=7)
            self.gives(Op.MICROS, [], [value], micros=time, millis=7)

    def test_overflow(self) -> None:
        self.fails(Op.MILLIS, FULL, OVERFLOW, FULL)
        self.fails(Op.MICROS, FULL, OVERFLOW, FULL)


class Printf(CockpitTest):
    def prints(self, before: list[int], after: list[int], text: str, immediate: int = 0, **case: Any) -> None:
        self.gives(Op.PRINTF, before, after, immediate, wanted={"calls": [{"call": "print", "text": text}]}, **case)

    def test_the_count_is_on_top_and_the_last_argument_below_it(self) -> None:
        self.prints([9, 1, 2, 3, 3], [9], "1-2-3", strings=["%d-%d-%d"])
        self.prints([9, 0], [9], "plain", 1, strings=["", "plain"])
        self.prints([9, 0], [9], "", 0, strings=[""])

    def test_argument_counts(self) -> None:
        for count in range(9):
            arguments = list(range(10, 10 + count))
            text = "".join(map(str, arguments))
            self.prints([9, *arguments, count], [9], text, strings=["%d" * count])

    def test_arguments_left_over(self) -> None:
        self.prints([1, 2, 2], [], "1", strings=["%d"])

    def test_the_low_byte_says_which_string_in_both(self) -> None:
        self.prints([0], [], "b", 0x0101, strings=["a", "b"])
        self.prints([0], [], "a", 0xFF00, strings=["a", "b"])
        self.fails(Op.PRINTF, [0], IO, [], 0x0102, strings=["a", "b"])

    def test_errors_in_order(self) -> None:
        self.fails(Op.PRINTF, [], UNDERFLOW, [])
        for count in (-1, 9, MIN, MAX, 0x100):
            self.fails(Op.PRINTF, [5, count], OPERAND, [5])
        for count in range(1, 9):
            self.fails(Op.PRINTF, [1] * (count - 1) + [count], UNDERFLOW, [], strings=["a"])
            self.fails(Op.PRINTF, [1] * (count - 1) + [count], UNDERFLOW, [])
        self.fails(Op.PRINTF, [5, 1, 1], IO, [5])
        for string in (1, 31, 32, 255):
            self.fails(Op.PRINTF, [5, 0], IO, [5], string, strings=["a"])

    def test_an_argument_that_is_missing(self) -> None:
        self.fails(Op.PRINTF, [5, 0], IO, [5], strings=["%d"])
        self.fails(Op.PRINTF, [5, 7, 8, 2], IO, [5], strings=["%d %d %x"])


class Buttons(CockpitTest):
    def test_pressed_and_released(self) -> None:
        for button, held in ((0, 1), (1, 0), (2, 0), (254, 0), (255, 1)):
            self.gives(Op.BUTTON_PRESSED, [5, button], [5, held], profiles=PLAN, buttons=BUTTONS)
            self.gives(Op.BUTTON_RELEASED, [5, button], [5, 1 - held], profiles=PLAN, buttons=BUTTONS)
            self.gives(Op.BUTTON_READ, [5, button], [5, held], profiles=PLAN, buttons=BUTTONS)

    def test_errors_in_order(self) -> None:
        for op in (Op.BUTTON_PRESSED, Op.BUTTON_RELEASED, Op.BUTTON_READ):
            self.underflows(op, 1, profiles=PLAN)
            for button in (-1, 256, MIN, MAX):
                self.fails(op, [5, button], OPERAND, [5], profiles=PLAN)


class Display(CockpitTest):
    def test_clear_and_update(self) -> None:
        for op, call in ((Op.DISPLAY_CLEAR, "display_clear"), (Op.DISPLAY_UPDATE, "display_update")):
            self.gives(op, [5], [5], profiles=PLAN, wanted={"calls": [{"call": call}]})
            self.gives(op, FULL, FULL, profiles=PLAN, wanted={"calls": [{"call": call}]})

    def test_text_has_the_string_on_top(self) -> None:
        for x, y, string in ((1, 2, 0), (MIN, MAX, 1), (128, -1, 1)):
            wanted = {"calls": [{"call": "display_text", "x": x, "y": y, "string": string}]}
            self.gives(Op.DISPLAY_TEXT, [5, x, y, string], [5], profiles=PLAN, wanted=wanted, strings=["a", "b"])

    def test_errors_in_order(self) -> None:
        self.underflows(Op.DISPLAY_TEXT, 3, profiles=PLAN)
        for string in (2, -1, 256, MIN, MAX):
            self.fails(Op.DISPLAY_TEXT, [5, 1, 2, string], OPERAND, [5], profiles=PLAN, strings=["a", "b"])
        self.fails(Op.DISPLAY_TEXT, [5, 1, 2, 0], OPERAND, [5], profiles=PLAN)


class Led(CockpitTest):
    def test_morse(self) -> None:
        for string in (0, 1):
            wanted = {"calls": [{"call": "led_morse", "string": string}]}
            self.gives(Op.LED_MORSE, [5, string], [5], profiles=PLAN, wanted=wanted, strings=["a", "b"])

    def test_errors_in_order(self) -> None:
        self.underflows(Op.LED_MORSE, 1, profiles=PLAN)
        for string in (2, -1, 256):
            self.fails(Op.LED_MORSE, [5, string], OPERAND, [5], profiles=PLAN, strings=["a", "b"])


class CallsInOrder(CockpitTest):
    def test_as_they_happened(self) -> None:
        words = [word(op) for op in (Op.PIN_MODE, Op.DIGITAL_WRITE, Op.DELAY, Op.ANALOG_WRITE, Op.PRINTF)]
        stack = [0, 3, 99, 0, 3, 1, 3, 1]  # the last operation's operand is at the bottom
        for profile in BOTH:
            self.expect(
                profile,
                words,
                {"stack": stack, "strings": ["x"]},
                stop={"kind": "end"},
                calls=[
                    {"call": "pin_mode", "pin": 3, "mode": 1},
                    {"call": "digital_write", "pin": 3, "value": 1},
                    {"call": "delay", "ms": 0},
                    {"call": "analog_write", "pin": 3, "value": 99},
                    {"call": "print", "text": "x"},
                ],
            )
