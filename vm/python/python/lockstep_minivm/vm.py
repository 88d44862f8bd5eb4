"""The plain VM: code, registers, memory, and runs that end with a typed stop."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from . import _core
from ._core import Registers

Profile: TypeAlias = Literal["reference", "strict", "portable"]
"""One reading of the specification: what the reference does, what the document says, what portable targets do."""

RODATA_BASE = 0x4000
"""Where read-only data goes, a byte address in data memory."""


@dataclass(frozen=True, slots=True)
class Svc:
    """`SVC`: the program calls a service. It has retired; pc is behind it.

    >>> Vm(assemble("SVC MOD=1 FN=2").code).step()
    Svc(module=1, function=2)
    """

    module: int
    """0 to 15."""
    function: int
    """0 to 255."""


@dataclass(frozen=True, slots=True)
class Break:
    """`BRK`. It has retired; pc is behind it.

    >>> Vm(assemble("BRK 3").code).step()
    Break(code=3)
    """

    code: int
    """0 to 255."""


@dataclass(frozen=True, slots=True)
class Returned:
    """`RET` with no call in progress: the program is done. It has not retired; pc stays on it.

    >>> Vm(assemble("RET").code).step()
    Returned(status=0)
    """

    status: int
    """R0, 32 bits unsigned."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The instruction at pc can not be carried out. It has not retired, but for `illegal_opcode` in `reference`.

    >>> Vm(assemble("DIV R0, R1, R2").code).step()
    Fault(name='divide_by_zero')
    """

    name: str
    """`memory`, `divide_by_zero`, `stack_overflow`, `stack_underflow`, `illegal_opcode`, `pc_out_of_range`,
    `truncated_ldi32`, `invalid_conversion` or `misaligned`."""


Stop: TypeAlias = Svc | Break | Returned | Fault
"""What ends a run, other than having retired the instructions asked for."""


@dataclass(frozen=True, slots=True)
class Run:
    """How a run ended.

    >>> Vm(assemble("again: JMP again").code).run(1000)
    Run(steps=1000, stop=None)
    """

    steps: int
    """Instructions retired."""
    stop: Stop | None
    """What stopped it; None if all instructions asked for have retired."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program: what `assemble` gives and what `load_image` finds.

    >>> assemble("LDI R0, 1").code.hex()
    '01000001'
    """

    code: bytes
    """Instruction words, big-endian."""
    rodata: bytes = b""
    """Read-only data, for data memory at `RODATA_BASE`."""
    entry: int = 0
    """Byte address of the first instruction."""
    labels: dict[str, int] = field(default_factory=dict, compare=False)
    """Byte addresses by label, of code or of data memory; none in an image."""


class Vm:
    """A MiniVM: 16 registers of 32 bits and 64 KiB of data memory.

    A stop is no obstacle to the next step: whoever drives the VM answers it, or does not go on.

    >>> vm = Vm(assemble("LDI R1, 40\\nADD R0, R1, R2\\nRET").code)
    >>> vm.registers[2] = 2
    >>> vm.run(100)
    Run(steps=2, stop=Returned(status=42))
    """

    __slots__ = ("_machine", "_profile")

    def __init__(self, code: bytes, *, rodata: bytes = b"", entry: int = 0, profile: Profile = "reference") -> None:
        """Makes a VM about to run at `entry` (a byte address), with rodata in memory and everything else 0.

        Raises ValueError for an unknown profile and for rodata that does not fit (49152 bytes), OverflowError for an
        entry that has not 32 bits, TypeError for code and rodata that do not consist of bytes.

        >>> Vm(b"", profile="other")
        Traceback (most recent call last):
        ValueError: there is no profile "other": reference, strict or portable
        """
        rodata = _core.octets(rodata)
        self._machine = _core.Machine(code, entry, profile)
        self._profile = profile
        memory = self._machine.memory
        if RODATA_BASE + len(rodata) > len(memory):
            raise ValueError(f"{len(rodata)} bytes of rodata do not fit: there is room for {len(memory) - RODATA_BASE}")
        memory[RODATA_BASE : RODATA_BASE + len(rodata)] = rodata

    @property
    def profile(self) -> Profile:
        """The profile that it was made with.

        >>> Vm(b"", profile="strict").profile
        'strict'
        """
        return self._profile

    @property
    def registers(self) -> Registers:
        """R0 to R15, a live view: an index or a slice, read or set. A value keeps its low 32 bits.

        IndexError for a number that is not 0 to 15, ValueError for a slice and values that are not as many.

        >>> vm = Vm(b"")
        >>> vm.registers[0:3] = [1, 2, -1]
        >>> vm.registers[2], list(vm.registers)[:3], len(vm.registers)
        (4294967295, [1, 2, 4294967295], 16)
        """
        return self._machine.registers

    @property
    def memory(self) -> bytearray:
        """Data memory, little-endian. It must keep its length: a step with fewer than 65536 bytes raises ValueError.

        >>> vm = Vm(assemble("LD R0, [R1+8]").code)
        >>> vm.memory[8:12] = (7).to_bytes(4, "little")
        >>> vm.step(), vm.registers[0]
        (None, 7)
        """
        return self._machine.memory

    @property
    def code(self) -> bytes:
        """The code, a copy.

        >>> Vm(assemble("RET").code).code.hex()
        '25000000'
        """
        return bytes(self._machine.code)

    @property
    def pc(self) -> int:
        """Byte address of the next instruction, 32 bits; OverflowError if it is set to something else.

        >>> vm = Vm(assemble("LDI R1, 1\\nRET").code)
        >>> vm.step(), vm.pc
        (None, 4)
        """
        return self._machine.pc

    @pc.setter
    def pc(self, value: int) -> None:
        self._machine.pc = value

    @property
    def sp(self) -> int:
        """Stack pointer, an absolute byte address of 32 bits; 0x8000 at first. OverflowError as for pc.

        >>> vm = Vm(assemble("PUSH R1").code)
        >>> vm.step(), hex(vm.sp)
        (None, '0x7ffc')
        """
        return self._machine.sp

    @sp.setter
    def sp(self, value: int) -> None:
        self._machine.sp = value

    @property
    def flags(self) -> int:
        """Z is 1, C is 2, N is 4, V is 8. OverflowError if it is set to something that is no byte.

        >>> vm = Vm(assemble("CMP R0, R0").code)
        >>> vm.step(), vm.flags
        (None, 3)
        """
        return self._machine.psw

    @flags.setter
    def flags(self, value: int) -> None:
        self._machine.psw = value

    @property
    def stack_limit(self) -> int:
        """The lowest address that a push may write, 32 bits. OverflowError as for pc.

        >>> vm = Vm(assemble("PUSH R1").code)
        >>> vm.stack_limit = 0x8000
        >>> vm.step()
        Fault(name='stack_overflow')
        """
        return self._machine.stack_limit

    @stack_limit.setter
    def stack_limit(self, value: int) -> None:
        self._machine.stack_limit = value

    @property
    def calls(self) -> list[int]:
        """Return addresses of the calls in progress, the oldest first; a copy. `RET` without any ends the program.

        >>> vm = Vm(assemble("CALL 1\\nRET").code)
        >>> vm.step(), vm.calls
        (None, [4])
        """
        return self._machine.calls

    @calls.setter
    def calls(self, value: list[int]) -> None:
        self._machine.calls = value

    @property
    def last_pc(self) -> int:
        """Byte address of the instruction that was executed last, or tried last; 0 before the first.

        >>> vm = Vm(assemble("LDI R1, 1\\nRET").code)
        >>> vm.run(2).steps, vm.last_pc
        (1, 4)
        """
        return self._machine.last[0]

    @property
    def last_opcode(self) -> int:
        """The first word of that instruction; 0 before the first.

        >>> vm = Vm(assemble("LDI R1, 1\\nRET").code)
        >>> vm.run(1).steps, hex(vm.last_opcode)
        (1, '0x1100001')
        """
        return self._machine.last[1]

    @property
    def last_registers(self) -> list[int]:
        """The registers before the last `step`; a `run` does not keep them.

        >>> vm = Vm(assemble("LDI R1, 5").code)
        >>> vm.step(), vm.last_registers[1], vm.registers[1]
        (None, 0, 5)
        """
        return self._machine.last_registers

    def step(self) -> Stop | None:
        """Executes one instruction. Gives what stopped it, or None if it just retired.

        ValueError if memory has become shorter than 65536 bytes.

        >>> vm = Vm(assemble("LDI R1, 5\\nBRK 1").code)
        >>> vm.step(), vm.step()
        (None, Break(code=1))
        """
        machine = self._machine
        stop = machine.step(0, machine.stack_limit)
        return None if stop is None else typed(*stop)

    def run(self, max_steps: int) -> Run:
        """Executes until something stops the VM, or `max_steps` instructions (32 bits) have retired.

        ValueError if memory has become shorter than 65536 bytes, OverflowError if `max_steps` has not 32 bits. Every
        million instructions other threads have a chance, and an interrupt from the keyboard is seen.

        >>> vm = Vm(assemble("SVC MOD=6 FN=0\\nRET").code)
        >>> vm.run(100), vm.run(100)
        (Run(steps=1, stop=Svc(module=6, function=0)), Run(steps=0, stop=Returned(status=0)))
        """
        steps, stop = self._machine.run(max_steps)
        return Run(steps, None if stop is None else typed(*stop))


def typed(kind: str, number: int) -> Stop:
    """Gives the stop that the machine names by a kind and a number.

    >>> typed("svc", 0x102)
    Svc(module=1, function=2)
    """
    match kind:
        case "svc":
            return Svc(number >> 8, number & 0xFF)
        case "break":
            return Break(number)
        case "returned":
            return Returned(number)
        case _:
            return Fault(_core.FAULTS[number])


def assemble(source: str) -> Program:
    """Assembles MVASM. ValueError with line and column for the first thing that is wrong.

    >>> program = assemble(".data\\n.asciz \\"hi\\"\\n.text\\nLDI R0, 1\\nstart: .entry\\nRET")
    >>> program.rodata, program.entry, program.labels
    (b'hi\\x00', 4, {'start': 4})
    >>> assemble("LDI R16, 1")
    Traceback (most recent call last):
    ValueError: 1:5: a register R0 to R15 is wanted here
    """
    return Program(*_core.assemble(source))


def disassemble(code: bytes) -> list[tuple[int, str]]:
    """Gives byte address and text of each instruction, as far as whole words reach. The texts assemble to that code.

    >>> disassemble(assemble("LDI32 R1, 0x12345\\nADD R0, R1, R1").code)
    [(0, 'LDI32 R1, 0x12345'), (8, 'ADD R0, R1, R1')]
    """
    return _core.disassemble(code)


@dataclass(frozen=True, slots=True)
class Image(Program):
    """A program from an HXE image, with what its header says beside.

    >>> load_image(build_image(assemble("RET"))).version
    1
    """

    version: int = 1
    """1 or 2."""
    flags: int = 0
    """Bit 0: a manifest is there; bit 1: several instances may run."""
    bss_size: int = 0
    """Bytes of zeroed data."""
    app_name: str = ""
    """The name in a header of version 2; empty in version 1."""


def load_image(data: bytes, *, profile: Profile = "reference") -> Image:
    """Reads an HXE image. Metadata is checked, and left out of the result.

    ValueError with the defect and its place if the image is not valid, or the profile unknown.

    >>> image = load_image(build_image(Program(assemble("RET").code, b"data")))
    >>> image.code.hex(), image.rodata
    ('25000000', b'data')
    >>> load_image(b"HSXE")
    Traceback (most recent call last):
    ValueError: too_small at byte 0x4 (value 0x4)
    """
    return Image(**_core.load_image(data, profile))


def build_image(program: Program) -> bytes:
    """Gives the program as an HXE image of version 1, with its CRC.

    >>> build_image(assemble("RET"))[:6]
    b'HSXE\\x00\\x01'
    """
    return _core.build_image(program.code, program.rodata, program.entry)
