"""The control plane: images in; tasks made, stepped, inspected, switched and taken down (design document, 6)."""

from .config import MemConfig, Policy, RegisterId
from .plane import ControlPlane
from .results import Ending, Exit, StepResult, TaskInfo, TaskState

__all__ = [
    "ControlPlane",
    "Ending",
    "Exit",
    "MemConfig",
    "Policy",
    "RegisterId",
    "StepResult",
    "TaskInfo",
    "TaskState",
]
