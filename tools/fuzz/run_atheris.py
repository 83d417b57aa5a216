"""./dev fuzz --atheris: libFuzzer writes messages that reach code no message reached before."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(
    include=["mail_catchall_router.router", "mail_catchall_router.content"]
):
    from . import worker as fuzz_worker


def one_message(source: bytes) -> None:
    """Ask the router about one message; whatever it raises is libFuzzer's finding."""
    seconds = fuzz_worker.decide(source, fuzz_worker.POLICIES[0]) + fuzz_worker.show(source)
    if seconds > 4 * fuzz_worker.mutations.LIMIT_SECONDS:  # counting branches makes it slow
        raise TimeoutError(f"took {seconds * 1000:.0f} ms")


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_message)
    atheris.Fuzz()
