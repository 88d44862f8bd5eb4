"""The executive: tasks, a scheduler, mailboxes, values, commands, time and files on the VM."""

from .config import ExecutiveConfig, ExecutiveProfile, SchedulerPolicy
from .executive import Executive
from .mailboxes import Mailbox, Mailboxes, MailboxPeek, Message
from .registry import Command, Commands, Value, Values
from .tasks import Loaded, StepReply, Task, TaskRegisters
from .told import CanFrame, Event, Output, TaskExit, UartText

__all__ = [
    "CanFrame",
    "Command",
    "Commands",
    "Event",
    "Executive",
    "ExecutiveConfig",
    "ExecutiveProfile",
    "Loaded",
    "Mailbox",
    "MailboxPeek",
    "Mailboxes",
    "Message",
    "Output",
    "SchedulerPolicy",
    "StepReply",
    "Task",
    "TaskExit",
    "TaskRegisters",
    "UartText",
    "Value",
    "Values",
]
