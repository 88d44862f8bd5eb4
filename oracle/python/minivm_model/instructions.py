"""What each instruction does: one function per opcode, in the order of the opcode table (facts 1.2).

An instruction finds `pc` already at its successor and may set it elsewhere. It makes all its checks before its first
effect, so one that raises has changed nothing. SVC and BRK, and in the reference an illegal opcode, retire and stop.

Registers are 32-bit and arithmetic wraps. Only integer arithmetic, logic, shifts and CMP write flags (D6). Where the
order of effects can be seen, because the register window, the stack and memory overlap, the docstring fixes it.
"""

from collections.abc import Callable
from math import isfinite

from . import alu, f16, stops
from .access import data_address, pop_address, push_address
from .isa import U32, C, Instruction, Op, V, Z
from .machine import Handler, Machine
from .stops import Fault, Returned, Stop

HANDLERS: dict[int, Handler] = {}


def _executes(op: Op) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        HANDLERS[int(op)] = handler  # a plain integer is looked up faster
        return handler

    return register


def illegal(m: Machine, i: Instruction) -> Stop:
    """Any other opcode. In the reference it retires: pc + 4, a step, R0 as it was, and then the stop (D12)."""
    if m.profile.illegal_opcode:
        raise Fault("illegal_opcode")
    return stops.fault("illegal_opcode")


# --- data movement ----------------------------------------------------------------------------------------------------


@_executes(Op.LDI)
def ldi(m: Machine, i: Instruction) -> None:
    """rd = sign-extended imm12."""
    m.set_reg(i.rd, i.imm)


@_executes(Op.LD)
def ld(m: Machine, i: Instruction) -> None:
    """rd = mem32[rs1 + imm]."""
    m.r[i.rd] = m.memory.load(data_address(m, i, 4), 4)


@_executes(Op.ST)
def st(m: Machine, i: Instruction) -> None:
    """mem32[rs1 + imm] = rs2."""
    m.memory.store(data_address(m, i, 4), 4, m.r[i.rs2])


@_executes(Op.MOV)
def mov(m: Machine, i: Instruction) -> None:
    """rd = rs1."""
    m.r[i.rd] = m.r[i.rs1]


@_executes(Op.LDB)
def ldb(m: Machine, i: Instruction) -> None:
    """rd = mem8[rs1 + imm], zero-extended (D24)."""
    m.r[i.rd] = m.memory.load(data_address(m, i, 1), 1)


@_executes(Op.LDH)
def ldh(m: Machine, i: Instruction) -> None:
    """rd = mem16[rs1 + imm], zero-extended (D24)."""
    m.r[i.rd] = m.memory.load(data_address(m, i, 2), 2)


@_executes(Op.STB)
def stb(m: Machine, i: Instruction) -> None:
    """mem8[rs1 + imm] = low byte of rs2."""
    m.memory.store(data_address(m, i, 1), 1, m.r[i.rs2])


@_executes(Op.STH)
def sth(m: Machine, i: Instruction) -> None:
    """mem16[rs1 + imm] = low half of rs2."""
    m.memory.store(data_address(m, i, 2), 2, m.r[i.rs2])


# --- integer arithmetic and logic -------------------------------------------------------------------------------------


@_executes(Op.ADD)
def add(m: Machine, i: Instruction) -> None:
    """rd = rs1 + rs2; Z N C V."""
    m.r[i.rd], m.psw = alu.add(m.r[i.rs1], m.r[i.rs2])


@_executes(Op.SUB)
def sub(m: Machine, i: Instruction) -> None:
    """rd = rs1 - rs2; Z N C V, C = no borrow."""
    m.r[i.rd], m.psw = alu.subtract(m.r[i.rs1], m.r[i.rs2])


@_executes(Op.MUL)
def mul(m: Machine, i: Instruction) -> None:
    """rd = low word of rs1 * rs2; Z N C V, V by profile."""
    m.r[i.rd], m.psw = alu.multiply(m.r[i.rs1], m.r[i.rs2], signed_v=m.profile.mul_overflow)


@_executes(Op.DIV)
def div(m: Machine, i: Instruction) -> None:
    """rd = rs1 / rs2, signed; Z N, C = V = 0."""
    a, b = m.r[i.rs1], m.r[i.rs2]
    if b == 0:
        raise Fault("divide_by_zero")
    m.r[i.rd], m.psw = alu.divide(a, b)


@_executes(Op.AND)
def and_(m: Machine, i: Instruction) -> None:
    """rd = rs1 & rs2; Z N, C = V = 0."""
    m.r[i.rd], m.psw = alu.logic(m.r[i.rs1] & m.r[i.rs2])


