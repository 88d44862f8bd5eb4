"""All the models as one machine: `subjects` names them, `server` speaks the machine protocol for them.

A new subject is a package with `run_batch` and `PROFILES`, and one row in `subjects`.
"""
