"""What is known of an account before anything is said about it.

What is None was not found out, and is never reported as wrong.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..connections.quota import Quota


@dataclass(frozen=True, slots=True)
class Jobs:
    """Odoo's scheduled jobs, as far as an account needs them.

    ``overdue``: since when active jobs are due and none has run; ``run_here``: whether this very
    Odoo runs jobs at all (another one may).
    """

    main: str = ""  # name of the job that fetches, or that sends the queue
    main_active: bool = True
    own: str = ""  # the account's own fetch job
    own_active: bool = True
    lanes_active: bool = True
    run_here: bool = True
    overdue: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """What the mail server has said; ``seen`` False: it was not asked yet.

    ``encryption``: ``ssl``, ``starttls`` or ``none``; ``local``: it is on this very machine.
    """

    seen: bool = False
    host: str = ""
    local: bool = False
    encryption: str = "none"
    capabilities: frozenset[str] = frozenset()
    certificate_end: datetime | None = None
    certificate_checked: bool = False
    quota: Quota | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Facts about any account; ages are counted back from ``now`` (UTC)."""

    now: datetime
    server: Server = Server()
    jobs: Jobs = Jobs()
    failing_since: datetime | None = None
    error: str = ""
    waiting: int = 0
    waiting_since: datetime | None = None
    failed: int = 0
    last_failure: str = ""


@dataclass(frozen=True, slots=True)
class Incoming(Account):
    """Facts about an account that is fetched."""

    kind: str = "imap"  # or "pop"
    after_fetch: str = "seen"
    confirmed: bool = True
    other_database: bool = False
    last_fetch: datetime | None = None
    last_count: int = 0
    last_seconds: float = 0
    every: timedelta = timedelta(minutes=5)
    several_accounts: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing(Account):
    """Facts about an account that sends."""

    last_sent: datetime | None = None
    served_today: int = 0
    last_answer: str = ""
