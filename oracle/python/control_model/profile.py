"""How the subjects that the control plane is built on are read: there is one profile, what the design document says."""

from typing import NamedTuple

from hxe_model import profile as hxe
from minivm_model import profile as minivm


class Profile(NamedTuple):
    """The profile of each subject below."""

    instructions: minivm.Profile
    images: hxe.Profile


DOCUMENT = Profile(instructions=minivm.STRICT, images=hxe.STRICT)
PROFILES = {"document": DOCUMENT}
