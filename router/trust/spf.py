"""For whose envelope SPF passed, by our own servers' word.

It proves no author (``authentication.py`` says why), but that somebody at that domain sent this:
good for what is sent back by itself, which then goes to whom it came from.
"""

import re

from ..message import headers
from ..message.mail import ReceivedMail
from ..policy import Policy
from .authres import Result
from .believed import believed_results, is_at_entry
from .received import Boundary

# Microsoft and Google name the domain or the whole address; some filters write the older name.
_PROPERTIES = ("smtp.mailfrom", "smtp.mail")
_ENVELOPE = re.compile(r'\benvelope-from="?<?[^\s";<>@]+@([^\s";<>@]+)>?"?(?:;|\s|$)')
_MAX_CHARS = 2_000


def envelope_domain(mail: ReceivedMail, boundary: Boundary, policy: Policy) -> str:
    """The domain of the envelope's sender where SPF passed for it, else ``""``.

    Only the server that the message entered by saw where it came from; all that it says must
    agree. Results for the HELO name say nothing of a sender.
    """
    results = [
        result
        for one in believed_results(mail, boundary, policy)
        for result in one.results
        if one.at_entry and result.method == "spf" and _names_sender(result)
    ]
    if results:
        named = {_domain(result) for result in results if result.value == "pass"}
        passed = all(result.value == "pass" for result in results)
        return named.pop() if passed and len(named) == 1 else ""
    return _received_spf(mail, boundary)


def _names_sender(result: Result) -> bool:
    if any(name in result.properties for name in _PROPERTIES):
        return True
    return result.value != "pass" and "smtp.helo" not in result.properties


def _domain(result: Result) -> str:
    return result.domain(*_PROPERTIES)


def _received_spf(mail: ReceivedMail, boundary: Boundary) -> str:
    """``Received-SPF: pass … envelope-from="a@x.test"`` (RFC 7208 §9.1) above the boundary.

    HELO and sender stand in it as they were said: whatever names the key twice, or escapes a
    character, proves nothing.
    """
    if not boundary.known:
        return ""
    fields = [
        item
        for item in mail.all(headers.RECEIVED_SPF)
        if boundary.believes(item.index) and is_at_entry(item, boundary)
    ]
    if len(fields) != 1:
        return ""
    value = fields[0].value[:_MAX_CHARS].lower()
    says_pass = value.split(None, 1)[:1] == ["pass"]
    if not says_pass or "\\" in value or value.count("envelope-from=") != 1:
        return ""
    if "identity=" in value and "identity=mailfrom" not in value:
        return ""
    found = _ENVELOPE.search(value)
    return found[1].rstrip(".") if found else ""
