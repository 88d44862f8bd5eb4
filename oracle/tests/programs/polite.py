"""A machine of the toy subject that keeps every rule of the protocol but one: `polite.py NAME` breaks the rule that the
dialogue of this name is about, and nothing else. With a name that is no dialogue's it keeps them all.
"""

import json
import os
import select
import sys

BROKEN = sys.argv[1]
QUIET = 0.05
"""Seconds without input after which nothing is taken to be waiting."""

PROFILES = ["wraps", "stays"]
VERSION = 1 if BROKEN == "version-1" else 2

hellos = cases = bad_lines = 0
last_id = None
last_code = None
late = None


class Bad(Exception):
    pass


def members(pairs):
    found = {}
    for key, value in pairs:
        where = "case" if key in ("code", "a") else "request"
        if key in found and BROKEN != f"{where}-key-twice":
            raise Bad(f"{key}: repeated key")
        found[key] = value
    return found


def hello(request):
    global hellos
    if request.get("protocol") != VERSION and not (BROKEN == "hello-unknown" and request.get("protocol") == 99):
        raise Bad("protocol: not spoken here")
    if BROKEN == "hello":
        return {"good": "morning"}
    hellos += 1
    version = "2" if BROKEN == "hello-again" and hellos > 2 else "1"
    name = {"protocol": VERSION, "name": "polite.py", "version": version}
    if VERSION == 1:
        return {**name, "subjects": ["toy"], "profiles": PROFILES}
    return {**name, "subjects": {"toy": [*PROFILES, "Wraps"] if BROKEN == "hello-known" else PROFILES}}


def run(request):
    global cases, last_id, last_code
    known = ["op", "id", "subject", "profile", "case"]
    for key in request:
        if key not in known and BROKEN != "request-key":
            raise Bad(f"{key}: unknown key")
    if BROKEN == "line-order" and [key for key in request if key in known] != known:
        raise Bad("the keys are in another order")
    if "case" not in request and BROKEN == "request-incomplete":
        return {"id": request["id"], "unsupported": "no case"}
    for key in known:
        if key not in request:
            raise Bad(f"{key}: missing")
    if not isinstance(request["id"], str) and BROKEN != "request-id":
        raise Bad("id: not a string")
    cases += 1
    id_ = request["id"]
    if BROKEN == "id":
        id_ = id_.encode("ascii", "replace").decode()
    if BROKEN == "id-long":
        id_ = id_[:1000]
    if BROKEN == "id-twice" and id_ == last_id:
        id_ += "-2"
    last_id = request["id"]
    answer = {"id": id_, **result(request)}
    last_code = request["case"].get("code") if isinstance(request["case"], dict) else None
    return {**answer, "mood": "fine"} if BROKEN == "answer-keys" else answer


def result(request):
    subject, profile, case = request["subject"], request["profile"], request["case"]
    unknown = "unsupported" if VERSION == 1 else "error"
    if subject != "toy":
        return {"unsupported" if BROKEN == "subject-unknown" else unknown: f"unknown subject {subject}"}
    if BROKEN == "profile-letters":
        profile = profile.lower()
    if profile not in PROFILES:
        return {"unsupported" if BROKEN == "profile-unknown" and profile == "lenient" else unknown: f"unknown profile {profile}"}
    if BROKEN == "profiles" and profile == "stays":
        return {"error": "there was a profile"}
    if not isinstance(case, dict):
        return {"outcome": {}} if BROKEN == "case-no-object" else {"error": "the case is no object"}
    for key in case:
        if key not in ("code", "a") and BROKEN != "case-key":
            return {"error": f"{key}: unknown key"}
    if "code" not in case or "a" not in case:
        return {"outcome": {}} if BROKEN == "case-empty" else {"error": "code and a are wanted"}
    a = case["a"]
    taken = {"case-boolean": bool, "case-fraction": float, "case-text": str}.get(BROKEN, int)
    if type(a) is not int and type(a) is not taken:
        return {"error": "a: not an integer"}
    a = int(a)
    if BROKEN == "unsupported":
        return {"unsupported": "not yet"}
    for letter in case["code"]:
        a += 1 if letter == "i" else -1
        a = min(max(a, 0), 255) if profile == "stays" else a % 256
    if BROKEN == "state" and len(last_code or "") > 1:
        a ^= 1
    outcome = {"code": case["code"], "a": str(a) if BROKEN == "outcome" else a}
    return {"outcome": outcome, "unsupported": "this too"} if BROKEN == "one-answer" else {"outcome": outcome}


def answer(line):
    """The answer to a line; none if it gets none."""
    global bad_lines
    if BROKEN == "line-blank" and not line.strip():
        return None
    try:
        if BROKEN == "line-long" and len(line) > 65536:
            raise Bad("too long")
        if BROKEN == "line-no-text" and not line.isascii() and b'"' not in line:
            sys.exit("UnicodeDecodeError")
        text = line.decode()
        if BROKEN == "line-two":
            text = text.split("}} {")[0] + "}}" if "}} {" in text else text
        if BROKEN == "line-cut" and text.count("{") == text.count("}") + 1:
            text += "}"
        request = json.loads(text, object_pairs_hook=members)
        if BROKEN == "line-list" and isinstance(request, list):
            request = {"op": request[0], "protocol": request[1]}
        if not isinstance(request, dict):
            raise Bad("not an object")
        if request.get("op") == "hello":
            return hello(request)
        if request.get("op") == "run":
            return run(request)
        if BROKEN == "op-unknown":
            return {"id": "", "error": "no such operation"}
        raise Bad("op: neither hello nor run")
    except (Bad, ValueError) as bad:
        bad_lines += 1
        if BROKEN == "mixed" and bad_lines == 2:
            return None
        reply = {"error": str(bad)}
        # A key that stands twice in a case is known only here.
        if "repeated" in str(bad) and line.count(b"case") == 1 and line.count(b"profile") == 1:
            reply["id"] = "c1"
        return {"id": "", **reply} if BROKEN == "line-no-json" and line == b"good morning" else reply


def replies(lines):
    global late
    for line in lines:
        reply = answer(line)
        if reply is None or BROKEN == "alone" and cases or BROKEN == "many" and cases > 500:
            continue
        if BROKEN == "order" and late is None and b'"z"' in line:
            late = reply
            continue
        yield reply
        if late is not None:
            yield late
            late = None


def main():
    rest, kept = b"", b""
    if BROKEN == "noisy":
        sys.stderr.write("a word on stderr\n" * 100_000)
    while True:
        if not kept or select.select([0], [], [], QUIET)[0]:
            chunk = os.read(0, 65536)
            if not chunk:
                break
        else:
            chunk = b""
            os.write(1, kept)
            kept = b""
        *lines, rest = (rest + chunk).split(b"\n")
        if BROKEN == "line-pieces" and rest and 0 < len(chunk) < 4096:
            lines, rest = [*lines, rest], b""
        said = b"".join(json.dumps(reply).encode() + b"\n" for reply in replies(lines))
        if BROKEN == "end-behind-many":
            kept += said
        else:
            sys.stdout.buffer.write(said)
            sys.stdout.buffer.flush()
    if BROKEN == "end" and 0 < cases < 50 or BROKEN == "end-at-once" and not cases:
        sys.exit(1)


main()
