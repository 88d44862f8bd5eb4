"""An outcome: why a case stopped and the complete state after it, in the protocol's JSON."""

from model_kit.answers import Outcome

from .execution import Run


def report(run: Run) -> Outcome:
    """All keys are always there but `trace`, which is there if it was asked for."""
    machine = run.machine
    outcome: Outcome = {
        "stop": run.stop,
        "steps": run.steps,
        "pc": machine.pc,
        "sp": machine.sp,
        "psw": machine.psw,
        "regs": machine.regs(),
        "call_stack": machine.call_stack,
        "mem": [[address, data.hex()] for address, data in machine.memory.changes()],
    }
    if run.trace is not None:
        outcome["trace"] = run.trace
    return outcome
