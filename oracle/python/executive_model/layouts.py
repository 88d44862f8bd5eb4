"""Where tasks have their registers and stacks.

[layouts] Each task has 64 KiB of its own, yet the reference gives every task other addresses in it, and has no more of
them than would fit into one memory (facts 1.9). In strict all tasks are laid out alike (E2).
"""

from minivm_model.memory import SIZE

from .failures import Refused
from .memory import RODATA, WINDOW_SIZE, Span
from .task import Layout

_STACK = 0x1000
_LOWEST_WINDOW = 0x1000
_OWN = Layout(SIZE - WINDOW_SIZE, Span(SIZE - WINDOW_SIZE - _STACK, SIZE - WINDOW_SIZE))


class Layouts:
    """Raises `Refused`, if there is no room."""

    def __init__(self, *, own: bool, slots: int) -> None:
        self._own = own
        self._slots = slots
        self._given: dict[int, Layout] = {}
        self._windows: list[int] = []  # that were given back, like the stacks
        self._stacks: list[Span] = []
        self._next_window = _LOWEST_WINDOW
        self._lowest_stack = SIZE - 4

    def give(self, pid: int, size: int) -> Layout:
        """A layout for a task of this many bytes of rodata and bss."""
        if self._own:
            if len(self._given) >= self._slots or RODATA + size > _OWN.stack.low:
                raise Refused("ENOSPC")
            layout = _OWN
        else:
            window = self._window()  # [lost-window] lost if there is no room for the stack
            layout = Layout(window, self._stack())
        self._given[pid] = layout
        return layout

    def _window(self) -> int:
        if self._windows:
            return self._windows.pop()
        window = self._next_window
        if window + WINDOW_SIZE >= self._lowest_stack:
            raise Refused("ENOSPC")
        self._next_window += WINDOW_SIZE
        return window

    def _stack(self) -> Span:
        if self._stacks:
            return self._stacks.pop()
        stack = Span(self._lowest_stack - _STACK, self._lowest_stack)
        if stack.low <= self._next_window:
            raise Refused("ENOSPC")
        self._lowest_stack = stack.low
        return stack

    def take_back(self, pid: int) -> None:
        """A task is killed, or could not be loaded."""
        layout = self._given.pop(pid, None)
        if layout and not self._own:
            self._windows.append(layout.reg_base)
            self._stacks.append(layout.stack)
