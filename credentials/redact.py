"""Secrets taken out of texts: servers echo what they were sent, in whatever form they got it.

A password reaches a server quoted (IMAP, RFC 3501 §4.3), in Base64 (RFC 4616, RFC 4954, XOAUTH2)
or in a URL, and comes back from there in an answer, an exception or a line of a log.
"""

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "***"
_SHORT = 4  # below it a secret is also a part of ordinary words


def forms(secret: str, user: str = "") -> tuple[str, ...]:
    """Every form in which a secret travels, the longest first."""
    if not secret:
        return ()
    plain = {secret, secret.replace("\\", "\\\\").replace('"', '\\"')}
    plain |= {quote(secret), quote_plus(secret), repr(secret)[1:-1], secret.strip()}
    logins = [
        secret,
        f"\0{user}\0{secret}",
        f"{user}\0{user}\0{secret}",
        f"user={user}\1auth=Bearer {secret}\1\1",
    ]
    encoded = {base64.b64encode(text.encode("utf-8", "replace")).decode() for text in logins}
    return tuple(sorted((plain | encoded) - {""}, key=lambda form: (-len(form), form)))


class Redactor:
    """Takes a set of secrets out of texts, and out of exceptions with their causes."""

    def __init__(self, secrets: Iterable[str], user: str = "") -> None:
        found = {form for secret in secrets for form in forms(secret, user)}
        patterns = [
            rf"(?<!\w){re.escape(form)}(?!\w)" if len(form) < _SHORT else re.escape(form)
            for form in sorted(found, key=lambda form: (-len(form), form))
        ]
        self._pattern = re.compile("|".join(patterns)) if patterns else None

    def text(self, text: str) -> str:
        """The text, ``***`` in the place of each secret."""
        return self._pattern.sub(HIDDEN, text) if self._pattern else text

    def value(self, value: object) -> object:
        """A text, bytes, or a list of them; what is none of these stays as it is."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bytes):
            text = value.decode("utf-8", "surrogateescape")
            return self.text(text).encode("utf-8", "surrogateescape")
        if type(value) in (list, tuple):
            return type(value)(self.value(item) for item in value)  # type: ignore[call-arg, attr-defined]
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        if isinstance(value, BaseException):
            self.exception(value)
        return value

    def exception(self, error: BaseException | None) -> None:
        """Change what an exception, its causes and its context say, in place.

        In place, because its handlers ask for its class, and show the traceback.
        """
        todo, seen = [error], set[int]()
        while todo:
            one = todo.pop()
            if one is None or id(one) in seen:
                continue
            seen.add(id(one))
            todo += [one.__cause__, one.__context__]
            todo += [arg for arg in one.args if isinstance(arg, BaseException)]
            self._say(one)

    def _say(self, error: BaseException) -> None:
        error.args = tuple(
            arg if isinstance(arg, BaseException) else self.value(arg) for arg in error.args
        )
        # What somebody added to the traceback (PEP 678): Python 3.11 prints it below the error.
        if "__notes__" in vars(error):
            vars(error)["__notes__"] = self.value(vars(error)["__notes__"])
        for name, value in list(vars(error).items()):
            if not name.startswith("__") and not isinstance(value, BaseException):
                setattr(error, name, self.value(value))
        if isinstance(error, OSError) and isinstance(error.strerror, str):
            error.strerror = self.text(error.strerror)
        if isinstance(error, UnicodeEncodeError):
            # it carries the whole text, and quotes the character that it stumbled over
            error.object = "*" * len(error.object)
        elif isinstance(error, UnicodeDecodeError):
            error.object = b"*" * len(error.object)
        if isinstance(error, UnicodeError) and len(error.args) > 1:
            error.args = (error.args[0], HIDDEN, *error.args[2:])