@_executes(Op.OR)
def or_(m: Machine, i: Instruction) -> None:
    """rd = rs1 | rs2; Z N, C = V = 0."""
    m.r[i.rd], m.psw = alu.logic(m.r[i.rs1] | m.r[i.rs2])


@_executes(Op.XOR)
def xor(m: Machine, i: Instruction) -> None:
    """rd = rs1 ^ rs2; Z N, C = V = 0."""
    m.r[i.rd], m.psw = alu.logic(m.r[i.rs1] ^ m.r[i.rs2])


@_executes(Op.NOT)
def not_(m: Machine, i: Instruction) -> None:
    """rd = ~rs1; Z N, C = V = 0."""
    m.r[i.rd], m.psw = alu.logic(m.r[i.rs1] ^ U32)


# --- compare and control flow -----------------------------------------------------------------------------------------


@_executes(Op.CMP)
def cmp(m: Machine, i: Instruction) -> None:
    """Flags of rs1 - rs2."""
    _, m.psw = alu.subtract(m.r[i.rs1], m.r[i.rs2])


@_executes(Op.JMP)
def jmp(m: Machine, i: Instruction) -> None:
    """pc = imm12, an absolute byte address. A bad target faults at the fetch there ([fetch])."""
    m.pc = i.imm_raw


@_executes(Op.JZ)
def jz(m: Machine, i: Instruction) -> None:
    """JMP if Z; tests the flag, not a register (D24)."""
    if m.psw & Z:
        m.pc = i.imm_raw


@_executes(Op.JNZ)
def jnz(m: Machine, i: Instruction) -> None:
    """JMP if not Z."""
    if not m.psw & Z:
        m.pc = i.imm_raw


@_executes(Op.CALL)
def call(m: Machine, i: Instruction) -> None:
    """Push the return address, go to base + imm words, at 16 bits. Field rs1 = 0 means base pc: R0 cannot be a base.

    [call-order] Base and target are read, then the checks, then the return address is written at sp - 4, sp moves,
    R15 follows, and the shadow call stack grows.
    """
    return_address = m.pc
    base = m.r[i.rs1] if i.rs1 else return_address - 4
    slot = push_address(m)
    m.memory.store(slot, 4, return_address)
    m.set_sp(slot)
    m.call_stack.append(return_address)
    m.pc = (base + (i.imm << 2)) & 0xFFFF


@_executes(Op.RET)
def ret(m: Machine, i: Instruction) -> None:
    """Pop pc, all 32 bits of it. With an empty shadow call stack the task ends instead, with R0 as its status.

    [ret-order] The end of the task comes before the checks of the stack. Then the word is read, sp moves, R15 follows,
    the shadow call stack shrinks; the word in memory is the one that counts, whatever the shadow holds (facts 1.3).
    [ret-straddle] In the reference a word across the end of memory is a `memory` fault that leaves R0 alone.
    """
    if not m.call_stack:
        raise Returned(m.r[0])
    slot = pop_address(m, of_ret=True)
    return_address = m.memory.load(slot, 4)
    m.set_sp(slot + 4)
    m.call_stack.pop()
    m.pc = return_address


@_executes(Op.SVC)
def svc(m: Machine, i: Instruction) -> Stop:
    """Retire and stop; who answers is not the VM's business (D11, design 4.7)."""
    return stops.svc(module=i.imm_raw >> 8, function=i.imm_raw & 0xFF)


# --- shifts and arithmetic with carry (not in the design: D2) ---------------------------------------------------------


def _shift_operands(m: Machine, i: Instruction) -> tuple[int, int, bool]:
    return m.r[i.rs1], m.r[i.rs2] & 31, bool(m.psw & C)


@_executes(Op.LSL)
def lsl(m: Machine, i: Instruction) -> None:
    """rd = rs1 << (rs2 & 31); Z N, C = last bit out, V = 0."""
    m.r[i.rd], m.psw = alu.shift_left(*_shift_operands(m, i))


@_executes(Op.LSR)
def lsr(m: Machine, i: Instruction) -> None:
    """rd = rs1 >> (rs2 & 31), zeros from the left; Z N, C = last bit out, V = 0."""
    m.r[i.rd], m.psw = alu.shift_right(*_shift_operands(m, i))


@_executes(Op.ASR)
def asr(m: Machine, i: Instruction) -> None:
    """rd = rs1 >> (rs2 & 31), sign from the left; Z N, C = last bit out, V = 0."""
    m.r[i.rd], m.psw = alu.shift_right_arithmetic(*_shift_operands(m, i))


def _quirk_of_v(m: Machine, b: int, carried: bool) -> int:
    """The V bit to invert: the reference errs where the carry or borrow turns rs2 = 0x7FFFFFFF negative (facts 1.5)."""
    return V if carried and b == 0x7FFF_FFFF and not m.profile.carry_overflow else 0


