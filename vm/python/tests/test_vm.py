"""The plain VM, text and images."""

import unittest

from lockstep_minivm import Break, Fault, Returned, Run, Svc, Vm, assemble, build_image, disassemble, load_image


class StopsTest(unittest.TestCase):
    def test_each_kind_of_stop_has_its_type(self) -> None:
        for text, stop in [
            ("SVC MOD=15 FN=255", Svc(15, 255)),
            ("BRK 9", Break(9)),
            ("RET", Returned(0)),
            ("JMP 0x100", Fault("pc_out_of_range")),
            (".word 0xFF000000", Fault("illegal_opcode")),
            ("POP R1", Fault("stack_underflow")),
        ]:
            with self.subTest(text):
                vm = Vm(assemble(text).code)
                vm.sp = 0x10000
                self.assertEqual(vm.run(2).stop, stop)

    def test_run_counts_what_has_retired(self) -> None:
        vm = Vm(assemble("LDI R1, 1\nSVC MOD=1 FN=1\nRET").code)
        self.assertEqual(vm.run(0), Run(0, None))
        self.assertEqual(vm.run(9), Run(2, Svc(1, 1)))
        self.assertEqual((vm.pc, vm.last_pc), (8, 4))

    def test_a_run_and_as_many_steps_are_the_same(self) -> None:
        source = (
            "LDI R1, 200\nagain: CALL 4\nSUB R1, R1, R3\nJNZ again\nRET\nADD R2, R2, R1\nST [R1], R2\nLDI R3, 1\nRET"
        )
        one, other = Vm(assemble(source).code), Vm(assemble(source).code)
        run = one.run(5000)
        steps = 0
        while (stop := other.step()) is None:
            steps += 1
        self.assertEqual((run.steps, run.stop), (steps, stop))
        self.assertGreater(steps, 1000)
        self.assertEqual(list(one.registers), list(other.registers))
        self.assertEqual(one.memory, other.memory)
        self.assertEqual(
            (one.pc, one.sp, one.flags, one.calls, one.last_pc),
            (other.pc, other.sp, other.flags, other.calls, other.last_pc),
        )


class ProfilesTest(unittest.TestCase):
    def test_profiles_differ_where_the_ledger_says(self) -> None:
        source = "LDI R1, 1\nLD R2, [R1]\nRET"
        self.assertEqual(Vm(assemble(source).code).run(9).stop, Returned(0))
        for profile in ("strict", "portable"):
            with self.subTest(profile):
                self.assertEqual(Vm(assemble(source).code, profile=profile).run(9).stop, Fault("misaligned"))

    def test_portable_clears_the_upper_half_of_a_binary16(self) -> None:
        results = []
        for profile in ("strict", "portable"):
            vm = Vm(assemble("I2F R0, R1").code, profile=profile)
            vm.registers[0] = 0x12340000
            vm.step()
            results.append(vm.registers[0])
        self.assertEqual(results, [0x12340000, 0])


class StateTest(unittest.TestCase):
    def test_registers_are_a_live_view(self) -> None:
        vm = Vm(assemble("ADD R0, R1, R2").code)
        registers = vm.registers
        registers[1:3] = [1 << 32 | 5, -3]
        vm.step()
        self.assertEqual((registers[0], registers[2], list(registers)[:3]), (2, 0xFFFF_FFFD, [2, 5, 0xFFFF_FFFD]))

    def test_wrong_keys_and_values_of_registers(self) -> None:
        registers = Vm(b"").registers
        for number in (-1, 16, 1 << 70, -1 << 70):
            with self.assertRaises(IndexError):
                registers[number]
            with self.assertRaises(IndexError):
                registers[number] = 0
        with self.assertRaises(ValueError):
            registers[0:3] = [1, 2]
        with self.assertRaises(TypeError):
            registers[0] = "1"  # type: ignore[call-overload]
        self.assertEqual(registers[:], [0] * 16)
        self.assertEqual(registers[::-5], [0] * 4)

    def test_memory_is_shared_both_ways(self) -> None:
        vm = Vm(assemble("STB [R1+5], R2\nLDB R3, [R1+6]").code)
        view = memoryview(vm.memory)
        vm.registers[2] = 0xABC
        view[6] = 7
        vm.run(2)
        self.assertEqual((view[5], vm.registers[3]), (0xBC, 7))

    def test_memory_that_has_shrunk_is_refused(self) -> None:
        vm = Vm(assemble("RET").code)
        del vm.memory[-1]
        with self.assertRaises(ValueError):
            vm.step()
        with self.assertRaises(ValueError):
            vm.run(1)

    def test_values_out_of_range(self) -> None:
        vm = Vm(b"")
        for value in (-1, 1 << 32):
            with self.assertRaises(OverflowError):
                vm.pc = value
        with self.assertRaises(OverflowError):
            vm.flags = 256
        with self.assertRaises(OverflowError):
            Vm(b"", entry=-1)
        Vm(b"", rodata=bytes(0xC000))
        with self.assertRaises(ValueError):
            Vm(b"", rodata=bytes(0xC001))

    def test_calls_decide_whether_ret_ends_the_program(self) -> None:
        vm = Vm(assemble("RET").code)
        vm.memory[0x8000:0x8004] = (0x20).to_bytes(4, "little")
        vm.calls = [1]
        self.assertIsNone(vm.step())
        self.assertEqual((vm.pc, vm.calls, vm.sp), (0x20, [], 0x8004))


class TextTest(unittest.TestCase):
    def test_a_disassembly_assembles_to_the_same_code(self) -> None:
        code = bytes(range(256)) + bytes.fromhex("60100000 12345678 60100000")
        text = "\n".join(text for _, text in disassemble(code))
        self.assertEqual(assemble(text).code, code)

    def test_errors_of_text_have_a_place(self) -> None:
        with self.assertRaisesRegex(ValueError, r"^2:1: "):
            assemble("RET\nNONE R1")


class ImageTest(unittest.TestCase):
    def test_an_image_is_read_as_it_was_written(self) -> None:
        program = assemble(".text\nRET\n.entry\nLDI R0, 1\n.data\n.word 5")
        image = load_image(build_image(program))
        self.assertEqual((image.code, image.rodata, image.entry), (program.code, program.rodata, 4))
        self.assertEqual((image.version, image.app_name), (1, ""))

    def test_each_byte_that_changes_is_seen(self) -> None:
        image = build_image(assemble("RET"))
        for place in range(len(image)):
            broken = bytearray(image)
            broken[place] ^= 1
            with self.subTest(place), self.assertRaises(ValueError):
                load_image(bytes(broken))

    def test_the_profile_decides_about_rodata(self) -> None:
        image = build_image(type(assemble("RET"))(assemble("RET").code, b"abc"))
        self.assertEqual(load_image(image).rodata, b"abc")
        with self.assertRaisesRegex(ValueError, "rodata"):
            load_image(image, profile="strict")


if __name__ == "__main__":
    unittest.main()
