#!/usr/bin/env python3
"""Builds the wheel of this folder and checks it as a user would have it.

The wheel is built by `maturin` and installed in an empty environment, without an index and without a compiler. There
the unit tests of `tests/` and the examples of all docstrings are run. `mypy --strict` then checks the package and the
tests, and `stubtest` compares the stubs with the library. Both come with mypy, which is looked for on the path and
beside `maturin`.

    python check.py [PYTHON ...]

Each PYTHON is a further interpreter in which the wheel is installed and tested, e.g. python3.13.

Exit status: 0 all passed, 1 something failed, 3 it could not be determined: `maturin` or `mypy` is missing.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORK = HERE.parents[1] / "target" / "python"
PASSED, FAILED, UNDETERMINED = 0, 1, 3


def run(title: str, *command: str | Path, cwd: Path = WORK, **variables: str) -> bool:
    """Runs a command and says how it went. Its output is shown if it failed, else its last two lines."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **variables}
    result = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, text=True, capture_output=True, check=False
    )
    output = (result.stdout + result.stderr).strip()
    if result.returncode:
        print(output)
    last = " ".join([line for line in output.splitlines() if line][-2:])
    print(f"{'failed' if result.returncode else 'passed'}: {title}: {last}", flush=True)
    return not result.returncode


def build(maturin: str) -> Path | None:
    """Builds the wheel, alone in its folder."""
    wheels = WORK / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    if not run("build", maturin, "build", "--release", "--out", wheels, cwd=HERE):
        return None
    wheel = next(wheels.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    missing = [name for name in ("py.typed", "_core.pyi", "dropin/minivm.py") if f"lockstep_minivm/{name}" not in names]
    print(f"{wheel.name}: {wheel.stat().st_size / 1024:.0f} KiB, {len(names)} files, missing: {missing or 'none'}")
    return None if missing else wheel


def install(wheel: Path, interpreter: str) -> Path | None:
    """Makes an empty environment of an interpreter with the wheel in it. Gives its Python."""
    folder = WORK / f"environment-{Path(interpreter).name}"
    shutil.rmtree(folder, ignore_errors=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    no_compiler = {"CC": "false", "CXX": "false", "CARGO": "false", "RUSTC": "false"}
    command = (python, "-m", "pip", "install", "--no-index", "--only-binary=:all:", wheel)
    made = run("environment", interpreter, "-m", "venv", folder) and run("install", *command, **no_compiler)
    return python if made else None


def run_tests(python: Path) -> bool:
    """Runs unit tests and examples in an environment."""
    run("interpreter", python, "--version")
    tests = run("unit tests", python, "-m", "unittest", "discover", "-s", HERE / "tests", "-t", HERE)
    return run("examples", python, HERE / "tests" / "examples.py") and tests


def check_types(python: Path, maturin: str) -> int:
    """Checks package, stubs and tests with what mypy brings."""
    folders = os.pathsep.join([str(Path(maturin).parent), os.environ.get("PATH", "")])
    mypy, stubtest = (shutil.which(name, path=folders) for name in ("mypy", "stubtest"))
    if mypy is None or stubtest is None:
        print("mypy is missing: the stubs were not checked. Install it with pip.")
        return UNDETERMINED
    command = (mypy, "--strict", "--python-executable", python, "--config-file", HERE / "pyproject.toml")
    packages = subprocess.check_output(
        [python, "-c", "import lockstep_minivm as l; print(l.__path__[0])"], cwd=WORK, text=True
    )
    passed = [
        run("types of the tests", *command, "tests", cwd=HERE),
        run("types of the package", *command, "-p", "lockstep_minivm"),
        run("stubs", stubtest, "lockstep_minivm._core", PYTHONPATH=str(Path(packages).parent)),
    ]
    return PASSED if all(passed) else FAILED


def main() -> int:
    """Does all of it."""
    maturin = shutil.which("maturin")
    if maturin is None:
        print("maturin is missing: the wheel can not be built. Install it with pip.")
        return UNDETERMINED
    WORK.mkdir(parents=True, exist_ok=True)
    wheel = build(maturin)
    if wheel is None:
        return FAILED
    pythons = [install(wheel, interpreter) for interpreter in (sys.executable, *sys.argv[1:])]
    passed = [python is not None and run_tests(python) for python in pythons]
    types = UNDETERMINED if pythons[0] is None else check_types(pythons[0], maturin)
    return types if all(passed) else FAILED


if __name__ == "__main__":
    sys.exit(main())
