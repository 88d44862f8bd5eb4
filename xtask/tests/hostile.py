"""A machine that answers rightly until it misbehaves in the way its argument names."""

import json
import os
import subprocess
import sys
import time

import minivm_model

MODE, *ARGUMENTS = sys.argv[1:]
HELLO = {
    "protocol": 1,
    "name": "hostile",
    "version": "0",
    "subjects": ["hxe" if MODE == "other_subject" else "minivm"],
    "profiles": ["reference", "strict", "portable"],
}
BAD_CASE = 100


def say(message: object) -> None:
    print(json.dumps(message), flush=True)


def right_answer(request: dict) -> dict:
    if MODE == "declines":
        return {"id": request["id"], "unsupported": "not yet"}
    outcome = minivm_model.run(request["profile"], request["case"])
    if MODE == "wrong_unseen" and not request["case"].get("trace"):
        outcome["psw"] ^= 1
    return {"id": request["id"], "outcome": outcome}


def misbehave(request: dict) -> None:
    """What happens instead of the answer to the hundredth case."""
    answer = right_answer(request)
    match MODE:
        case "crash":
            print("Segmentation fault", file=sys.stderr, flush=True)
            os._exit(3)
        case "hang":
            time.sleep(3600)
        case "rubbish":
            print("all is well", flush=True)
        case "half_a_line":
            print(json.dumps(answer)[:20], end="", flush=True)
            os._exit(0)
        case "out_of_order":
            later = json.loads(sys.stdin.readline())
            say(right_answer(later))
            say(answer)
        case "twice":
            say(answer)
            say(answer)
        case "unknown_key":
            say(answer | {"mood": "fine"})
        case "gigabyte":
            for _ in range(1024):
                sys.stdout.write("x" * (1 << 20))
        case "closes_output":
            os.close(1)
            time.sleep(3600)
        case "wrong_steps":
            answer["outcome"]["steps"] = 1 << 20
            say(answer)
        case "stderr_flood":
            sys.stderr.write("noise\n" * (1 << 20))
            say(answer)
        case "leaves_child" | "leaves_child_on_output":
            output = None if MODE.endswith("output") else subprocess.DEVNULL
            child = subprocess.Popen(["sleep", "3600"], stdin=subprocess.DEVNULL, stdout=output, start_new_session=True)
            with open(ARGUMENTS[0], "a", encoding="utf-8") as pids:
                print(child.pid, file=pids)
            say(answer)
        case "one_too_many" | "never_ends":
            say(answer)


def main() -> None:
    json.loads(sys.stdin.readline())
    if MODE == "bad_hello":
        say({"hello": "there"})
    say(HELLO)
    for count, line in enumerate(sys.stdin, 1):
        request = json.loads(line)
        if count == BAD_CASE:
            misbehave(request)
        else:
            say(right_answer(request))
    if MODE == "one_too_many":
        say({"id": "c0", "unsupported": "too late"})
    if MODE == "never_ends":
        time.sleep(3600)


main()
