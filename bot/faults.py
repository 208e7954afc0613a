"""How an exception may be logged: its kind and its place in our code, never its text, which may
hold what a person wrote."""

from __future__ import annotations


def describe(error: BaseException) -> str:
    """The innermost cause in one line, such as "KeyError at plans.py:81"."""
    while isinstance(error.__cause__, Exception):
        error = error.__cause__
    place, step = "?", error.__traceback__
    while step is not None:
        path = step.tb_frame.f_code.co_filename
        if "/bot/" in path or "/actions/" in path:
            place = f"{path.rsplit('/', 1)[-1]}:{step.tb_lineno}"
        step = step.tb_next
    return f"{type(error).__name__} at {place}"
