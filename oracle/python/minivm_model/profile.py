"""Where the reference and the documents part, as switches: all off is the reference, all on is portable.

Strict, which is the design document alone, is portable without what only the later documents for portable targets say.
"""

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Profile:
    """The switches by their names in the ledger. The comment above each says its row and what it does when on."""

    # (D4) A 16 or 32-bit data access, or pc, off its multiple is a fault `misaligned` (design 4.4).
    alignment: bool = False
    # (D5) A data address above 0xFFFF is a fault `memory`, where the reference wraps at 16 bits (design 6.2).
    address_range: bool = False
    # (D36) V of ADC and SBC is signed overflow (facts 1.5).
    carry_overflow: bool = False
    # (D37) V of MUL is signed overflow, where the reference copies C (facts 1.2).
    mul_overflow: bool = False
    # (D38) f16 values that round up to 0x0400 get there, where the reference stops at 0x03FF (facts 1.5).
    subnormal_rounding: bool = False
    # (D39) FDIV by zero is IEEE 754's, where the reference divides by +infinity (facts 1.5).
    float_divide_by_zero: bool = False
    # (D40) F2I of NaN is 0 and of an infinity the nearest int32, where the reference fails: `invalid_conversion`
    # (facts 1.5).
    float_to_int: bool = False
    # (D12) An illegal opcode is a fault that changes nothing, where the reference retires it (design 6.2).
    illegal_opcode: bool = False
    # (D8) No fault writes R0, where the reference has four that set it to 0xFFFFFFxx (facts 1.4).
    fault_code_in_r0: bool = False
    # (D41) RET across the end of memory is POP's fault `memory`, which sets R0 unless the switch above is on
    # (facts 1.3).
    return_across_end: bool = False
    # (D44) FADD, FSUB, FMUL, FDIV and I2F leave zeros in the upper half of rd, where they otherwise keep what is there.
    float_upper_half: bool = False


REFERENCE = Profile()
PORTABLE = Profile(**{switch.name: True for switch in fields(Profile)})
STRICT = replace(PORTABLE, float_upper_half=False)
PROFILES = {"reference": REFERENCE, "strict": STRICT, "portable": PORTABLE}
