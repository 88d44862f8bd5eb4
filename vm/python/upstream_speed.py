#!/usr/bin/env python3
"""Compares the speed of the reference's class with that of ours, on the reference's own sample images and on a loop.

    python upstream_speed.py CHECKOUT [--seconds 0.5]

Each image below `examples` that loads runs step by step on both, from the start again when it has ended, for as long as
is asked. Both have to take the same number of steps until it ends, or the image is no measure. The last line is the
geometric mean of the ratios.
"""

import argparse
import contextlib
import importlib
import io
import math
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from lockstep_minivm import MiniVM, Program, Vm, assemble, load_image

MOST_STEPS = 2000
FEWEST_STEPS = 5
LOOP = "LDI R1, 400\nagain: LD R3, [R2+16]\nADD R3, R3, R1\nST [R2+16], R3\nSUB R1, R1, R4\nJNZ again\nJMP again"


def run(kind: Callable[..., Any], program: Program) -> int:
    """Runs a program until it ends, or long enough. Gives the number of steps."""
    vm = kind(program.code, entry=program.entry, rodata=program.rodata)
    tries = 0
    while vm.running and tries < MOST_STEPS:
        vm.step()
        tries += 1
    return int(vm.steps)


def speed(work: Callable[[], int], seconds: float) -> float:
    """Does work again and again. Gives instructions per second."""
    steps, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < seconds:
        steps += work()
    return steps / passed


def samples(folder: Path) -> dict[str, Program]:
    """The loop, and all images that load, by their path."""
    found: dict[str, Program] = {"a loop of 5 instructions": assemble(LOOP)}
    for path in sorted(folder.glob("**/*.hxe")):
        with contextlib.suppress(ValueError):
            found[str(path.relative_to(folder))] = load_image(path.read_bytes())
    return found


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", help="folder of a checkout of the reference")
    parser.add_argument("--seconds", type=float, default=0.5, metavar="S", help="for each class and program")
    options = parser.parse_args()
    sys.path.insert(0, options.checkout)
    reference = importlib.import_module("platforms.python.host_vm").MiniVM
    ratios = []
    print(f"{'program':40} {'steps':>6} {'reference/s':>12} {'ours/s':>12} {'ratio':>6}")
    for name, program in samples(Path(options.checkout, "examples")).items():
        with contextlib.redirect_stdout(io.StringIO()):
            steps = run(reference, program)
            if steps < FEWEST_STEPS or steps != run(MiniVM, program):
                continue
            theirs, ours = (speed(partial(run, kind, program), options.seconds) for kind in (reference, MiniVM))
        ratios.append(ours / theirs)
        print(f"{name[-40:]:40} {steps:6} {theirs:12,.0f} {ours:12,.0f} {ours / theirs:6.1f}", flush=True)
    whole = speed(lambda: Vm(assemble(LOOP).code).run(10_000_000).steps, options.seconds)
    print(f"Vm.run on the loop: {whole / 1e6:.0f} million instructions/s")
    print(f"{len(ratios)} programs, ratio {math.exp(sum(map(math.log, ratios)) / len(ratios)):.1f} (geometric mean)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
