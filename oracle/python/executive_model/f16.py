"""The half-precision numbers of values: kept as bits, but for NaN (facts 4.3). The VM's own codec is another one."""

from minivm_model.f16 import decode

ZEROS = (0x0000, 0x8000)
_INFINITY, _SIGN, _NAN = 0x7C00, 0x8000, 0x7E00


def canonical(half: int) -> int:
    """The payload of a NaN is lost, its sign is kept."""
    return half & _SIGN | _NAN if half & 0x7FFF > _INFINITY else half


def of_image(half: int) -> int:
    """[image-nan] In metadata of an image the sign of a NaN is lost, too: they are read with the VM's codec."""
    return _NAN if canonical(half) & 0x7FFF == _NAN else half


def closer_than(one: int, other: int, epsilon: int) -> bool:
    """Whether two numbers differ by less than `epsilon`; no NaN does, and nothing is closer than 0 or less."""
    return abs(decode(one) - decode(other)) < decode(epsilon)
