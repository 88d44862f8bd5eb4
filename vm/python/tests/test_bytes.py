"""Whatever takes bytes takes what consists of bytes, and nothing else."""

import ctypes
import unittest
from array import array
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from lockstep_minivm import (
    ControlPlane,
    Executive,
    MiniVM,
    Program,
    Vm,
    assemble,
    build_image,
    disassemble,
    load_image,
)

RET = assemble("RET")
IMAGE = build_image(RET)


class Taker:
    """All calls that take bytes."""

    def __init__(self) -> None:
        self.vm = MiniVM(RET.code)
        self.plane = ControlPlane(tasks=3)
        self.plane.set_context(self.plane.load(IMAGE))
        self.executive = Executive()
        self.pid = self.executive.load(IMAGE).pid

    def loads_in_pieces(self, data: Any) -> None:
        pid = self.plane.load_begin()
        try:
            self.plane.load_write(pid, data)
        finally:
            self.plane.load_abort(pid)

    def calls(self) -> list[Callable[[Any], object]]:
        return [
            Vm,
            lambda data: Vm(b"", rodata=data),
            MiniVM,
            lambda data: MiniVM(b"", rodata=data),
            lambda data: self.vm.write_mem(0, data),
            lambda data: self.vm.restore_state({"code": data}),
            lambda data: self.vm.restore_state({"mem": data}),
            disassemble,
            lambda data: build_image(Program(data)),
            lambda data: build_image(Program(b"", data)),
            self.loads_in_pieces,
            lambda data: self.plane.write(0, data),
            lambda data: self.executive.poke(self.pid, 0, data),
            lambda data: self.executive.send_input(self.pid, data),
            lambda data: self.executive.mailboxes.send(data, target="app:log"),
        ]


class BytesTest(unittest.TestCase):
    def test_all_that_consists_of_bytes(self) -> None:
        data = b"HSXE"
        for number, call in enumerate(Taker().calls()):
            ordered = (ctypes.c_ubyte * 4).from_buffer_copy(data)
            for given in (
                data,
                bytearray(data),
                memoryview(data),
                array("B", data),
                memoryview(b"H_S_X_E_")[::2],
                ordered,
            ):
                with self.subTest(call=number, given=type(given).__name__):
                    call(given)

    def test_nothing_else(self) -> None:
        wide = array("I", [1, 2, 3])
        table = memoryview(bytes(4)).cast("B", (2, 2))
        for number, call in enumerate(Taker().calls()):
            for given in (
                wide,
                memoryview(bytes(12)).cast("I"),
                array("f", [1.0]),
                table,
                "text",
                7,
                None,
                iter(b"ab"),
            ):
                # Without memory in a snapshot memory stays as it is.
                if given is None and number == 6:
                    continue
                with self.subTest(call=number, given=type(given).__name__), self.assertRaises(TypeError):
                    call(given)

    def test_what_is_kept_is_what_was_given(self) -> None:
        program = array("b", RET.code)
        self.assertEqual(Vm(program).code, RET.code)  # type: ignore[arg-type]
        vm = Vm(b"", rodata=memoryview(b"abc"))  # type: ignore[arg-type]
        self.assertEqual((len(vm.memory), vm.memory[0x4000:0x4004]), (65536, b"abc\0"))
        self.assertEqual(load_image(memoryview(IMAGE)).code, RET.code)  # type: ignore[arg-type]
        self.assertEqual(Vm([0x25, 0, 0, 0]).code, RET.code)  # type: ignore[arg-type]
        with self.assertRaises(ValueError):
            Vm([-1])  # type: ignore[arg-type]

    def test_messages_of_a_manager(self) -> None:
        message = SimpleNamespace(payload=array("I", [1]), length=4, flags=0, channel=0, src_pid=0)
        manager: Any = SimpleNamespace(recv=lambda **_: message)
        vm = MiniVM(bytes.fromhex("30000503"), mailboxes=manager)
        vm.regs[3] = 4
        with self.assertRaises(TypeError):
            vm.step()
        self.assertEqual(len(vm.mem), 65536)


if __name__ == "__main__":
    unittest.main()
