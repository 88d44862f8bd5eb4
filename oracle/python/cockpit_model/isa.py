"""Encoding: opcode numbers, the size of an instruction, and the limits of the machine (facts 1.1, 1.2)."""

from enum import IntEnum

INSTRUCTION = 4  # bytes: opcode, flags, immediate in little-endian order; the flags are never looked at
PROGRAM = 0x1_0000  # bytes of code that a case may have (protocol)

STACK = 1023  # cells; the array has 1024, the last of which cannot be used
GLOBALS = 64
ARRAYS = 16
ELEMENTS = 64  # of an array, at most
PINS = 20
STRINGS = 32
STRING = 127  # characters of a string, at most
ARGUMENTS = 8  # of PRINTF, at most

U32 = 0xFFFF_FFFF
MIN, MAX = -0x8000_0000, 0x7FFF_FFFF  # a cell is signed


class Op(IntEnum):
    """The opcodes of the plan. Every other value is invalid, and in head so is every opcode that is not yet built."""

    HALT = 0x00
    PUSH = 0x01
    POP = 0x02
    ADD = 0x03
    SUB = 0x04
    MUL = 0x05
    DIV = 0x06
    MOD = 0x07
    CALL = 0x08
    RET = 0x09
    DIGITAL_WRITE = 0x10
    DIGITAL_READ = 0x11
    ANALOG_WRITE = 0x12
    ANALOG_READ = 0x13
    DELAY = 0x14
    BUTTON_PRESSED = 0x15
    BUTTON_RELEASED = 0x16
    PIN_MODE = 0x17
    PRINTF = 0x18
    MILLIS = 0x19
    MICROS = 0x1A
    EQ = 0x20
    NE = 0x21
    LT = 0x22
    GT = 0x23
    LE = 0x24
    GE = 0x25
    EQ_SIGNED = 0x26
    NE_SIGNED = 0x27
    LT_SIGNED = 0x28
    GT_SIGNED = 0x29
    LE_SIGNED = 0x2A
    GE_SIGNED = 0x2B
    JMP = 0x30
    JMP_TRUE = 0x31
    JMP_FALSE = 0x32
    AND = 0x40
    OR = 0x41
    NOT = 0x42
    LOAD_GLOBAL = 0x50
    STORE_GLOBAL = 0x51
    LOAD_LOCAL = 0x52
    STORE_LOCAL = 0x53
    LOAD_ARRAY = 0x54
    STORE_ARRAY = 0x55
    CREATE_ARRAY = 0x56
    BITWISE_AND = 0x60
    BITWISE_OR = 0x61
    BITWISE_XOR = 0x62
    BITWISE_NOT = 0x63
    SHIFT_LEFT = 0x64
    SHIFT_RIGHT = 0x65
    DISPLAY_CLEAR = 0x70
    DISPLAY_TEXT = 0x71
    DISPLAY_UPDATE = 0x72
    BUTTON_READ = 0x73
    LED_MORSE = 0x74
