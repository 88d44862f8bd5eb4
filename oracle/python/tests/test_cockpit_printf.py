"""The formatter: conversions, percent signs that are none, and what counts as a missing argument."""

import unittest

from cockpit_support import MAX, MIN

from cockpit_model.printf import formatted


class Formatter(unittest.TestCase):
    def check(self, template: str, arguments: list[int], text: str | None) -> None:
        self.assertEqual(formatted(template, arguments), text, (template, arguments))

    def test_decimal(self) -> None:
        for value in (0, 7, -7, MIN, MAX):
            self.check("<%d>", [value], f"<{value}>")

    def test_hexadecimal(self) -> None:
        for value, text in ((0, "0"), (255, "ff"), (-1, "ffffffff"), (MIN, "80000000"), (MAX, "7fffffff")):
            self.check("<%x>", [value], f"<{text}>")

    def test_character_is_the_low_byte(self) -> None:
        for value, text in ((65, "A"), (0x141, "A"), (-1, "\xff"), (0x80, "\x80"), (10, "\n"), (37, "%")):
            self.check("<%c>", [value], f"<{text}>")

    def test_nul_ends_the_text_and_not_the_format(self) -> None:
        for value in (0, 0x100, MIN):
            self.check("ab%ccd", [value], "ab")
        self.check("%c%d", [0, 5], "")
        self.check("%c%d", [0], None)

    def test_what_is_printed_is_not_read_again(self) -> None:
        self.check("%cd%d", [37, 5], "%d5")

    def test_others_stand_for_themselves_and_use_nothing_up(self) -> None:
        for template in ("%s", "%X", "%i", "%5", "%-", "% ", "%%", "%\x01", "a%sb"):
            self.check(template, [7], template)
            self.check(template + "%d", [7], template + "7")

    def test_others_need_an_argument_all_the_same(self) -> None:
        for template in ("%s", "100%%", "%X", "%%", "% "):
            self.check(template, [], None)

    def test_percent_percent_conversion(self) -> None:
        """The second percent sign begins a conversion."""
        self.check("%%d", [7], "%7")
        self.check("%%%d", [7], "%%7")
        self.check("%%c%%", [65], None)
        self.check("a%%b", [1], "a%%b")

    def test_at_the_end(self) -> None:
        self.check("%", [], "%")
        self.check("100%", [], "100%")
        self.check("%d%", [7], "7%")

    def test_arguments_in_number(self) -> None:
        self.check("%d", [], None)
        self.check("%d %d", [1], None)
        self.check("%d", [1, 2, 3], "1")
        self.check("plain", [1], "plain")
        self.check("", [], "")
        self.check("%d%s", [1], None)

    def test_the_longest_text_fits_the_reference(self) -> None:
        text = formatted("a" * 111 + "%d" * 8, [MIN] * 8)
        assert text is not None
        self.assertEqual(len(text), 199)
        self.assertTrue(text.endswith(str(MIN)))
