"""Subject `minivm` on the reference: runs cases on its VM in the shapes of the machine protocol.

The reference answers supervisor calls inside `step`; that is no part of a case, so `SVC` is intercepted. What it has no
word for (the exceptions that two instructions let escape) is given the name that the protocol has for it. Nothing of
its behaviour is changed otherwise.
"""

from types import ModuleType
from typing import Any

_FAULT_BY_CODE = {
    0xFFFF_FF02: "stack_underflow",
    0xFFFF_FF03: "stack_overflow",
    0xFFFF_FF04: "memory",
    0xFFFF_FF05: "divide_by_zero",
}
_MEMORY = 0x1_0000
_CHUNK = 1024

_DIV, _RET, _F2I, _LDI32 = 0x13, 0x25, 0x55, 0x60
_MAY_FAULT_WITH_CODE = frozenset({0x02, 0x03, 0x06, 0x07, 0x08, 0x09, _DIV, 0x24, _RET, 0x40, 0x41})


def run(host: ModuleType, profile: str, case: dict[str, Any]) -> dict[str, Any]:
    """The outcome of one case."""
    if profile != "reference":
        return {"unsupported": f"the reference has no profile {profile!r}"}
    return {"outcome": _Run(host, case).outcome()}


class _Run:
    """One case on a machine of its own."""

    def __init__(self, host: ModuleType, case: dict[str, Any]) -> None:
        self.case = case
        self.svc: tuple[int, int] | None = None
        vm = self.vm = host.MiniVM(bytes.fromhex(case["code"]))
        for address, data in case.get("mem", ()):
            block = bytes.fromhex(data)
            vm.mem[address : address + len(block)] = block
        context = host.TaskContext(
            regs=list(case.get("regs", [0] * 16)),
            pc=case.get("pc", 0),
            sp=case.get("sp", 0x8000),
            psw=case.get("psw", 0),
            reg_base=case.get("reg_base", 0),
            stack_limit=case.get("stack_limit", 0),
        )
        vm.set_context(context)
        vm.call_stack = list(case.get("call_stack", ()))
        vm.handle_svc = self._intercept
        self.initial = bytes(vm.mem)

    def _intercept(self, module: int, function: int) -> None:
        self.svc = (module, function)

    def outcome(self) -> dict[str, Any]:
        vm = self.vm
        trace: list[list[int]] | None = [] if self.case.get("trace") else None
        limit = self.case["max_steps"]
        stop: dict[str, Any] | None = None
        while stop is None and vm.steps < limit:
            pc, steps = vm.pc, vm.steps
            stop = self._step()
            if trace is not None and vm.steps > steps:
                word = int.from_bytes(vm.code[pc : pc + 4], "big")
                trace.append([pc, word, vm.flags, vm.sp, *vm.regs])
        outcome: dict[str, Any] = {
            "stop": stop or {"kind": "budget"},
            "steps": vm.steps,
            "pc": vm.pc,
            "sp": vm.sp,
            "psw": vm.flags,
            "regs": list(vm.regs),
            "call_stack": list(vm.call_stack),
            "mem": self._changed_memory(),
        }
        if trace is not None:
            outcome["trace"] = trace
        return outcome

    def _step(self) -> dict[str, Any] | None:
        """One instruction; what stopped the machine, if anything did."""
        vm = self.vm
        pc, steps = vm.pc, vm.steps
        word = int.from_bytes(vm.code[pc : pc + 4], "big") if pc + 4 <= len(vm.code) else None
        vm.running = True
        try:
            vm.step()
        except (ValueError, OverflowError):
            if word is None or word >> 24 != _F2I:
                raise
            return _fault("invalid_conversion")
        except MemoryError:
            if word is None or word >> 24 != _RET:
                raise
            return _fault("memory")
        if self.svc is not None:
            module, function = self.svc
            return {"kind": "svc", "module": module, "function": function}
        if vm.running:
            return None
        return self._stop(word, retired=vm.steps > steps)

    def _stop(self, word: int | None, *, retired: bool) -> dict[str, Any]:
        vm = self.vm
        if word is None:
            return _fault("pc_out_of_range")
        opcode = word >> 24
        if retired:
            return {"kind": "break", "code": word & 0xFF} if opcode == 0x7F else _fault("illegal_opcode")
        if vm.context.state == "returned":
            return {"kind": "returned", "status": vm.context.exit_status}
        if opcode == _LDI32:
            return _fault("truncated_ldi32")
        code = vm.regs[0]
        if opcode not in _MAY_FAULT_WITH_CODE or code not in _FAULT_BY_CODE:
            raise RuntimeError(f"the reference stopped at {word:#010x} in a way that has no name")
        return _fault(_FAULT_BY_CODE[code])

    def _changed_memory(self) -> list[list[Any]]:
        before, after = self.initial, self.vm.mem
        if before == after:
            return []
        if len(after) != _MEMORY:
            raise RuntimeError(f"data memory has {len(after)} bytes")
        changed = [
            at
            for start in range(0, _MEMORY, _CHUNK)
            if before[start : start + _CHUNK] != after[start : start + _CHUNK]
            for at in range(start, start + _CHUNK)
            if before[at] != after[at]
        ]
        runs: list[list[Any]] = []
        previous = -2
        for at in changed:
            if at == previous + 1:
                runs[-1][1].append(after[at])
            else:
                runs.append([at, bytearray([after[at]])])
            previous = at
        return [[start, bytes(data).hex()] for start, data in runs]


def _fault(name: str) -> dict[str, Any]:
    return {"kind": "fault", "fault": name}
