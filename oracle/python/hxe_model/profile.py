"""Where the reference and the documents part, as switches: all off is the reference, all on is strict."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Profile:
    """The switches by their names in the ledger. The comment above each says its row and what it does when on."""

    # (D42) ro_len must be a multiple of 4, like code_len.
    rodata_alignment: bool = False
    # (D43) No (group, id) of a value or of a command, and no mailbox name, stands twice in an image. The reference
    # finds that out only when it registers them, after the load (facts 2).
    duplicate_declarations: bool = False


REFERENCE = Profile()
STRICT = Profile(**{switch.name: True for switch in fields(Profile)})
PROFILES = {"reference": REFERENCE, "strict": STRICT}
