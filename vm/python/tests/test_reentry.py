"""Code of Python that runs while a call on an object is being prepared may call the same object."""

import unittest
from collections.abc import Callable, Iterator
from typing import Any, cast

from lockstep_minivm import ControlPlane, Executive, RegisterId, Vm, assemble, build_image

LOOP = "LDI R1, 5\nagain: JMP again"


class Meddler(int):
    """A number that does something whenever it is looked at."""

    does: Callable[[], object]

    def __index__(self) -> int:
        self.does()
        return 1

    def __and__(self, _: int) -> int:
        self.does()
        return 1


class Index:
    """An index that is no number, and does something whenever it is looked at."""

    def __init__(self, does: Callable[[], object]) -> None:
        self.does = does

    def __index__(self) -> int:
        self.does()
        return 1


def index(does: Callable[[], object]) -> Any:
    return Index(does)


class RegistersTest(unittest.TestCase):
    def test_a_step_while_a_key_or_a_value_is_converted(self) -> None:
        vm = Vm(assemble(LOOP).code)
        self.assertEqual(vm.registers[index(vm.step)], 5)
        self.assertEqual(vm.registers[index(vm.step) : 3], [5, 0])
        vm.registers[index(vm.step)] = 3
        vm.registers[0] = index(vm.step)
        self.assertEqual(vm.registers[:2], [1, 3])
        self.assertEqual(vm.pc, 4)

    def test_a_step_while_values_are_drawn(self) -> None:
        vm = Vm(assemble(LOOP).code)

        def values() -> Iterator[int]:
            for number in range(3):
                vm.step()
                vm.registers[0] = 7
                yield number

        vm.registers[0:3] = values()
        self.assertEqual(vm.registers[:3], [0, 1, 2])

    def test_a_value_of_more_than_32_bits_that_steps(self) -> None:
        vm = Vm(assemble(LOOP).code)
        value = Meddler(1 << 40)
        value.does = vm.step
        vm.registers[0] = value
        self.assertEqual((vm.registers[0], vm.registers[1]), (1, 5))

    def test_values_without_end_are_too_many(self) -> None:
        def ones() -> Iterator[int]:
            while True:
                yield 1

        with self.assertRaisesRegex(ValueError, "2 registers take as many values, not more"):
            Vm(b"").registers[0:2] = ones()


class OthersTest(unittest.TestCase):
    def test_a_machine(self) -> None:
        vm = Vm(assemble(LOOP).code)
        vm.pc = index(vm.step)
        vm.flags = index(lambda: vm.run(1))
        vm.calls = [index(lambda: setattr(vm, "calls", [9]))]
        self.assertEqual((vm.flags, vm.calls), (1, [1]))
        vm.pc = 4
        self.assertEqual(vm.run(index(vm.step)).steps, 1)

    def test_a_control_plane(self) -> None:
        plane = ControlPlane()
        pid = plane.load(build_image(assemble(LOOP)))
        plane.set_context(index(lambda: plane.set_context(pid)))
        plane.set_reg(RegisterId.R2, index(plane.step))
        plane.set_reg_for(pid, RegisterId.R3, index(lambda: plane.set_reg(RegisterId.R3, 9)))
        self.assertEqual([plane.reg(register) for register in (RegisterId.R1, RegisterId.R2, RegisterId.R3)], [5, 1, 1])
        self.assertEqual(plane.clock(index(lambda: plane.clock(3))).retired, 1)

    def test_an_executive(self) -> None:
        executive = Executive()
        pid = executive.load(build_image(assemble(LOOP))).pid
        executive.set_register(pid, RegisterId.R2, index(executive.step))
        executive.set_time(index(lambda: executive.set_time(5_000_000)))
        self.assertEqual((executive.now, executive.registers(pid).regs[1:3]), (1, (5, 1)))
        self.assertEqual(executive.step(index(lambda: executive.step(3))).executed, 1)

    def test_a_class_is_no_way_around_it(self) -> None:
        # What stands in for a list says how long it is, and lies.
        class Liar:
            def __len__(self) -> int:
                return 1 << 60

            def __getitem__(self, _: int) -> int:
                raise IndexError

        vm = Vm(b"")
        with self.assertRaises((MemoryError, OverflowError, TypeError)):
            Vm(cast("Any", Liar()))
        with self.assertRaises((MemoryError, OverflowError)):
            vm.calls = cast("Any", range(1 << 60))


if __name__ == "__main__":
    unittest.main()
