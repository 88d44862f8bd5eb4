"""The HSX MiniVM: a bytecode VM in Rust, and a drop-in for the class `MiniVM` of its Python reference.

`Vm` is the VM as a Python programmer wants it, `MiniVM` the VM as programs written for the reference expect it;
`ControlPlane` has several tasks, `Executive` gives them services, and `Server` has it serve clients over TCP. All
execute with the same Rust code.

>>> vm = Vm(assemble("LDI R1, 40\\nLDI R2, 2\\nADD R0, R1, R2\\nRET").code)
>>> vm.run(100)
Run(steps=3, stop=Returned(status=42))
"""

from ._core import Registers
from .control import ControlPlane, Ending, Exit, MemConfig, Policy, RegisterId, StepResult, TaskInfo, TaskState
from .dropin import MiniVM, TaskContext
from .errors import VmError
from .executive import (
    CanFrame,
    Command,
    Commands,
    Event,
    Executive,
    ExecutiveConfig,
    ExecutiveProfile,
    Loaded,
    Mailbox,
    Mailboxes,
    MailboxPeek,
    Message,
    Output,
    SchedulerPolicy,
    StepReply,
    Task,
    TaskExit,
    TaskRegisters,
    UartText,
    Value,
    Values,
)
from .server import Limits, Server
from .vm import (
    RODATA_BASE,
    Break,
    Fault,
    Image,
    Profile,
    Program,
    Returned,
    Run,
    Stop,
    Svc,
    Vm,
    assemble,
    build_image,
    disassemble,
    load_image,
)

__all__ = [
    "RODATA_BASE",
    "Break",
    "CanFrame",
    "Command",
    "Commands",
    "ControlPlane",
    "Ending",
    "Event",
    "Executive",
    "ExecutiveConfig",
    "ExecutiveProfile",
    "Exit",
    "Fault",
    "Image",
    "Limits",
    "Loaded",
    "Mailbox",
    "MailboxPeek",
    "Mailboxes",
    "MemConfig",
    "Message",
    "MiniVM",
    "Output",
    "Policy",
    "Profile",
    "Program",
    "RegisterId",
    "Registers",
    "Returned",
    "Run",
    "SchedulerPolicy",
    "Server",
    "StepReply",
    "StepResult",
    "Stop",
    "Svc",
    "Task",
    "TaskContext",
    "TaskExit",
    "TaskInfo",
    "TaskRegisters",
    "TaskState",
    "UartText",
    "Value",
    "Values",
    "Vm",
    "VmError",
    "assemble",
    "build_image",
    "disassemble",
    "load_image",
]
