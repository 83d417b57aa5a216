"""How an account is: facts that were collected go in, findings with levels come out."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ..connections.quota import Quota, amount
from ..findings import Finding, Level, gravest_first
from .facts import Account, Incoming, Jobs, Outgoing, Server

HOUR = timedelta(hours=1)
SOON = timedelta(days=14)  # a certificate that ends within
VERY_SOON = timedelta(days=3)
ROUTED_WITHIN = timedelta(minutes=10)
OVERDUE = timedelta(minutes=15)  # of a scheduled job
NEAR, FULL, RELAXED = 90, 99, 85  # percent of the quota

# What administrators are told of, once.
ANNOUNCED = frozenset(
    "fetch_failing fetch_late send_failing quota_near quota_full certificate_ends"
    " certificate_ends_strict certificate_ended jobs_fetch_off jobs_account_off jobs_lanes_off"
    " jobs_queue_off".split()
)


def assess_incoming(facts: Incoming) -> list[Finding]:
    """Every finding about an incoming account, the gravest first."""
    if not facts.confirmed:
        return [Finding("account_unconfirmed", Level.WARNING)]
    if facts.other_database:
        return [Finding("account_other_database", Level.BAD)]
    jobs = _jobs(facts.jobs, "jobs_fetch_off")
    if facts.several_accounts and not facts.jobs.own_active:
        jobs.append(Finding("jobs_account_off", Level.BAD, {"job": facts.jobs.own}))
    if not facts.jobs.lanes_active:
        jobs.append(Finding("jobs_lanes_off", Level.BAD))
    found = jobs + _fetching(facts, bool(jobs)) + _ledger(facts)
    found += _quota(facts.server.quota) + _certificate(facts.server, facts.now)
    return gravest_first(found + _capabilities(facts))


def assess_outgoing(facts: Outgoing) -> list[Finding]:
    """Every finding about an outgoing account, the gravest first."""
    found = _jobs(facts.jobs, "jobs_queue_off") + _sending(facts)
    return gravest_first(found + _certificate(facts.server, facts.now))


def to_announce(
    findings: Sequence[Finding], told: Mapping[str, str], percent: float | None
) -> tuple[list[Finding], dict[str, str]]:
    """What administrators are to be told now, and what they have been told then.

    ``told`` maps codes to what they were about: a new certificate that expires is told of as well.
    What is no longer so is forgotten, and told again when it comes back; a mailbox that goes to
    and fro around the limit (``percent``) is told of once.
    """
    present = {finding.code: finding for finding in findings if finding.code in ANNOUNCED}
    about = {code: str(finding.values.get("end", "")) for code, finding in present.items()}
    fresh = [finding for code, finding in present.items() if told.get(code) != about[code]]
    if percent is not None and percent >= RELAXED:
        about |= {code: key for code, key in told.items() if code.startswith("quota_")}
    return fresh, about


def _jobs(jobs: Jobs, main_off: str) -> list[Finding]:
    found = []
    if not jobs.main_active:
        found.append(Finding(main_off, Level.BAD, {"job": jobs.main}))
    if jobs.overdue and jobs.overdue > OVERDUE:
        code = "jobs_none_run" if jobs.run_here else "jobs_none_here"
        found.append(Finding(code, Level.BAD, {"ago": jobs.overdue}))
    return found


def _fetching(facts: Incoming, jobs_known: bool) -> list[Finding]:
    if trouble := _trouble("fetch", facts):
        return trouble
    # What the mailbox refuses while mail arrives.
    refused = [Finding("fetch_refused", Level.WARNING, {"error": facts.error})]
    return _fetched(facts, jobs_known) + (refused if facts.error else [])


def _fetched(facts: Incoming, jobs_known: bool) -> list[Finding]:
    if facts.last_fetch is None:
        return [Finding("fetch_never", Level.NOTE)]
    age = facts.now - facts.last_fetch
    if age > 3 * facts.every + ROUTED_WITHIN and not jobs_known:
        values = {"ago": age, "every": facts.every, "job": facts.jobs.main}
        return [Finding("fetch_late", Level.BAD, values)]
    seconds = f"{facts.last_seconds:.1f}"
    values = {"ago": age, "count": str(facts.last_count), "seconds": seconds}
    return [Finding("fetch_ok", Level.OK, values)]


def _ledger(facts: Incoming) -> list[Finding]:
    found = []
    age = facts.now - (facts.waiting_since or facts.now)
    if facts.waiting and age > ROUTED_WITHIN:
        values = {"count": str(facts.waiting), "ago": age}
        found.append(Finding("mail_waiting", Level.BAD, values))
    return found + _failed("mail", facts)


def _sending(facts: Outgoing) -> list[Finding]:
    found = _trouble("send", facts)
    if facts.waiting:
        age = facts.now - (facts.waiting_since or facts.now)
        waiting = {"count": str(facts.waiting), "ago": age, "error": facts.last_answer}
        level = Level.WARNING if age > HOUR else Level.NOTE
        found.append(Finding("send_waiting", level, waiting))
    found += _failed("send", facts)
    if facts.last_sent is None:
        found.append(Finding("send_never", Level.NOTE))
    elif not facts.failing_since:
        values = {"ago": facts.now - facts.last_sent, "count": str(facts.served_today)}
        found.append(Finding("send_ok", Level.OK, values))
    return found


def _trouble(kind: str, facts: Account) -> list[Finding]:
    if not facts.failing_since:
        return []
    age = facts.now - facts.failing_since
    code, level = ("failing", Level.BAD) if age > HOUR else ("trouble", Level.WARNING)
    return [Finding(f"{kind}_{code}", level, {"ago": age, "error": facts.error})]


def _failed(kind: str, facts: Account) -> list[Finding]:
    values = {"count": str(facts.failed), "error": facts.last_failure.rstrip(".")}
    return [Finding(f"{kind}_failed", Level.WARNING, values)] if facts.failed else []


def _quota(quota: Quota | None) -> list[Finding]:
    if quota is None:
        return []
    values = {
        "percent": f"{quota.percent:.0f}",
        "used": amount(quota.resource, quota.used),
        "limit": amount(quota.resource, quota.limit),
    }
    if quota.percent >= FULL:
        return [Finding("quota_full", Level.BAD, values)]
    if quota.percent > NEAR:
        return [Finding("quota_near", Level.WARNING, values)]
    return [Finding("quota_ok", Level.OK, values)]


def _certificate(server: Server, now: datetime) -> list[Finding]:
    if not server.seen:
        return []
    found = []
    if server.encryption == "none":
        offered = bool({"STARTTLS", "STLS"} & server.capabilities)
        code = "certificate_none_offered" if offered else "certificate_none"
        level = Level.NOTE if server.local else Level.WARNING
        found.append(Finding(code, level, {"host": server.host}))
    if server.certificate_end:
        left = server.certificate_end - now
        values = {"host": server.host, "end": server.certificate_end.date()}
        code, level = "certificate_ok", Level.OK
        if left <= timedelta(0):
            code, level = "certificate_ended", Level.BAD
        elif left <= SOON:
            code = "certificate_ends_strict" if server.certificate_checked else "certificate_ends"
            level = Level.BAD if left <= VERY_SOON else Level.WARNING
        found.append(Finding(code, level, values))
    return found


def _capabilities(facts: Incoming) -> list[Finding]:
    can, found = facts.server.capabilities, []
    if not can:
        return []
    if facts.kind == "pop":
        return [] if "UIDL" in can else [Finding("capability_no_uidl", Level.BAD)]
    copies = facts.after_fetch == "move" and "MOVE" not in can
    if copies:
        found.append(Finding("capability_no_move", Level.NOTE))
    if (copies or facts.after_fetch == "delete") and "UIDPLUS" not in can:
        found.append(Finding("capability_no_uidplus", Level.WARNING))
    return found
