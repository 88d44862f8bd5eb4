"""When a debugger wants a VM to halt."""

from collections.abc import Iterable

ADDRESS = 0xFFFF


class Debugger:
    """Breakpoints, a request to break, and a number of steps to take. It says why to halt; it halts nothing.

    >>> debugger = Debugger()
    >>> debugger.enabled, debugger.breakpoints = True, {8}
    >>> debugger.before(8), debugger.before(4)
    ('breakpoint', None)
    """

    __slots__ = ("break_requested", "breakpoints", "enabled", "passed", "steps_left")

    def __init__(self) -> None:
        self.enabled = False
        """Whether anything below has an effect."""
        self.breakpoints: set[int] = set()
        """Byte addresses, 16 bits."""
        self.break_requested = False
        """Whether to halt before the next instruction, whatever it is."""
        self.passed: int | None = None
        """The breakpoint that is passed over once, when pc comes there next."""
        self.steps_left = 0
        """How many instructions may retire; 0: any number."""

    def watch(self, breakpoints: Iterable[int]) -> None:
        """Sets the breakpoints, of which the low 16 bits count.

        >>> debugger = Debugger()
        >>> debugger.watch([0x10008])
        >>> debugger.breakpoints
        {8}
        """
        self.breakpoints = {address & ADDRESS for address in breakpoints}

    def rest(self) -> None:
        """Forgets what was asked of the run that has just halted; breakpoints stay.

        >>> debugger = Debugger()
        >>> debugger.steps_left = 3
        >>> debugger.rest()
        >>> debugger.steps_left
        0
        """
        self.break_requested = False
        self.passed = None
        self.steps_left = 0

    def before(self, pc: int) -> str | None:
        """Says why to halt before the instruction at a byte address: `async_break`, `breakpoint`, or None.

        >>> debugger = Debugger()
        >>> debugger.break_requested = True
        >>> debugger.before(0)
        'async_break'
        """
        if self.break_requested:
            return "async_break"
        if self.passed == pc & ADDRESS:
            self.passed = None
        elif pc & ADDRESS in self.breakpoints:
            return "breakpoint"
        return None

    def counts_last(self) -> bool:
        """Counts an instruction that has retired. Says whether it was the last that might.

        >>> debugger = Debugger()
        >>> debugger.enabled, debugger.steps_left = True, 2
        >>> debugger.counts_last(), debugger.counts_last(), debugger.counts_last()
        (False, True, False)
        """
        if not self.enabled or not self.steps_left:
            return False
        self.steps_left -= 1
        return not self.steps_left
