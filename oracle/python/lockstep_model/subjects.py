"""The subjects that there are models of: every package `SUBJECT_model` beside this one, found by its name."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

RunBatch = Callable[[str, Sequence[object]], list[dict[str, object]]]

_SUFFIX = "_model"


def _found() -> Mapping[str, str]:
    """Subject and package, in order of the subjects' names."""
    folder = str(Path(__file__).resolve().parent.parent)
    packages = sorted(module.name for module in pkgutil.iter_modules([folder]) if module.ispkg)
    named = [package for package in packages if package.endswith(_SUFFIX) and package != __package__]
    return {package.removesuffix(_SUFFIX): package for package in named}


_MODELS = {subject: importlib.import_module(package) for subject, package in _found().items()}

SUBJECTS: dict[str, RunBatch] = {subject: model.run_batch for subject, model in _MODELS.items()}
"""What runs the cases of each subject."""

PROFILES_OF: dict[str, list[str]] = {subject: list(model.PROFILES) for subject, model in _MODELS.items()}
"""The profiles of each subject."""

PROFILES: list[str] = list(dict.fromkeys(profile for profiles in PROFILES_OF.values() for profile in profiles))
"""Every profile of any subject, each once."""
