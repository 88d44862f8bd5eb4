"""Encoding: opcode numbers, flag bits, and the fields of an instruction word (facts 1.1, 1.2; D1, D2)."""

from dataclasses import dataclass
from enum import IntEnum

U32 = 0xFFFF_FFFF

Z, C, N, V = 0x01, 0x02, 0x04, 0x08  # psw; the design's E latch and interrupt mask do not exist (D7)


class Op(IntEnum):
    """The 38 opcodes; every other value of the top byte is illegal."""

    LDI = 0x01
    LD = 0x02
    ST = 0x03
    MOV = 0x04
    LDB = 0x06
    LDH = 0x07
    STB = 0x08
    STH = 0x09
    ADD = 0x10
    SUB = 0x11
    MUL = 0x12
    DIV = 0x13
    AND = 0x14
    OR = 0x15
    XOR = 0x16
    NOT = 0x17
    CMP = 0x20
    JMP = 0x21
    JZ = 0x22
    JNZ = 0x23
    CALL = 0x24
    RET = 0x25
    SVC = 0x30
    LSL = 0x31
    LSR = 0x32
    ASR = 0x33
    ADC = 0x34
    SBC = 0x35
    PUSH = 0x40
    POP = 0x41
    FADD = 0x50
    FSUB = 0x51
    FMUL = 0x52
    FDIV = 0x53
    I2F = 0x54
    F2I = 0x55
    LDI32 = 0x60
    BRK = 0x7F


@dataclass(slots=True)
class Instruction:
    """An instruction word taken apart. Fields an instruction does not use are never looked at."""

    word: int
    op: int
    rd: int
    rs1: int
    rs2: int
    imm: int  # imm12, sign-extended
    imm_raw: int  # imm12, zero-extended


def decode(word: int) -> Instruction:
    """op[31:24] rd[23:20] rs1[19:16] rs2[15:12] imm12[11:0] (D1: not the design's 6/4/6 format)."""
    imm_raw = word & 0xFFF
    return Instruction(
        word,
        word >> 24,
        (word >> 20) & 0xF,
        (word >> 16) & 0xF,
        (word >> 12) & 0xF,
        imm_raw - 0x1000 if imm_raw & 0x800 else imm_raw,
        imm_raw,
    )
