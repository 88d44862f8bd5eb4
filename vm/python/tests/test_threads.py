"""Long calls let other threads run, are interrupted from the keyboard, and come to the same as short ones."""

import _thread
import threading
import time
import unittest
from collections.abc import Callable

from lockstep_minivm import ControlPlane, Executive, StepReply, Vm, assemble, build_image

ENDLESS = "again: JMP again"
FOREVER = (1 << 32) - 1


def running_plane() -> ControlPlane:
    plane = ControlPlane()
    plane.set_context(plane.load(build_image(assemble(ENDLESS))))
    return plane


def running_executive() -> Executive:
    executive = Executive()
    executive.load(build_image(assemble(ENDLESS)))
    return executive


LONG: list[Callable[[], object]] = [
    lambda: Vm(assemble(ENDLESS).code).run(FOREVER),
    lambda: running_plane().clock(FOREVER),
    lambda: running_plane().run_until(),
    lambda: running_executive().step(FOREVER),
]


class ThreadsTest(unittest.TestCase):
    def test_others_run_meanwhile_and_the_keyboard_ends_it(self) -> None:
        for number, call in enumerate(LONG):
            with self.subTest(call=number):
                ticks: list[int] = []

                def tick(ticks: list[int] = ticks) -> None:
                    for at in range(20):
                        time.sleep(0.001)
                        ticks.append(at)
                    # Nothing else ends the call: so all of this has happened meanwhile.
                    _thread.interrupt_main()

                thread = threading.Thread(target=tick)
                thread.start()
                with self.assertRaises(KeyboardInterrupt):
                    call()
                    # A signal is seen by the next instruction of Python if not before.
                    time.sleep(1)
                thread.join()
                self.assertEqual(len(ticks), 20)

    def test_who_looks_meanwhile_waits_for_a_slice_at_most(self) -> None:
        plane, executive = running_plane(), running_executive()
        looks: list[tuple[Callable[[], object], Callable[[], object]]] = [
            (lambda: plane.clock(300_000_000), lambda: plane.last_pc),
            (lambda: executive.step(20_000_000), lambda: executive.tasks()[0].steps),
        ]
        for number, (run, look) in enumerate(looks):
            with self.subTest(call=number):
                thread = threading.Thread(target=run)
                thread.start()
                for _ in range(20):
                    look()
                # None of them has waited for the end.
                self.assertTrue(thread.is_alive())
                thread.join()

    def test_an_object_that_two_threads_use(self) -> None:
        vm, plane, executive = Vm(assemble(ENDLESS).code), running_plane(), running_executive()
        errors: list[BaseException] = []

        def use() -> None:
            try:
                for _ in range(3):
                    vm.run(2_500_000)
                    vm.registers[1] = 1
                    plane.clock(2_500_000)
                    executive.step(150_000)
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=use) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])
        self.assertEqual(executive.tasks()[0].steps, 3 * 3 * 150_000)


class SlicesTest(unittest.TestCase):
    """More turns than a slice has, 100000, come to the same as the turns one by one at its end."""

    def compare(self, source: str, turns: int, **how: str) -> StepReply:
        image = build_image(assemble(source))
        one, other = (Executive(profile=how.get("profile", "strict")) for _ in range(2))  # type: ignore[arg-type]
        for executive in (one, other):
            executive.load(image, name="a")
        reply = one.step(turns)
        executed = 0
        while executed < turns and (piece := other.step(min(turns - executed, 70_001))).executed:
            executed += piece.executed
        self.assertEqual((reply.executed, one.tasks()), (executed, other.tasks()))
        self.assertEqual(one.take_events(), other.take_events())
        return reply

    def test_a_run_that_ends_within_a_slice_and_one_at_its_end(self) -> None:
        # A loop of two instructions after a beginning of three, and RET or BRK as turn number 100000 or near it.
        for profile in ("strict", "reference"):
            for end in ("RET", "BRK 1", "LDI R0, 0\nSVC MOD=1 FN=0"):
                for beginning in range(4):
                    source = (
                        "LDI R2, 1\n" * (beginning + 3) + f"LDI32 R1, 49997\nagain: SUB R1, R1, R2\nJNZ again\n{end}"
                    )
                    with self.subTest(profile=profile, end=end, beginning=beginning):
                        reply = self.compare(source, 250_000, profile=profile)
                        # It is told of the task that had the last turn.
                        self.assertEqual(reply.current, 1)
                        self.assertEqual(reply.paused, end == "BRK 1" and profile == "reference")

    def test_as_many_turns_as_were_asked_for(self) -> None:
        for turns in (0, 1, 99_999, 100_000, 100_001, 300_000):
            with self.subTest(turns=turns):
                reply = self.compare(ENDLESS, turns)
                self.assertEqual((reply.executed, reply.steps), (turns, turns))


if __name__ == "__main__":
    unittest.main()
