"""Why a case stops: the `stop` objects of the protocol, and the exceptions of an instruction that does not retire."""

Stop = dict[str, str | int]

# What the faults that tell the program about themselves leave in R0 (facts 1.4). The design would have the code in
# the upper half only (D8).
FAULT_R0 = {
    "stack_underflow": 0xFFFF_FF02,
    "stack_overflow": 0xFFFF_FF03,
    "memory": 0xFFFF_FF04,
    "divide_by_zero": 0xFFFF_FF05,
}


def budget() -> Stop:
    return {"kind": "budget"}


def svc(module: int, function: int) -> Stop:
    return {"kind": "svc", "module": module, "function": function}


def brk(code: int) -> Stop:
    return {"kind": "break", "code": code}


def fault(name: str) -> Stop:
    return {"kind": "fault", "fault": name}


class NotRetired(Exception):
    """The instruction did not happen: it is not counted and pc stays on it. Raised before anything is changed."""

    def __init__(self, stop: Stop, r0: int | None = None) -> None:
        super().__init__(stop)
        self.stop = stop
        self.r0 = r0  # the one thing that a fault may still write, if the profile lets it


class Returned(NotRetired):
    """RET with an empty shadow call stack: the task ends (facts 1.3)."""

    def __init__(self, status: int) -> None:
        super().__init__({"kind": "returned", "status": status})


class Fault(NotRetired):
    """A fault by its protocol name. A `silent` one leaves R0 alone even where its kind would set it."""

    def __init__(self, name: str, *, silent: bool = False) -> None:
        super().__init__(fault(name), None if silent else FAULT_R0.get(name))
