"""Findings on a screen: what the field ``catchall_findings`` shows, in the reader's language."""

from dataclasses import asdict
from datetime import timedelta

import babel.dates
from markupsafe import Markup
from odoo.tools import format_date, get_lang

from ...findings import Level

# For the fields of all screens with findings.
LEVELS = [(str(level), level.label) for level in Level]


def render(env, findings, wording):
    """Return the JSON of findings: code, level, level_name, subject, text, record."""
    return [
        {
            "code": finding.code,
            "level": str(finding.level),
            "level_name": env._(finding.level.label),
            "subject": _title(env, finding, wording),
            "text": sentence(env, finding, wording),
            "record": finding.record and asdict(finding.record),
        }
        for finding in findings
    ]


def _title(env, finding, wording):
    subject = wording.subject(finding.code)
    return env._(wording.subjects[subject]) if subject else ""


def sentence(env, finding, wording):
    """Return what a finding says."""
    if finding.code not in wording.sentences:
        return finding.text
    values = {name: localise(env, value) for name, value in finding.values.items()}
    return env._(wording.sentences[finding.code], **values)


def localise(env, value):
    """Return a duration or a date as the reader writes it; a text stays as it is."""
    if isinstance(value, timedelta):
        locale = get_lang(env).code
        value = max(value, timedelta(seconds=1))
        return babel.dates.format_timedelta(value, locale=locale, threshold=1.5)
    return value if isinstance(value, str) else format_date(env, value)


def bullet_list(texts):
    """Return the texts as a list in HTML."""
    return Markup("<ul>%s</ul>") % Markup("").join(Markup("<li>%s</li>") % text for text in texts)
