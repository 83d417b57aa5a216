from dataclasses import dataclass

from .codes import NearMissPolicy, StrangerReplies


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
    stranger_replies: str = StrangerReplies.NOTE
