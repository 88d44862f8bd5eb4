"""Where the reference and the documents part, as switches: all off is the reference, all on is strict."""

from dataclasses import dataclass, fields

import hxe_model.profile
import minivm_model.profile


@dataclass(frozen=True, slots=True)
class Profile:
    """One switch per row of the ledger; the comment above it is what it does when it is on."""

    instructions: minivm_model.profile.Profile = minivm_model.profile.REFERENCE
    images: hxe_model.profile.Profile = hxe_model.profile.REFERENCE

    # A task's state is its own: a fault parks it (E6), exit ends it (E7), BRK pauses nobody else (E8), a sleeper wakes
    # at its deadline (E9), pause and resume of all change a flag only (E10), and a pause of one lies over its state
    # until it is resumed (X5). The file system survives pause and kill (X4). The reference has instead one machine that
    # tasks are copied into and out of, and what is left in it decides the state of the next (facts 1.3, 1.4).
    own_states: bool = False
    # Every task has the layout of the control plane: window and stack at the end of memory (E2).
    layout: bool = False
    # If the active task cannot go on, the next runnable one after it is active, and not the first (E4).
    successor: bool = False
    # The end of a task, a failed load among them, frees what it held, names of values and commands too (E11, E35).
    cleanup: bool = False
    # Every message that is queued serves those who wait, and not only those of SEND and of the host (E13).
    wakes: bool = False
    # A tap does not hold back messages, and one that waits does not stop those behind it (E21).
    taps: bool = False
    # Targets are ASCII (E22).
    names: bool = False
    # A bad PID in a target is a bad target, and does not raise (E23).
    suffix: bool = False
    # The owner may call its command whatever the auth level (E26).
    command_owner: bool = False
    # A command's handler runs in its task (E27), where the reference asks the host.
    handlers: bool = False
    # A change of a value is one message of 6 bytes for each subscriber; no second one of 4 bytes (E29).
    one_notice: bool = False
    # At load, stored bits win over the value in the image (E31).
    stored_wins: bool = False
    # Key FFFFh is no key, like 0 (E32).
    persist_none: bool = False
    # Each task has file descriptors of its own (E39).
    task_fds: bool = False
    # At load, a value or command of group F0h that exists is skipped (E52).
    shared_group: bool = False
    # Every call returns the events that it emitted; there are no pending ones (X1).
    direct_events: bool = False
    # What a service writes past FFFFh is dropped (X2).
    clip: bool = False
    # exp overflows to infinity, and sin and cos of an infinity are NaN (X3).
    libm_total: bool = False
    # Who waits on a handle that is closed is woken with status 2 (X6).
    closed_waiter: bool = False
    # An open file that is gone reads and writes nothing, and a renamed one is still open (X7).
    stale_fd: bool = False
    # A subscription to a value that does not exist closes the handle it opened (X8).
    failed_sub: bool = False


REFERENCE = Profile()
STRICT = Profile(
    instructions=minivm_model.profile.STRICT,
    images=hxe_model.profile.STRICT,
    **{switch.name: True for switch in fields(Profile) if switch.type is bool},
)
PROFILES = {"reference": REFERENCE, "strict": STRICT}
