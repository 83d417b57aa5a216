import re

from ...translatable import _lt, said
from ..case import Case
from ..message.automatic import keyword
from .base import Effect, Evidence, Verdict

# Header, and what its value says when the filter means spam. They count only where our own
# servers' filters write (Case.stamped): a sender's filter is no judge of what we receive.
_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("x-spam-flag", r"^\s*(?:yes|true|spam)\b"),  # SpamAssassin, Rspamd, Amazon SES
        ("x-spam-status", r"^\s*(?:yes|spam)\b"),
        ("x-spam", r"^\s*(?:yes|spam)\b"),  # Rspamd
        ("x-spamd-result", r"^\s*\w+: True\b"),
        ("x-rspamd-action", r"^\s*(?:reject|add header|rewrite subject|quarantine)"),
        ("x-dspam-result", r"^\s*(?:spam|bl[ao]cklisted|virus)\b"),
        ("x-bogosity", r"^\s*(?:spam|yes)\b"),
        ("x-barracuda-spam-status", r"^\s*yes\b"),
        ("x-barracuda-spam-flag", r"^\s*yes\b"),
        ("x-mailscanner-spamcheck", r"^\s*spam\b"),
        ("x-spamexperts-class", r"^\s*(?:spam|phish|virus)\b"),
        ("x-recommended-action", r"^\s*reject\b"),  # SpamExperts
        ("x-klms-antispam-status", r"^\s*spam\b"),
        ("x-crm114-status", r"^\s*spam\b"),
        ("x-gmx-antispam", r"^\s*[1-9]"),
        ("x-ui-filterresults", r"^\s*junk\b"),  # 1&1, GMX, web.de
        ("x-forefront-antispam-report", r"\bSFV:(?:SPM|SKB|SKS)\b|\bCAT:(?:H?SPM|H?PHI?SH|MALW)\b"),
        ("x-ms-exchange-organization-scl", r"^\s*[5-9]\s*$"),
        ("x-proofpoint-spam-details", r"\brule=\w*spam\b"),
        ("x-virus-status", r"^\s*(?:infected|yes)\b"),
        ("x-amavis-alert", r"infected"),
        ("x-ses-spam-verdict", r"^\s*fail\b"),
        ("x-ses-virus-verdict", r"^\s*fail\b"),
    )
)


class Spam(Verdict):
    """Our own provider marked it, or put it into Junk."""

    name = "spam"
    label = _lt("Spam")
    effect = Effect.QUARANTINE
    overridable = True
    in_conditions = True

    def check(self, case: Case) -> Evidence | None:
        """The Junk folder; ``X-Spam-Flag: YES``, ``X-Spam-Status: Yes`` and their kin,
        above the boundary. Only a "yes" of our own filter means anything: ``X-Spam-Status:
        No`` does not.
        """
        if case.mail.folder_is_junk:
            return Evidence(said(_lt("the provider put it into the Junk folder")))
        for name, pattern in _SIGNS:
            if not case.mail.has(name):
                continue
            for item in case.stamped(name)[:1]:  # the newest is our last filter's word
                if pattern.search(item.value[:2_000]):
                    return Evidence(f"{item.name}: {keyword(item.value)[:80]}")
        return None
