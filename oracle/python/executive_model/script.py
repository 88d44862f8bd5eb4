"""Runs a script: its calls one after the other, up to one that the reference does not survive."""

from model_kit.answers import Outcome, Unsupported

from . import calls
from .case import Case
from .executive import Executive
from .failures import Raised
from .outcome import state
from .profile import Profile


def run_script(profile: Profile, case: Case) -> Outcome:
    """[raised] A call that raises has no result, and there is no state after it."""
    if case.config.policy != "instruction" and not profile.own_states:
        raise Unsupported("the reference has one policy")
    executive = Executive(profile, case.config)
    results: list[dict[str, object]] = []
    for number, call in enumerate(case.calls):
        try:
            answer = calls.answer(executive, call.name, call.arguments)
        except Raised as raised:
            return {"results": results, "raised": {"call": number, "kind": raised.kind}, "state": None}
        answer["events"], answer["io"] = executive.journal.take()
        results.append(answer)
    outcome: Outcome = {"results": results, "raised": None, "state": state(executive)}
    executive.dissolve()
    return outcome
