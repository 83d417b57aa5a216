"""A finding: what is, how bad it is, the record that would fix it, and the words that say so."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from enum import Enum
from typing import Any

from ..translatable import _lt


class Level(str, Enum):
    """How much a finding matters; the order is the order of gravity."""

    OK = "ok"
    NOTE = "note"  # worth knowing; mail works without it
    WARNING = "warning"  # some receivers mind, or nothing certain could be found out
    BAD = "bad"  # mail is lost, refused or taken for spam

    def __str__(self) -> str:
        return self.value

    @property
    def gravity(self) -> int:
        """0 is well."""
        return list(Level).index(self)

    @property
    def label(self) -> str:
        """What people read, marked for translation."""
        return _LABELS[self]


_LABELS = {
    Level.OK: _lt("OK"),
    Level.NOTE: _lt("Info"),
    Level.WARNING: _lt("Warning"),
    Level.BAD: _lt("Needs fixing"),
}


@dataclass(frozen=True, slots=True)
class Record:
    """A DNS record to publish. ``value`` of a TXT record is the text without quotes.

    ``replaces`` says that it goes in the place of what stands there: a second SPF or DMARC record
    would break the first.
    """

    name: str
    kind: str
    value: str
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact. ``values`` fill the sentence of the code: texts, or a duration or date that is
    written in the reader's way.

    ``text`` is said where the code has no sentence: the words of a server or of another addon.
    """

    code: str
    level: Level
    values: Mapping[str, object] = field(default_factory=dict)
    record: Record | None = None
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        """A form that can be stored; the sentence is made again when it is shown.

        The values must be texts.
        """
        return {
            "code": self.code,
            "level": str(self.level),
            "values": dict(self.values),
            "record": list(astuple(self.record)) if self.record else None,
            "text": self.text,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Finding":
        """Read what :meth:`to_json` wrote, now or in an older version."""
        record = Record(*data["record"]) if data.get("record") else None
        values, text = data.get("values") or {}, data.get("text") or ""
        return cls(data["code"], Level(data["level"]), values, record, text)


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences by code and titles by subject, in English: who shows them translates them.

    A subject is what the codes of its findings begin with.
    """

    sentences: Mapping[str, str] = field(default_factory=dict)
    subjects: Mapping[str, str] = field(default_factory=dict)

    def subject(self, code: str) -> str:
        """What a code is about: a key of ``subjects``, or empty where it is about none."""
        return next((key for key in self.subjects if f"{code}_".startswith(f"{key}_")), "")

    def load(self, stored: Iterable[Mapping[str, Any]] | None) -> list[Finding]:
        """Findings from their stored form; codes of an older version that are gone are left out."""
        return [Finding.from_json(data) for data in stored or () if data["code"] in self.sentences]


def worst(findings: Iterable[Finding]) -> Level:
    """The gravest level of all; where nothing was found, nothing is wrong."""
    levels = (finding.level for finding in findings)
    return max(levels, key=lambda level: level.gravity, default=Level.OK)


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """In the order in which they are shown; those of one level keep theirs."""
    return sorted(findings, key=lambda finding: -finding.level.gravity)


def grown_worse(now: Iterable[Finding], before: Iterable[Finding]) -> list[Finding]:
    """Warnings and worse that were not there, or not as serious, at the check before."""
    known = {finding.code: finding.level.gravity for finding in before}
    return [
        finding
        for finding in now
        if finding.level.gravity >= Level.WARNING.gravity
        and finding.level.gravity > known.get(finding.code, 0)
    ]
