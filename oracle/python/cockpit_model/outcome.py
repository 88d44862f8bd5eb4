"""An outcome: why a case stopped and the complete state after it, in the protocol's JSON."""

from model_kit.answers import Outcome

from .execution import Run


def report(run: Run) -> Outcome:
    """All keys are always there; globals and pins only as far as they are not 0."""
    machine = run.machine
    return {
        "stop": run.stop,
        "steps": run.steps,
        "pc": machine.pc,
        "stack": machine.stack,
        "globals": _not_zero(machine.globals),
        "arrays": [[number, machine.arrays[number]] for number in sorted(machine.arrays)],
        "pins": _not_zero(machine.modes),
        "calls": machine.calls,
    }


def _not_zero(values: dict[int, int]) -> list[list[int]]:
    return [[number, values[number]] for number in sorted(values) if values[number]]
