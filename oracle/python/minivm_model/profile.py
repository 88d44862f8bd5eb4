"""Where the reference and the design document part, as switches: all off is the reference, all on is strict."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Profile:
    """One switch per row of the design's table of profiles; the comment above it is what it does when it is on."""

    # A 16 or 32-bit data access, or pc, off its multiple is a fault `misaligned` (D4, design 4.4).
    misaligned_faults: bool = False
    # A data address above 0xFFFF is a fault `memory`, where the reference wraps at 16 bits (D5, design 6.2).
    wide_address_faults: bool = False
    # V of ADC and SBC is signed overflow (facts 1.5).
    adc_sbc_textbook_v: bool = False
    # V of MUL is signed overflow, where the reference copies C (facts 1.2).
    mul_signed_v: bool = False
    # f16 values that round up to 0x0400 get there, where the reference stops at 0x03FF (facts 1.5).
    f16_rounds_up_to_normal: bool = False
    # FDIV by zero is IEEE 754's, where the reference divides by +infinity (facts 1.5).
    fdiv_by_zero_ieee: bool = False
    # F2I of NaN is 0 and of an infinity the nearest int32, where the reference fails: `invalid_conversion` (facts 1.5).
    f2i_saturates: bool = False
    # An illegal opcode is a fault that changes nothing, where the reference retires it (D12, design 6.2).
    illegal_opcode_faults: bool = False
    # No fault writes R0, where the reference has four that set it to 0xFFFFFFxx (D8, facts 1.4).
    faults_keep_r0: bool = False
    # RET across the end of memory is POP's fault `memory`, which sets R0 unless the switch above is on (facts 1.3).
    ret_straddle_is_like_pop: bool = False


REFERENCE = Profile()
STRICT = Profile(**{switch.name: True for switch in fields(Profile)})
PROFILES = {"reference": REFERENCE, "strict": STRICT}
