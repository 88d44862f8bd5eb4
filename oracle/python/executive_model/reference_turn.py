"""A turn of the reference: one instruction, and what becomes of the active machine (spec 4.3, facts 1.7)."""

from minivm_model.execution import fetch
from minivm_model.stops import NotRetired, Stop

from .failures import Raised
from .reference_tasks import ReferenceTasks
from .services import Services
from .task import Sleep, Task
from .turns import announce_break


class ReferenceTurn:
    """Executes instructions of the active task."""

    def __init__(self, tasks: ReferenceTasks, services: Services) -> None:
        self._tasks = tasks
        self._services = services
        self._journal = tasks.journal

    def take(self, task: Task) -> None:
        """[everybody-stops] After the turn the events are delivered, and if one of them is a stop of the debugger, all
        are paused (E8)."""
        self._execute(task)
        delivered = self._journal.deliver()
        self._tasks.store()
        if delivered and any(event["type"] == "debug_stop" for event in delivered):
            self._tasks.paused = True

    def _execute(self, task: Task) -> None:
        if task.sleep and not self._awake(task, task.sleep):
            return
        machine = task.machine
        if not machine.has_code(machine.pc + 4):
            self._lost(task)
            return
        address = machine.pc
        try:
            handler, instruction = machine.fetched.get(address) or fetch(machine)
            machine.pc = address + 4
            stop = handler(machine, instruction)
        except NotRetired as end:
            machine.pc = address
            self._not_retired(task, end)
            return
        if stop is None or stop["kind"] == "break":
            self._retire(task)
        elif stop["kind"] == "svc":
            self._services.call(task, int(stop["module"]), int(stop["function"]))
            self._retire(task)
        else:  # an illegal opcode
            self._tasks.stop()
            self._retire(task)
        if stop is not None and stop["kind"] == "break":
            self._break(task, address, instruction.word, stop)

    def _awake(self, task: Task, sleep: Sleep) -> bool:
        """A sleeper gets a turn only if somebody resumes it (E9)."""
        if self._tasks.clock.now < sleep.deadline:
            self._tasks.stop("sleeping")
            return False
        task.sleep = None
        self._tasks.go_on()
        self._journal.emit("sleep_complete")
        return True

    def _retire(self, task: Task) -> None:
        task.steps += 1
        self._tasks.completed()

    def _not_retired(self, task: Task, end: NotRetired) -> None:
        """[spin] The task keeps its state after a fault, and meets it again in each of its turns (E6)."""
        match end.stop:
            case {"kind": "returned", "status": int(status)}:
                task.exit_status = status
                self._tasks.stop("returned")
                return
            case {"fault": "invalid_conversion"}:
                raise Raised("invalid_conversion")
            case {"fault": "memory"} if end.r0 is None:
                raise Raised("ret_straddle")
        if end.r0 is not None:
            task.machine.set_reg(0, end.r0)
        self._tasks.stop()

    def _lost(self, task: Task) -> None:
        machine = task.machine
        where = {"pid": task.pid, "error": "pc_out_of_range", "pc": machine.pc, "code_len": len(machine.code)}
        self._journal.emit("vm_error", **where)
        self._journal.emit("debug_stop", **where, reason="vm_error", next_pc=machine.pc, steps=task.steps)
        self._tasks.stop("paused")

    def _break(self, task: Task, address: int, word: int, stop: Stop) -> None:
        announce_break(self._journal, task, address, word, stop)
        self._tasks.stop("paused")
