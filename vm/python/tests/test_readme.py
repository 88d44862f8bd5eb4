"""The example of the README is true: its comments are what it prints."""

import contextlib
import io
import re
import unittest
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


class ReadmeTest(unittest.TestCase):
    def test_the_first_example_prints_what_it_says(self) -> None:
        block = README.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
        said = re.findall(r"^print\(.*\)  # (.*)$", block, re.MULTILINE)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(block, {})
        self.assertEqual(printed.getvalue().splitlines(), said)
        self.assertEqual(len(said), 2)


if __name__ == "__main__":
    unittest.main()
