#!/bin/sh
# The program whose commands are the jobs of the test.
case "$1" in
    good) echo "$3" > "$2" ;;
    differs) echo different; exit 1 ;;
    cannot) echo working; echo "error: no emulator is installed" >&2; exit 3 ;;
    long) setsid sleep 600 & echo $! > "$2"; wait ;;
    *) exit 2 ;;
esac
