"""Waiting for what a cloud does in its own time."""

import time

PATIENCE = 120


def until(what: str, ask, fits):
    """Asks until the answer fits, and gives it."""
    deadline = time.monotonic() + PATIENCE
    while not fits(answer := ask()):
        assert time.monotonic() < deadline, f"{what}: waited {PATIENCE} s; the last answer was {answer!r}"
        time.sleep(0.5)
    return answer
