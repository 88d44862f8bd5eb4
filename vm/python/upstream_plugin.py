"""A pytest plugin that puts our MiniVM into the reference's own tests.

Run from a checkout of the reference, with this folder on `PYTHONPATH` and the package installed:

    python -m pytest python/tests -p upstream_plugin

The class is replaced before any test module is imported, so that tests and the reference's VMController make ours. The
last line says how many instances were ours and how many the reference's; a run that made none of ours has failed. Tests
that start the reference's program as a process of its own run the reference in it. The tests themselves are
not changed.
"""

import importlib
import sys
from typing import Any

import lockstep_minivm
import pytest

made = {"ours": 0, "theirs": 0}


class Counted(lockstep_minivm.MiniVM):
    """Our class, which counts how many there are. Nothing else is added to it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        made["ours"] += 1
        super().__init__(*arguments, **options)


def pytest_configure(config: pytest.Config) -> None:
    """Replaces the class in the reference's module, of which the path is that of the checkout."""
    sys.path.insert(0, str(config.invocation_params.dir))
    host_vm: Any = importlib.import_module("platforms.python.host_vm")
    their_init = host_vm.MiniVM.__init__

    def init(self: Any, *arguments: Any, **options: Any) -> None:
        made["theirs"] += 1
        their_init(self, *arguments, **options)

    host_vm.MiniVM.__init__ = init
    host_vm.MiniVM = Counted


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fails a run in which our class was never made."""
    if not made["ours"] and not session.config.option.collectonly:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how many were made."""
    ok = bool(made["ours"])
    text = f"lockstep-minivm: {made['ours']} instances of MiniVM were ours, {made['theirs']} the reference's"
    terminalreporter.write_line(text, green=ok, red=not ok)
