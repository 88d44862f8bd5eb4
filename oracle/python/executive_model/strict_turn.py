"""A turn of strict: one instruction, and what becomes of its task (spec 3.0)."""

from minivm_model.execution import fetch
from minivm_model.isa import Op
from minivm_model.stops import NotRetired

from .handlers import Handlers
from .services import Services
from .strict_tasks import StrictTasks
from .task import Task
from .turns import announce_break


class StrictTurn:
    """Executes instructions of the active task."""

    def __init__(self, tasks: StrictTasks, services: Services, handlers: Handlers) -> None:
        self._tasks = tasks
        self._services = services
        self._handlers = handlers

    def take(self, task: Task) -> None:
        machine = task.machine
        address = machine.pc
        try:
            handler, instruction = machine.fetched.get(address) or fetch(machine)
            machine.pc = address + 4
            stop = handler(machine, instruction)
        except NotRetired as end:
            machine.pc = address
            self._not_retired(task, end)
            return
        if stop is not None and stop["kind"] == "svc":
            self._services.call(task, int(stop["module"]), int(stop["function"]))
        task.steps += 1
        if stop is not None and stop["kind"] == "break":
            announce_break(self._tasks.journal, task, address, instruction.word, stop)
            task.paused = True
        if instruction.op == Op.RET:
            self._handlers.returned(task)

    def _not_retired(self, task: Task, end: NotRetired) -> None:
        match end.stop:
            case {"kind": "returned", "status": int(status)}:
                self._tasks.finish(task, status)
            case {"fault": str(fault)}:
                self._tasks.fault(task, fault)
