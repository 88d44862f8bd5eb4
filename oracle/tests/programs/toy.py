"""A program that serves the toy subject by the machine protocol, well or in one of many wrong ways: `toy.py MODE`."""

import json
import os
import subprocess
import sys
import time

# With `-alone` behind the mode it knows no subject but the toy.
MODE = sys.argv[1].removesuffix("-alone")
OTHERS = {} if sys.argv[1].endswith("-alone") else {"other": ["x"]}
OUT = sys.stdout.buffer
FILE = sys.argv[2] if len(sys.argv) > 2 else None


kept = []


def write(data):
    OUT.write(data)
    OUT.flush()


def say(message):
    line = json.dumps(message).encode() + b"\n"
    if MODE == "buffers":
        kept.append(line)
    else:
        write(line)


def note(text):
    """Leaves a line in the file that was named on the command line."""
    if FILE:
        with open(FILE, "a") as file:
            file.write(f"{text}\n")


def outcome(profile, case):
    a = case["a"]
    for letter in case["code"]:
        a += 1 if letter == "i" else -1
        a = min(max(a, 0), 255) if profile == "stays" else a % 256
    return {"code": case["code"], "a": a}


def hello(asked):
    name, version = "toy.py", "3"
    if MODE == "greets-twice-otherwise" and os.path.exists(FILE):
        version = "4"
    note(f"hello {asked} {os.getpid()}")
    if MODE == "hangs-at-hello":
        leave_behind()
        time.sleep(600)
    if MODE == "strict-1" and asked != 1:
        return {"error": "protocol: not 1"}
    if MODE == "exits-at-2" and asked != 1:
        sys.exit(9)
    if MODE == "no-protocol":
        return {"name": name}
    if MODE == "protocol-3":
        return {"protocol": 3, "name": name}
    if MODE == "refuses":
        return {"error": "go away\x1b[2J"}
    if MODE == "rude":
        name, version = "\x1b[31mred\ufffe\n::stop-commands::x", "\u202e1"
    if MODE == "unknown-profile":
        return {"protocol": 2, "name": name, "version": version, "subjects": {"toy": ["Wraps"]}}
    if MODE in ("strict-1", "exits-at-2", "always-1"):
        profiles = ["wraps", "stays"]
        return {"protocol": 1, "name": name, "version": version, "subjects": ["toy"], "profiles": profiles}
    return {"protocol": 2, "name": name, "version": version, "subjects": {"toy": ["wraps", "stays"], **OTHERS}}


def leave_behind():
    """Starts a child that is in no group and no environment of ours, and one more that has lost its parent."""
    asleep = f"echo $$ >> {FILE}; exec sleep 600"
    for command in (["sh", "-c", asleep], ["sh", "-c", f"setsid sh -c '{asleep}' & exit 0"]):
        subprocess.Popen(["/usr/bin/env", "-i", "/usr/bin/setsid", *command], stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wanted = time.time() + 20
    while time.time() < wanted and sum(line[:1].isdigit() for line in open(FILE)) < 2:
        time.sleep(0.01)


answered = 0
seen = False


def run(request):
    global answered, seen
    answered += 1
    id_, case = request["id"], request["case"]
    right = {"id": id_, "outcome": outcome(request["profile"], case)}
    special = case["code"] == "d" and case["a"] in (40, 41)
    if MODE in ("crashes", "buffers") and special:
        print("segmentation\x1b[0m fault at d", file=sys.stderr, flush=True)
        os._exit(3)
    if MODE == "crashes-in-long-batches" and answered > 200:
        os._exit(3)
    if MODE == "dies-for-good" and answered > 200:
        os.remove(sys.argv[0])
        os._exit(3)
    if MODE == "hangs" and special:
        time.sleep(600)
    if MODE == "floods" and special:
        while True:
            write(b"x" * 65536)
    if MODE == "swaps" and special:
        return {**right, "id": "c999999"}
    if MODE == "twice" and special:
        say(right)
    if MODE == "rubbish" and special:
        write(b"\xff\xferubbish\x07\n")
        return right
    if MODE == "half" and special:
        write(b'{"id":"' + id_.encode())
        os._exit(0)
    if MODE == "form":
        return {"id": id_, "outcome": {"code": case["code"], "a": f"{answered}"}}
    if MODE == "signed":
        a = right["outcome"]["a"]
        return {"id": id_, "outcome": {"code": case["code"], "a": a - 256 if a > 127 else a}}
    if MODE == "large":
        return {"id": id_, "unsupported": "x" * 50_000_000}
    if MODE == "refuses-cases" and special:
        return {"id": id_, "error": "bad\x1b[2J"}
    if MODE == "unsupported":
        return {"id": id_, "unsupported": "not\x00yet"}
    if MODE == "two-keys" and special:
        return {**right, "unsupported": "both"}
    if MODE == "null-key" and special:
        return {**right, "error": None}
    if MODE == "leaks":
        was_seen, seen = seen, right["outcome"]["a"] == 77
        right["outcome"]["a"] ^= was_seen
    if MODE == "leaves-behind" and special:
        leave_behind()
        os._exit(1)
    return right


rest = b""
while chunk := os.read(0, 65536):
    *lines, rest = (rest + chunk).split(b"\n")
    for line in lines:
        request = json.loads(line)
        say(hello(request["protocol"]) if request["op"] == "hello" else run(request))
    # No further request is waiting.
    write(b"".join(kept))
    kept.clear()
if MODE == "ends-with-1":
    sys.exit(1)
if MODE == "never-ends":
    time.sleep(600)
if MODE == "talks-at-the-end":
    say({"id": "c0", "unsupported": "\x1b late"})
