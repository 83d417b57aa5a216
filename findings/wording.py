"""The words of a check: a sentence per code, and a title per subject."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .finding import Finding


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
