"""Feeds exported lines to a machine: `drive.py FILE CMD ARGS`."""
import json
import subprocess
import sys

machine = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
counts = {"agree": 0, "differ": 0, "unsupported": 0}
lines = [{"request": {"op": "hello", "protocol": 2}}] + [json.loads(line) for line in list(open(sys.argv[1]))[1:]]
for line in lines:
    print(json.dumps(line["request"]), file=machine.stdin, flush=True)
    reply = json.loads(machine.stdout.readline())
    if "reply" in line:
        counts["agree" if reply == line["reply"] else "unsupported" if "unsupported" in reply else "differ"] += 1
print(counts)
