"""Serves the machine protocol on stdin and stdout: `python3 -m lockstep_model`."""

import sys

from .server import serve

serve(sys.stdin.buffer, sys.stdout.buffer)
