"""The commands that make a catch-all of an Exchange Online mailbox, ready to paste.

Exchange Online keeps no envelope recipient in a message. So a rule for every alias writes it into a
header before the last rule redirects the mail: what a rule has written stays. A condition on the
recipient's address divides a message for several recipients, so each copy gets the right one.

Names of rules have at most 64 characters, and an organisation 300 rules (Exchange Online limits).
The exception may name a dynamic group; Microsoft's own instructions for a catch-all do. Its
members are counted now and then: with a group that is still empty the redirect would take
everybody's mail, so it waits for the first member.
"""

import hashlib
import re
from collections.abc import Iterable

from ..router.message.addresses import normalise
from .large import MICROSOFT

MAX_RULES = 300
_HEADER = MICROSOFT.envelope_header
_PREFIX = "Catch-all"
_GROUP = "Catch-all exceptions"
_MAX_NAME = 64
_EMPTY = (
    "Nothing is redirected yet: Exchange Online fills a new group within two hours."
    " Paste these commands again then."
)


# long: the script in one piece, in the order in which it runs
def microsoft_commands(domain: str, catchall: str, aliases: Iterable[str]) -> str:
    """PowerShell for an administrator: accepted domain, a stamp for each alias, the redirect.

    It can be pasted again, and a domain leaves the rules of another alone: what is there stays in
    force meanwhile, missing stamps are added, those of aliases that are gone are removed, and the
    redirect is moved behind all of them.

    :raises ValueError: where the domain or the mailbox is no plain address of ASCII
    """
    mailbox = normalise(catchall)
    if not mailbox.isascii() or not mailbox or not re.fullmatch(r"[a-z0-9.-]+", domain):
        raise ValueError(f"not a mailbox at a mail domain: {catchall!r}, {domain!r}")
    addresses = {normalise(alias) for alias in aliases} - {mailbox}
    wanted = sorted(a for a in addresses if a.endswith(f"@{domain}") and a.isascii())
    group, redirect = _quoted(_GROUP), _quoted(_name("redirect", domain))
    lines = [
        "Connect-ExchangeOnline",
        "# Everybody who has a mailbox keeps their own mail: this group is the exception.",
        f"if (-not (Get-DynamicDistributionGroup {group} -ErrorAction SilentlyContinue))"
        f" {{ New-DynamicDistributionGroup -Name {group} -IncludedRecipients AllRecipients }}",
        "# One rule per alias writes the address that a message was sent to into a header.",
        f"$aliases = @({', '.join(_quoted(alias) for alias in wanted)})",
        f"$stamps = @(Get-TransportRule | Where-Object {{ $_.SetHeaderName -eq {_quoted(_HEADER)}"
        f" -and $_.SetHeaderValue -like {_quoted(f'*@{domain}')} }})",
        "$stamps | Where-Object { $aliases -notcontains $_.SetHeaderValue } |"
        " Remove-TransportRule -Confirm:$false",
        *(_stamp(alias) for alias in wanted),
        "# Last: mail to addresses without a mailbox is let in and goes to the catch-all.",
        f"if (Get-DynamicDistributionGroupMember -Identity {group} -ResultSize 1) {{",
        f"  if (-not (Get-TransportRule {redirect} -ErrorAction SilentlyContinue))"
        f" {{ New-TransportRule -Name {redirect} -RecipientDomainIs {_quoted(domain)}"
        f" -ExceptIfSentToMemberOf {group} -RedirectMessageTo {_quoted(mailbox)} }}",
        f"  Set-TransportRule -Identity {redirect} -RedirectMessageTo {_quoted(mailbox)}"
        " -Priority (@(Get-TransportRule).Count - 1)",
        f"  Set-AcceptedDomain -Identity {_quoted(domain)} -DomainType InternalRelay",
        "} else {",
        f"  Write-Warning {_quoted(_EMPTY)}",
        "}",
    ]
    if len(wanted) >= MAX_RULES:
        lines.insert(
            0,
            f"# {len(wanted)} aliases: Exchange Online allows {MAX_RULES} rules. Aliases beyond"
            " that limit are found in To and Cc only.",
        )
    return "\n".join(lines)


def _stamp(alias: str) -> str:
    return (
        f"if (@($stamps.SetHeaderValue) -notcontains {_quoted(alias)})"
        f" {{ New-TransportRule -Name {_quoted(_name('stamp', alias))}"
        f" -RecipientAddressMatchesPatterns {_quoted(f'^{re.escape(alias)}$')}"
        f" -SetHeaderName {_quoted(_HEADER)} -SetHeaderValue {_quoted(alias)} }}"
    )


def _name(job: str, subject: str) -> str:
    """The name of a rule; of a long one the beginning, told apart by a digest."""
    name = f"{_PREFIX}: {job} {subject}"
    if len(name) <= _MAX_NAME:
        return name
    digest = hashlib.sha256(subject.encode()).hexdigest()[:8]
    return f"{name[: _MAX_NAME - 9]}~{digest}"


def _quoted(text: str) -> str:
    """A literal string of PowerShell: nothing in it is expanded, quotes are doubled.

    PowerShell also ends such a string at a typographic quote, and a line break would end the
    command, so both are left out.
    """
    text = re.sub(r"[\u2018-\u201b\r\n]", "", text)
    return "'{}'".format(text.replace("'", "''"))
