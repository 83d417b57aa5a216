"""./dev fuzz --atheris: libFuzzer writes mails that reach code which no mail reached before."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["mail_catchall_router.router"]):
    from . import worker as fuzz_worker


def one_mail(source: bytes) -> None:
    """Ask the router about one mail; whatever it raises is libFuzzer's finding."""
    seconds = fuzz_worker.decide(source, fuzz_worker.POLICIES[0])
    if seconds > 4 * fuzz_worker.mutations.LIMIT_SECONDS:  # counting branches makes it slow
        raise TimeoutError(f"took {seconds * 1000:.0f} ms")


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_mail)
    atheris.Fuzz()
