"""The pins: modes, ranges, and the order of the errors in each profile."""

from cockpit_support import FULL, IO, MAX, MIN, OPERAND, PIN, CockpitTest, Op

OUTPUT = [[n, 1] for n in range(20)]
NO_PIN = (-1, 256, MIN, MAX, 0x1_0003)  # in no profile
HIGH_PIN = (20, 21, 255)  # in head's range, but not on the board


class Modes(CockpitTest):
    def set(self, pin: int, mode: int, profiles: tuple[str, ...]) -> None:
        self.gives(
            Op.PIN_MODE,
            [5, pin, mode],
            [5],
            profiles=profiles,
            wanted={
                "pins": [[pin, mode]] if mode else [],
                "calls": [{"call": "pin_mode", "pin": pin, "mode": mode}],
            },
        )

    def test_modes(self) -> None:
        for pin in (0, 1, 19):
            for mode in (0, 1, 2, 3):
                self.set(pin, mode, ("head", "plan"))
            for mode in (4, 255):
                self.set(pin, mode, ("head",))
                self.fails(Op.PIN_MODE, [5, pin, mode], OPERAND, [5], profiles=["plan"])

    def test_the_outcome_shows_modes_other_than_0_in_order(self) -> None:
        self.gives(
            Op.PIN_MODE,
            [9, 0],
            [],
            pins=[[19, 1], [9, 1], [3, 2], [4, 0]],
            wanted={"pins": [[3, 2], [19, 1]], "calls": [{"call": "pin_mode", "pin": 9, "mode": 0}]},
        )

    def test_errors_in_order(self) -> None:
        self.underflows(Op.PIN_MODE, 2)
        for pin in NO_PIN:
            for mode in (1, -1):
                self.fails(Op.PIN_MODE, [5, pin, mode], PIN, [5])
        for mode in (-1, 256, MIN, MAX):
            self.fails(Op.PIN_MODE, [5, 3, mode], OPERAND, [5])
            self.fails(Op.PIN_MODE, [5, 20, mode], PIN, [5])
        for pin in HIGH_PIN:
            self.fails(Op.PIN_MODE, [5, pin, 1], ("hardware_fault", "invalid_pin"), [5])


class Writes(CockpitTest):
    def writes(self, op: Op, call: str, pin: int, value: int, profiles: tuple[str, ...] = ("head", "plan")) -> None:
        self.gives(
            op,
            [5, pin, value],
            [5],
            profiles=profiles,
            pins=OUTPUT,
            wanted={"calls": [{"call": call, "pin": pin, "value": value}]},
        )

    def test_digital(self) -> None:
        for pin in (0, 1, 19):
            for value in (0, 1):
                self.writes(Op.DIGITAL_WRITE, "digital_write", pin, value)
            for value in (2, 255):
                self.writes(Op.DIGITAL_WRITE, "digital_write", pin, value, ("head",))
                self.fails(Op.DIGITAL_WRITE, [5, pin, value], OPERAND, [5], profiles=["plan"], pins=OUTPUT)

    def test_analog(self) -> None:
        for pin in (0, 1, 19):
            for value in (0, 1, 255, 256, 0xFFFF):
                self.writes(Op.ANALOG_WRITE, "analog_write", pin, value)

    def test_errors_in_order(self) -> None:
        for op, over in ((Op.DIGITAL_WRITE, 256), (Op.ANALOG_WRITE, 0x1_0000)):
            self.underflows(op, 2)
            for pin in NO_PIN:
                for value in (1, -1):
                    self.fails(op, [5, pin, value], PIN, [5], pins=OUTPUT)
            for value in (over, -1, MIN, MAX):
                self.fails(op, [5, 3, value], OPERAND, [5])  # before the mode is looked at
                self.fails(op, [5, 20, value], PIN, [5])
            for pin in HIGH_PIN:
                self.fails(op, [5, pin, 1], ("hardware_fault", "invalid_pin"), [5], pins=OUTPUT)
            self.fails(op, [5, 3, 1], IO, [5])
            for mode in (2, 3, 255):
                self.fails(op, [5, 3, 1], IO, [5], pins=[[2, 1], [3, mode]])

    def test_a_write_does_not_change_what_is_read(self) -> None:
        self.gives(Op.DIGITAL_READ, [3], [0], pins=[[3, 1]])


class Reads(CockpitTest):
    def test_what_the_case_says(self) -> None:
        self.gives(Op.DIGITAL_READ, [5, 19], [5, 1], digital=[[0, 0], [19, 1]])
        self.gives(Op.ANALOG_READ, [5, 19], [5, 0xFFFF], analog=[[0, 0], [19, 0xFFFF]])
        self.gives(Op.ANALOG_READ, [0], [0], analog=[[0, 0], [19, 0xFFFF]])

    def test_what_it_does_not_say(self) -> None:
        for pin in (0, 19):
            self.gives(Op.DIGITAL_READ, [pin], [0])
            self.gives(Op.ANALOG_READ, [pin], [512])

    def test_in_any_mode(self) -> None:
        for mode in (1, 2, 3, 255):
            self.gives(Op.DIGITAL_READ, [3], [1], digital=[[3, 1]], pins=[[3, mode]])
            self.gives(Op.ANALOG_READ, [3], [9], analog=[[3, 9]], pins=[[3, mode]])

    def test_on_a_full_stack(self) -> None:
        self.gives(Op.DIGITAL_READ, [*FULL[1:], 3], [*FULL[1:], 1], digital=[[3, 1]])
        self.gives(Op.ANALOG_READ, [*FULL[1:], 3], [*FULL[1:], 512])

    def test_errors_in_order(self) -> None:
        for op in (Op.DIGITAL_READ, Op.ANALOG_READ):
            self.underflows(op, 1)
            for pin in NO_PIN:
                self.fails(op, [5, pin], PIN, [5])
            for pin in HIGH_PIN:
                self.fails(op, [5, pin], ("hardware_fault", "invalid_pin"), [5])
