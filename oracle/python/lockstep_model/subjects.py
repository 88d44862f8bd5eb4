"""The subjects that there are models of, and the profiles that these know."""

from collections.abc import Callable, Sequence

import hxe_model
import minivm_model

RunBatch = Callable[[str, Sequence[object]], list[dict[str, object]]]

SUBJECTS: dict[str, RunBatch] = {
    "minivm": minivm_model.run_batch,
    "hxe": hxe_model.run_batch,
}
PROFILES = list(dict.fromkeys([*minivm_model.PROFILES, *hxe_model.PROFILES]))
