"""The commands that make a catch-all of an Exchange Online mailbox, ready to paste.

Exchange Online keeps no envelope recipient in a mail. So a rule for every alias writes it into a
header before the last rule redirects the mail: what a rule has written stays.
"""

import re
from collections.abc import Iterable

from ..addresses import normalise
from .large import MICROSOFT

_PREFIX = "Catch-all"
_GROUP = "Catch-all exceptions"


def microsoft_commands(
    domain: str, catchall: str, aliases: Iterable[str], header: str = MICROSOFT.envelope_header
) -> str:
    """PowerShell for an administrator: accepted domain, a stamp for each alias, the redirect.

    It can be pasted again: rules of an earlier time are replaced.

    :raises ValueError: where the domain or the mailbox is no plain address of ASCII
    """
    mailbox = normalise(catchall)
    if not mailbox.isascii() or not mailbox or not re.fullmatch(r"[a-z0-9.-]+", domain):
        raise ValueError(f"not a mailbox of a mail domain: {catchall!r}, {domain!r}")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", header):
        raise ValueError(f"not the name of a header: {header!r}")
    addresses = {normalise(alias) for alias in aliases}
    wanted = sorted(a for a in addresses if a.endswith(f"@{domain}") and a.isascii())
    return "\n".join(
        [
            "# Addresses without a mailbox are let in.",
            "Connect-ExchangeOnline",
            f"Set-AcceptedDomain -Identity {_quoted(domain)} -DomainType InternalRelay",
            "# Everybody who has a mailbox keeps the own mail.",
            f"$known = Get-DynamicDistributionGroup {_quoted(_GROUP)} -ErrorAction Ignore",
            f"if (-not $known) {{ New-DynamicDistributionGroup -Name {_quoted(_GROUP)}"
            " -IncludedRecipients AllRecipients }",
            f"Get-TransportRule | Where-Object {{ $_.Name -like {_quoted(_PREFIX + ': *')} }} |"
            " Remove-TransportRule -Confirm:$false",
            "# The address that a mail was sent to is written into a header, one rule an alias.",
            *(_stamp(alias, header) for alias in wanted),
            "# Last: what nobody has a mailbox for goes to the catch-all.",
            f"New-TransportRule -Name {_quoted(f'{_PREFIX}: redirect {domain}')}"
            f" -RecipientDomainIs {_quoted(domain)}"
            f" -ExceptIfSentToMemberOf {_quoted(_GROUP)}"
            f" -RedirectMessageTo {_quoted(mailbox)}",
        ]
    )


def _stamp(alias: str, header: str) -> str:
    pattern = f"^{re.escape(alias)}$"
    return (
        f"New-TransportRule -Name {_quoted(f'{_PREFIX}: stamp {alias}')}"
        f" -RecipientAddressMatchesPatterns {_quoted(pattern)}"
        f" -SetHeaderName {_quoted(header)} -SetHeaderValue {_quoted(alias)}"
    )


def _quoted(text: str) -> str:
    """A literal string of PowerShell: nothing in it is expanded, quotes are doubled.

    PowerShell also ends such a string at a typographic quote, and a line break would end the
    command, so both are left out.
    """
    text = re.sub(r"[\u2018-\u201b\r\n]", "", text)
    return "'{}'".format(text.replace("'", "''"))
