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
    from .codes import NearMissPolicy, ResultsBelow, StrangerReplies
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


from .codes import NearMissPolicy, ResultsBelow, StrangerReplies
