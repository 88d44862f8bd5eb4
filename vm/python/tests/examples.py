"""Runs the examples of all docstrings of the package, and tells what is public and has none."""

import doctest
import importlib
import inspect
import pkgutil
import sys
from types import ModuleType

import lockstep_minivm


def modules() -> list[ModuleType]:
    """The package and all modules below it that are written in Python."""
    found = pkgutil.walk_packages(lockstep_minivm.__path__, lockstep_minivm.__name__ + ".")
    names = [lockstep_minivm.__name__] + [module.name for module in found]
    return [importlib.import_module(name) for name in names if not name.endswith("._core")]


def without_example(module: ModuleType) -> list[str]:
    """Names of public items with a docstring of their own and no example in it. Protocols have nothing to show."""
    bare = []
    for test in doctest.DocTestFinder(exclude_empty=False).find(module):
        names = test.name.removeprefix(module.__name__).split(".")[1:]
        owner = getattr(module, names[0]) if names else None
        is_public = inspect.isroutine(owner) or (inspect.isclass(owner) and not getattr(owner, "_is_protocol", False))
        if is_public and not test.examples and not any(name.startswith("_") for name in names):
            bare.append(test.name)
    return bare


def main() -> int:
    """Gives 0 if all examples give what they say and none is missing."""
    results = [doctest.testmod(module) for module in modules()]
    bare = [name for module in modules() for name in without_example(module)]
    failed = sum(result.failed for result in results)
    for name in bare:
        print(f"{name} has no example")
    print(f"{sum(result.attempted for result in results)} examples, {failed} failed, {len(bare)} missing")
    return int(bool(failed or bare))


if __name__ == "__main__":
    sys.exit(main())
