"""The stack itself, globals, locals and arrays."""

from .handler import Handler
from .isa import ARRAYS, ELEMENTS, GLOBALS, Op
from .machine import Machine
from .stops import Failed


def push(m: Machine, immediate: int) -> None:
    """The immediate, zero-extended."""
    m.push(immediate)


def pop(m: Machine, immediate: int) -> None:
    m.take(1)


def _global(m: Machine, immediate: int) -> int:
    number = immediate & m.profile.number_bits
    if number >= GLOBALS:
        raise Failed(m.profile.error_of_memory)
    return number


def load_global(m: Machine, immediate: int) -> None:
    """One never stored is 0."""
    m.push(m.globals.get(_global(m, immediate), 0))


def store_global(m: Machine, immediate: int) -> None:
    [value] = m.take(1)
    m.globals[_global(m, immediate)] = value


def _local(m: Machine, immediate: int) -> int:
    """A local is a cell of the stack, counted from its top; there is no storage of their own."""
    if immediate >= len(m.stack):
        raise Failed(m.profile.error_of_memory)
    return len(m.stack) - 1 - immediate


def load_local(m: Machine, immediate: int) -> None:
    """Local 0 is the top, so that this doubles it."""
    m.push(m.stack[_local(m, immediate)])


def store_local(m: Machine, immediate: int) -> None:
    """Local 0 is the cell below the value."""
    [value] = m.take(1)
    m.stack[_local(m, immediate)] = value


def _array(m: Machine, immediate: int, index: int) -> list[int]:
    """The array, which is known to be active and to have the element."""
    array = m.arrays.get(immediate & m.profile.number_bits, [])
    if not 0 <= index < len(array):
        raise Failed(m.profile.error_of_memory)
    return array


def load_array(m: Machine, immediate: int) -> None:
    [index] = m.take(1)
    m.push(_array(m, immediate, index)[index])


def store_array(m: Machine, immediate: int) -> None:
    """The index is on top of the value."""
    value, index = m.take(2)
    _array(m, immediate, index)[index] = value


def create_array(m: Machine, immediate: int) -> None:
    """All elements are 0. An array is never freed nor made anew, and there is room for all of them (facts 1.2)."""
    [size] = m.take(1)
    if not 1 <= size <= ELEMENTS:
        raise Failed(m.profile.error_of_array_size)
    number = immediate & m.profile.number_bits
    if number >= ARRAYS or number in m.arrays:
        raise Failed(m.profile.error_of_memory)
    m.arrays[number] = [0] * size


BUILT: dict[int, Handler] = {
    Op.PUSH: push,
    Op.POP: pop,
    Op.LOAD_GLOBAL: load_global,
    Op.STORE_GLOBAL: store_global,
    Op.LOAD_LOCAL: load_local,
    Op.STORE_LOCAL: store_local,
    Op.LOAD_ARRAY: load_array,
    Op.STORE_ARRAY: store_array,
    Op.CREATE_ARRAY: create_array,
}
