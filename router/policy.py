from collections.abc import Mapping
from dataclasses import dataclass, field

from .codes import NearMissPolicy, ResultsBelow, StrangerReplies


@dataclass(frozen=True, slots=True)
class Policy:
    """What the admin decided for the account that received the message.

    ``domains`` are ours; ``own_addresses`` the account's own (login, catch-all, bounce): mail
    for them alone names nobody. ``fallback_model`` takes what no step could place.
    ``bounce_addresses`` are the unsigned envelope senders of ours (``bounce@``); signed ones
    (``bounce-<token>@``) are known by their form. ``secret`` signs and checks our own marks;
    without it none is believed. ``database`` is the id that they are bound to (database.uuid).
    ``account`` is the account's id, for rules. ``stranger_replies``: what becomes of a reply of
    somebody whom the record does not know.

    What follows widens what proves an author; the defaults are the narrow ones.
    ``exclusive_hosts``: hosts that nobody but us uses. ``logins``: addresses that each login may
    write from. ``local_hop_is_filter``: on our hosts nobody but filters hands messages in.
    ``spf_proves_own``: DMARC by SPF alone proves addresses of ours. ``signers``: pairs of a domain
    of ours and the provider's default signer for it. ``results_below``: whether results below our
    own hop count; ``results_shown`` the pairs of id and method of which the mailbox test has shown
    that a stranger cannot write them there. ``machines``: pairs of an address of ours that is no
    user's, and a network that it writes from.
    """

    domains: frozenset[str]
    own_addresses: frozenset[str]
    own_hosts: frozenset[str] = frozenset()
    envelope_header: str = ""
    trusted_authserv_ids: frozenset[str] = frozenset()
    near_miss: str = NearMissPolicy.ALIAS
    fallback_model: str = ""
    accept_any_domain: bool = False
    bounce_addresses: frozenset[str] = frozenset()
    secret: bytes = b""
    database: str = ""
    account: int = 0
    exclusive_hosts: frozenset[str] = frozenset()
    logins: Mapping[str, frozenset[str]] = field(default_factory=dict)
    local_hop_is_filter: bool = False
    spf_proves_own: bool = False
    signers: frozenset[tuple[str, str]] = frozenset()
    results_below: str = ResultsBelow.TESTED
    results_shown: frozenset[tuple[str, str]] = frozenset()
    machines: frozenset[tuple[str, str]] = frozenset()
    stranger_replies: str = StrangerReplies.NOTE
