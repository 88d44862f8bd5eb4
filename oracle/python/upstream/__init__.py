"""The reference as a machine: loads it from a checkout and keeps it quiet.

It prints, keeps a trace file and looks at the clock; none of that is part of a case.
"""

import importlib
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from . import executive, hxe, minivm

_SUBJECTS = {"minivm": minivm.run, "hxe": hxe.run, "executive": executive.run}


def load(checkout: str | Path, subject: str) -> Callable[[str, Sequence[dict[str, Any]]], list[dict[str, Any]]]:
    """The function `run_batch(profile, cases)` of a subject, on the reference in `checkout`."""
    root = Path(checkout).resolve()
    if not (root / "platforms" / "python" / "host_vm.py").is_file():
        raise FileNotFoundError(f"{root} is no checkout of the reference: platforms/python/host_vm.py is missing")
    for folder in map(str, (root, root / "python", root / "platforms" / "python")):
        if folder not in sys.path:
            sys.path.append(folder)
    host = importlib.import_module("host_vm")
    _keep_quiet(host)
    run = _SUBJECTS[subject]

    def run_batch(profile: str, cases: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        return [run(host, profile, case) for case in cases]

    return run_batch


def _keep_quiet(host: ModuleType) -> None:
    """Takes the console, the trace file and the clock from the reference."""

    def nothing(*_: object, **__: object) -> None:
        return None

    setattr(host, "print", nothing)
    for module in (host, sys.modules.get("mailbox"), sys.modules.get("python.mailbox")):
        if module:
            setattr(module, "open", lambda *_, **__: io.StringIO())
            setattr(module, "time", SimpleNamespace(monotonic=lambda: 0.0, time=lambda: 0.0, sleep=nothing))
