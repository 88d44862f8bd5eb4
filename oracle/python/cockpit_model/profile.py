"""Where the reference and its plan part, as switches: all off is head, all on is the plan."""

from dataclasses import dataclass, fields

from .stops import ErrorName


@dataclass(frozen=True, slots=True)
class Profile:
    """The switches by their names in the ledger; below them what they come to."""

    # (C1) An error puts the operands back that the instruction has taken; in head they stay popped (facts 1.4, 1.6).
    rollback: bool = False
    # (C2) LT and GT compare unsigned, as LE and GE always do; in head they compare signed (facts 1.6).
    unsigned_order: bool = False
    # (C3) The bitwise opcodes and the shifts exist; in head they are invalid (facts 1.3).
    bitwise: bool = False
    # (C4) The opcodes exist that ask whether a button was pressed or released; in head they are invalid (facts 1.3).
    buttons: bool = False
    # (C5) The opcodes of display, single buttons and LED exist; in head they are invalid (facts 1.3).
    display: bool = False
    # (C6) A pin that the board does not have is an error of its own; in head the range is wider than the board, whose
    # devices then refuse (facts 1.4, 1.6).
    pin_error: bool = False
    # (C7) An operand outside its range is an error of its own (facts 1.6).
    operand_error: bool = False
    # (C8) What the devices refuse to do is an error of its own (facts 1.6).
    io_error: bool = False
    # (C9) A global, a local or an element that is not there, and an array that cannot be made, are errors of their own
    # (facts 1.6); so is an array's size outside 1 to 64 (facts 1.4, decisions).
    memory_error: bool = False
    # (C10) DIGITAL_WRITE takes 0 and 1; in head up to 255 (facts 1.6).
    digital_value: bool = False
    # (C11) PIN_MODE takes 0 to 3; in head up to 255 (facts 1.4, decisions).
    pin_modes: bool = False
    # (C12) The operand of DELAY counts nanoseconds; in head units of which 17,000 are a millisecond (facts 1.6).
    delay_unit: bool = False
    # (C13) The whole immediate says which global or array; in head its low byte, so that 256 is 0 (facts 1.2).
    whole_number: bool = False

    @property
    def error_of_operand(self) -> ErrorName:
        return "invalid_operand" if self.operand_error else "invalid_opcode"

    @property
    def error_of_pin(self) -> ErrorName:
        return "invalid_pin" if self.pin_error else "invalid_opcode"

    @property
    def error_of_memory(self) -> ErrorName:
        return "invalid_memory_access" if self.memory_error else "memory_bounds"

    @property
    def error_of_array_size(self) -> ErrorName:
        return "invalid_operand" if self.memory_error else "memory_bounds"

    @property
    def error_of_devices(self) -> ErrorName:
        return "io_operation_failed" if self.io_error else "hardware_fault"

    @property
    def highest_pin(self) -> int:
        return 19 if self.pin_error else 255

    @property
    def highest_digital(self) -> int:
        return 1 if self.digital_value else 255

    @property
    def highest_mode(self) -> int:
        return 3 if self.pin_modes else 255

    @property
    def number_bits(self) -> int:
        """The bits of the immediate that say which global or array."""
        return 0xFFFF if self.whole_number else 0xFF

    @property
    def delay_per_ms(self) -> int:
        """What the operand of DELAY counts to a millisecond."""
        return 1_000_000 if self.delay_unit else 17_000


HEAD = Profile()
PLAN = Profile(**{switch.name: True for switch in fields(Profile)})
PROFILES = {"head": HEAD, "plan": PLAN}
