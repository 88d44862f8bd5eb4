"""Where the reference and the documents part, as switches: all off is the reference, all on is strict."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Profile:
    """One switch per rule that only strict has; the comment above it is what it does when it is on."""

    # ro_len must be a multiple of 4, like code_len (D29).
    rodata_aligned: bool = False
    # No (group, id) of a value or of a command stands twice in an image. The reference finds that out only when it
    # registers them, after the load (facts 2).
    ids_unique: bool = False
    # No mailbox name stands twice in an image (D29).
    mailboxes_unique: bool = False


REFERENCE = Profile()
STRICT = Profile(**{switch.name: True for switch in fields(Profile)})
PROFILES = {"reference": REFERENCE, "strict": STRICT}
