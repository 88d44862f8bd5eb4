"""No module imports another in a circle, and nothing of the models knows an adapter of the reference."""

import ast
import unittest
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


def _modules() -> dict[str, Path]:
    """Every module of a package, by its full name."""
    files = [file for file in _ROOT.rglob("*.py") if (file.parent / "__init__.py").is_file()]
    return {".".join(file.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def _imports(name: str, file: Path, modules: dict[str, Path]) -> Iterator[str]:
    """The modules that a module imports, whether at its top or within a function."""
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            up = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            base = ".".join([*up, *([node.module] if node.module else [])])
            # `from package import name` takes a module of that name, or something that the package itself has.
            yield from (
                f"{base}.{alias.name}" if f"{base}.{alias.name}" in modules else base
                for alias in node.names
                if f"{base}.{alias.name}" in modules or base in modules
            )


def _circle(imports: dict[str, set[str]]) -> set[str]:
    """What is left when everything is taken away, again and again, that imports nothing of the rest."""
    left = dict(imports)
    while done := {name for name, used in left.items() if not used & left.keys() - {name}}:
        left = {name: used for name, used in left.items() if name not in done}
    return set(left)


class Imports(unittest.TestCase):
    def setUp(self) -> None:
        modules = _modules()
        self.imports = {name: set(_imports(name, file, modules)) for name, file in modules.items()}

    def test_there_is_no_circle(self) -> None:
        self.assertGreater(sum(map(len, self.imports.values())), 100)
        self.assertEqual(_circle(self.imports), set())

    def test_a_circle_is_found(self) -> None:
        self.assertEqual(_circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}), {"a", "b", "c"})

    def test_models_know_no_reference(self) -> None:
        for name, used in self.imports.items():
            if name.partition(".")[0].endswith("_model"):
                self.assertFalse({it for it in used if it.partition(".")[0] == "upstream"}, name)


if __name__ == "__main__":
    unittest.main()
