"""The examples of the README are true: their comments are what they print."""

import contextlib
import io
import os
import re
import tempfile
import unittest
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


class ReadmeTest(unittest.TestCase):
    def test_the_examples_print_what_they_say(self) -> None:
        blocks = [block.split("```")[0] for block in README.read_text(encoding="utf-8").split("```python\n")[1:]]
        counts = []
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "images").mkdir()
            self.addCleanup(os.chdir, Path.cwd())
            os.chdir(folder)
            for block in blocks:
                said = re.findall(r"^ *print\(.*\)  # (.*)$", block, re.MULTILINE)
                with contextlib.redirect_stdout(io.StringIO()) as printed:
                    exec(block, {})
                self.assertEqual(printed.getvalue().splitlines(), said)
                counts.append(len(said))
        self.assertEqual(counts, [2, 2, 2, 1, 0])


if __name__ == "__main__":
    unittest.main()
