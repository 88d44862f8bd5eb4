"""An image on its way into a task (design 6.1.2): what subject `hxe` says of it, and whether there is room for it.

[image-room] The first byte that shows that an image cannot be taken decides the error. That there is no room for code,
rodata and bss (ENOSPC) shows when the header is whole; that there is none for the metadata, which are all bytes behind
rodata, at the first byte that does not fit. That byte is not judged any more. Everything else is EBADMSG.
"""

from hxe_model import header
from hxe_model.header import Header
from hxe_model.loader import Image, Loader
from hxe_model.rejection import Rejected

from .configuration import Configuration, Room
from .profile import Profile
from .refusal import Refused


class Loading:
    """A task in state `loading`. After `Refused` there is nothing more to do with it."""

    def __init__(self, profile: Profile, room: Room, configuration: Configuration) -> None:
        self._code_room = min(configuration.code_max, room.code)
        self._data_room = configuration.data_room
        self._metadata_room = room.metadata
        self._loader = Loader(profile.images)
        self._left: int | None = None  # how many more bytes there is room for, once the header is whole

    def write(self, piece: bytes) -> None:
        """Take the next piece; raises `Refused` for what all bytes up to its end show."""
        try:
            if self._left is None:
                self._write_beginning(piece)
            else:
                self._write_rest(piece, self._left)
        except Rejected as rejected:
            raise Refused("EBADMSG") from rejected

    def end(self) -> Image:
        """The image, now that no more of it will come; raises `Refused` for what only the whole of it shows."""
        try:
            return self._loader.end()
        except Rejected as rejected:
            raise Refused("EBADMSG") from rejected

    def _write_beginning(self, piece: bytes) -> None:
        """Hand over no more than the largest header, as nothing behind it may be judged before there is room.

        Of an image of version 1 that is more than its header, but it has no metadata that could be judged.
        """
        split = header.LARGEST - self._loader.received
        self._loader.write(piece[:split])
        head = self._loader.header
        if head is not None:
            room = head.rodata_end + self._metadata_room - self._loader.received
            if not self._fits(head) or room < 0:
                raise Refused("ENOSPC")
            self._write_rest(piece[split:], room)

    def _fits(self, head: Header) -> bool:
        return head.code_len <= self._code_room and head.ro_len + head.bss_size <= self._data_room

    def _write_rest(self, piece: bytes, room: int) -> None:
        self._loader.write(piece[:room])
        if len(piece) > room:
            raise Refused("ENOSPC")
        self._left = room - len(piece)
