"""A finding: what is, how bad it is, and the record that would fix it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .sentences import SENTENCES, SUBJECTS


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

    def __str__(self) -> str:
        value = f'"{self.value}"' if self.kind == "TXT" else self.value
        return f"{self.name}. {self.kind} {value}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about a domain. ``values`` fill the sentence of the code."""

    code: str
    level: Level
    values: Mapping[str, str] = field(default_factory=dict)
    record: Record | None = None

    @property
    def subject(self) -> str:
        """What the finding is about: ``spf``, ``dmarc`` ... (a key of SUBJECTS)."""
        return next(key for key in SUBJECTS if self.code.startswith(f"{key}_"))

    @property
    def text(self) -> str:
        """What it means for the company's mail, in English; ``SENTENCES`` are translatable."""
        return SENTENCES[self.code] % self.values

    def to_json(self) -> dict[str, Any]:
        """A form that can be stored; the sentence is made again when it is shown."""
        record = self.record
        return {
            "code": self.code,
            "level": str(self.level),
            "values": dict(self.values),
            "record": [record.name, record.kind, record.value, record.replaces] if record else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Finding":
        """Read what :meth:`to_json` wrote."""
        record = Record(*data["record"]) if data.get("record") else None
        return cls(data["code"], Level(data["level"]), data.get("values") or {}, record)


def worst(findings: "tuple[Finding, ...] | list[Finding]") -> Level:
    """The gravest level of all; a domain check without findings found nothing wrong."""
    return max(
        (finding.level for finding in findings), key=lambda lvl: lvl.gravity, default=Level.OK
    )
