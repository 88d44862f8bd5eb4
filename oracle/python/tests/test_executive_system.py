"""Steps, exit, UART, CAN, sleep and the functions of module Eh (facts 2.2, 5)."""

from executive_support import BOTH, NOP, START, Bench, ExecutiveTest

ENOSYS = 0xFFFF_FF01


class System(ExecutiveTest):
    def test_steps_are_those_before(self) -> None:
        for profile in BOTH:
            bench = Bench()
            bench.op(NOP)
            steps = bench.svc(0, 0)
            self.assertEqual(bench.run(profile).regs(steps)[0], 1)

    def test_no_such_function(self) -> None:
        """And no such module; the step counts all the same."""
        for profile in BOTH:
            for module, function in ((0, 1), (1, 2), (2, 1), (3, 0), (6, 1), (9, 0), (13, 255), (15, 0)):
                bench = Bench()
                mark = bench.svc(module, function, 1, 2, 3, 4)
                ran = bench.run(profile)
                self.assertEqual(ran.regs(mark), [ENOSYS, 1, 2, 3, 4])
                self.assertEqual(ran.task(1)["steps"], 1)

    def test_uart(self) -> None:
        """The length asked for is the result, even if memory ends before; high halves of registers do not count."""
        for profile in BOTH:
            bench = Bench()
            whole = bench.svc(1, 1, b"he\xffl\x80", 5)
            cut = bench.svc(1, 1, 0x1_FFFE, 0x1_0003)
            ran = bench.run(profile)
            self.assertEqual(ran.result(whole)["io"], [{"io": "uart", "pid": 1, "data": "6865ff6c80"}])
            self.assertEqual(ran.regs(whole)[0], 5)
            self.assertEqual(len(ran.result(cut)["io"][0]["data"]), 4)
            self.assertEqual(ran.regs(cut)[0], 3)

    def test_can(self) -> None:
        for profile in BOTH:
            bench = Bench()
            mark = bench.svc(2, 0, 0xF_FFFF, b"abcdefghijkl", 0x10C)
            ran = bench.run(profile)
            self.assertEqual(
                ran.result(mark)["io"], [{"io": "can", "pid": 1, "id": 0x7FF, "data": b"abcdefghijkl".hex()}]
            )
            self.assertEqual(ran.regs(mark)[0], 0)

    def test_libm(self) -> None:
        values = {(0, 0x3C00): 0x3ABB, (1, 0x3C00): 0x3853, (2, 0x3C00): 0x4170, (2, 0x4900): 0x7561}
        values |= {(2, 0xFC00): 0, (2, 0x7C00): 0x7C00, (0, 0x7E00): 0x7E00, (1, 0xFE00): 0x7E00, (2, 0x618B): 0x7C00}
        for profile in BOTH:
            bench = Bench()
            marks = {bench.svc(14, fn, arg | 0xABCD_0000, r0=0x1234_5678): bits for (fn, arg), bits in values.items()}
            other = bench.svc(14, 3, r0=9)
            ran = bench.run(profile)
            for mark, bits in marks.items():
                self.assertEqual(ran.regs(mark)[0], 0x1234_0000 | bits)
            self.assertEqual(ran.regs(other)[0], 0)

    def test_libm_that_fails(self) -> None:
        """[X3]"""
        for function, argument, kind, bits in (
            (0, 0x7C00, "libm_domain", 0x7E00),
            (1, 0xFC00, "libm_domain", 0x7E00),
            (2, 0x618C, "libm_overflow", 0x7C00),
        ):
            bench = Bench()
            mark = bench.svc(14, function, argument, r0=0)
            self.assertEqual(bench.run("reference").raised["kind"], kind)
            self.assertEqual(bench.run("strict").regs(mark)[0], bits)

    def test_without_libm(self) -> None:
        for profile in BOTH:
            bench = Bench(libm=False)
            mark = bench.svc(14, 3)
            self.assertEqual(bench.run(profile).regs(mark)[0], ENOSYS)


class Exit(ExecutiveTest):
    def test_device_is_told(self) -> None:
        for profile in BOTH:
            bench = Bench()
            mark = bench.svc(1, 0, r0=0x8000_0001)
            ran = bench.run(profile)
            self.assertEqual(ran.result(mark)["io"], [{"io": "exit", "pid": 1, "code": 0x8000_0001}])
            self.assertEqual(ran.regs(mark)[0], 0x8000_0001)
            self.assertEqual(ran.task(1)["steps"], 1)

    def test_end_of_the_task(self) -> None:
        """[E7]"""
        bench = Bench()
        mark = bench.svc(1, 0, r0=5)
        reference, strict = bench.run("reference"), bench.run("strict")
        self.assertEqual((reference.task(1)["state"], reference.task(1)["exit_status"]), ("stopped", None))
        self.assertEqual((strict.task(1)["state"], strict.task(1)["exit_status"]), ("returned", 5))
        self.assertEqual(strict.events(mark), [{"type": "exited", "pid": 1, "status": 5}])


class Sleep(ExecutiveTest):
    def test_request(self) -> None:
        for profile in BOTH:
            bench = Bench()
            mark = bench.svc(6, 0, r0=0xFFFF_FFFF)
            ran = bench.run(profile)
            deadline = START + 0xFFFF_FFFF
            whose = {"pid": 1} if profile == "strict" else {}
            wanted = {"type": "sleep_request", "ms": 0xFFFF_FFFF, "deadline": deadline, **whose}
            self.assertEqual(ran.events(mark), [wanted])
            self.assertEqual(ran.regs(mark)[0], 0)
            self.assertEqual(ran.task(1)["state"], "sleeping")
            self.assertEqual(ran.task(1)["sleep"], {"ms": 0xFFFF_FFFF, "deadline": deadline})
            self.assertTrue(ran.ok(mark)["sleep_pending"])

    def test_end(self) -> None:
        """[E9]"""
        bench = Bench()
        bench.svc(6, 0, r0=100)
        bench.call("advance", ms=99)
        early = bench.call("step", n=5)
        bench.call("advance", ms=1)
        due = bench.call("step", n=1)
        reference, strict = bench.run("reference", rest=NOP), bench.run("strict", rest=NOP)
        self.assertEqual([ran.ok(early)["executed"] for ran in (reference, strict)], [0, 0])
        self.assertEqual([ran.ok(due)["executed"] for ran in (reference, strict)], [0, 1])
        self.assertEqual(strict.events(due), [{"type": "sleep_complete", "pid": 1}])

    def test_resumed_in_the_reference(self) -> None:
        """A turn before the deadline is wasted; after it, it wakes the task and executes."""
        bench = Bench()
        bench.svc(6, 0, r0=100)
        marks = []
        for ms in (99, 1):
            bench.call("advance", ms=ms)
            bench.call("resume", pid=1)
            marks.append(bench.call("step", n=1))
        ran = bench.run("reference", rest=NOP)
        self.assertEqual([ran.ok(mark)["executed"] for mark in marks], [1, 1])
        self.assertEqual([ran.types(mark) for mark in marks], [[], ["sleep_complete"]])
        self.assertEqual([ran.ok(mark)["steps"] for mark in marks], [1, 2])

    def test_sleepers_wake_in_the_order_of_going_to_sleep(self) -> None:
        bench = Bench(tasks=2)
        bench.svc(6, 0, pid=2, r0=9)
        bench.svc(6, 0, pid=1, r0=5)
        bench.call("advance", ms=10)
        mark = bench.call("step", n=0)
        self.assertEqual([event["pid"] for event in bench.run("strict").events(mark)], [2, 1])
