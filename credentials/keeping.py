"""While a login is under way, log lines and errors of whatever code takes part in it are cleaned.

That code is not ours: smtplib prints what it sends, an HTTP library names the URL that failed, a
server echoes the command it did not like. So not the places that log are changed, but what a line
of a log and an error say.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .redact import Redactor

_active: ContextVar[Callable[[], Redactor] | None] = ContextVar("catchall_secrets", default=None)


@contextmanager
def keeping(redactor: Callable[[], Redactor]) -> Iterator[None]:
    """Clean what is logged and raised inside.

    ``redactor`` is asked each time: a token that is fetched inside is a secret as well.
    """
    _install()
    token = _active.set(redactor)
    try:
        yield
    except Exception as error:
        redactor().exception(error)
        raise
    finally:
        _active.reset(token)


class _CleanFactory:
    """Stands before the factory of log records, where every line passes whoever writes it."""

    def __init__(self, previous: Callable[..., logging.LogRecord]) -> None:
        self._previous = previous

    def __call__(self, *args: object, **kwargs: object) -> logging.LogRecord:
        record = self._previous(*args, **kwargs)
        make = _active.get()
        if make is None:
            return record
        token = _active.set(None)  # asking for the secrets may log as well
        try:
            redactor = make()
        finally:
            _active.reset(token)
        record.msg, record.args = redactor.text(record.getMessage()), ()
        if record.exc_info:
            redactor.exception(record.exc_info[1])
        return record


def _install() -> None:
    factory = logging.getLogRecordFactory()
    if not isinstance(factory, _CleanFactory):
        logging.setLogRecordFactory(_CleanFactory(factory))