@_executes(Op.ADC)
def adc(m: Machine, i: Instruction) -> None:
    """rd = rs1 + rs2 + C; Z N C V."""
    a, b = m.r[i.rs1], m.r[i.rs2]
    carry = bool(m.psw & C)
    value, psw = alu.add(a, b, carry)
    m.r[i.rd], m.psw = value, psw ^ _quirk_of_v(m, b, carry)


@_executes(Op.SBC)
def sbc(m: Machine, i: Instruction) -> None:
    """rd = rs1 - rs2 - (1 - C); Z N C V, C = no borrow."""
    a, b = m.r[i.rs1], m.r[i.rs2]
    borrow = not m.psw & C
    value, psw = alu.subtract(a, b, borrow)
    m.r[i.rd], m.psw = value, psw ^ _quirk_of_v(m, b, borrow)


# --- stack ------------------------------------------------------------------------------------------------------------


@_executes(Op.PUSH)
def push(m: Machine, i: Instruction) -> None:
    """[push-order] rs1 is read, then the checks, then it is written at sp - 4, sp moves, R15 follows."""
    value = m.r[i.rs1]
    slot = push_address(m)
    m.memory.store(slot, 4, value)
    m.set_sp(slot)


@_executes(Op.POP)
def pop(m: Machine, i: Instruction) -> None:
    """[pop-order] The checks, then the word is read, sp moves, R15 follows, rd last: POP R15 keeps the popped value."""
    slot = pop_address(m)
    value = m.memory.load(slot, 4)
    m.set_sp(slot + 4)
    m.r[i.rd] = value


# --- half-precision floating point ------------------------------------------------------------------------------------
#
# [f16-halves] Operands are the low halves of rs1 and rs2. A result in f16 replaces only the low half of rd and, by
# `float_upper_half`, clears the upper one; an integer result replaces all of it.


def _halves(m: Machine, i: Instruction) -> tuple[float, float]:
    return f16.decode(m.r[i.rs1] & 0xFFFF), f16.decode(m.r[i.rs2] & 0xFFFF)


def _write_half(m: Machine, i: Instruction, value: float) -> None:
    upper = m.r[i.rd] & 0xFFFF_0000
    if upper and m.profile.float_upper_half:
        upper = 0
    m.r[i.rd] = upper | f16.encode(value, m.profile)


@_executes(Op.FADD)
def fadd(m: Machine, i: Instruction) -> None:
    """rd.f16 = rs1.f16 + rs2.f16."""
    x, y = _halves(m, i)
    _write_half(m, i, x + y)


@_executes(Op.FSUB)
def fsub(m: Machine, i: Instruction) -> None:
    """rd.f16 = rs1.f16 - rs2.f16."""
    x, y = _halves(m, i)
    _write_half(m, i, x - y)


@_executes(Op.FMUL)
def fmul(m: Machine, i: Instruction) -> None:
    """rd.f16 = rs1.f16 * rs2.f16."""
    x, y = _halves(m, i)
    _write_half(m, i, x * y)


@_executes(Op.FDIV)
def fdiv(m: Machine, i: Instruction) -> None:
    """rd.f16 = rs1.f16 / rs2.f16; a zero divisor by profile."""
    x, y = _halves(m, i)
    _write_half(m, i, f16.divide(x, y, m.profile))


@_executes(Op.I2F)
def i2f(m: Machine, i: Instruction) -> None:
    """rd.f16 = rs1 as a signed integer."""
    _write_half(m, i, float(alu.signed(m.r[i.rs1])))


@_executes(Op.F2I)
def f2i(m: Machine, i: Instruction) -> None:
    """rd = rs1.f16 towards zero, all 32 bits; NaN and the infinities by profile."""
    value = f16.decode(m.r[i.rs1] & 0xFFFF)
    if not isfinite(value) and not m.profile.float_to_int:
        raise Fault("invalid_conversion")
    m.set_reg(i.rd, f16.to_int32(value))


# --- long immediate and trap ------------------------------------------------------------------------------------------


@_executes(Op.LDI32)
def ldi32(m: Machine, i: Instruction) -> None:
    """rd = the word after this one. [ldi32-literal] If code ends before it: `truncated_ldi32`, nothing changes."""
    literal = m.pc
    if not m.has_code(literal + 4):
        raise Fault("truncated_ldi32")
    m.r[i.rd] = m.code_word(literal)
    m.pc = literal + 4


@_executes(Op.BRK)
def brk(m: Machine, i: Instruction) -> Stop:
    """Retire and stop with the low byte of the immediate (D23)."""
    return stops.brk(i.imm_raw & 0xFF)
