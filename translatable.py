"""The one mark of texts that pure code holds and Odoo translates, and sentences made of them.

Odoo's export finds every literal in a call of ``_lt`` (odoo/tools/translate.py); whoever shows the
text translates it, in the reader's language.
"""

from collections.abc import Iterable
from typing import Any


def _lt(text: str) -> str:
    return text


class Said(str):
    """An English sentence that remembers how it was made, to be said again in another language.

    ``template`` is the sentence with ``%(name)s`` for its ``values``; one of them may be a
    sentence itself. ``module`` is the addon that translates it, ``""`` for this one.
    """

    template: str
    values: dict[str, str]
    module: str

    def as_json(self) -> dict[str, Any]:
        """What a screen needs to say it again, in plain types; sentences in it likewise."""
        values = {
            name: value.as_json() if isinstance(value, Said) else value
            for name, value in self.values.items()
        }
        found = {"template": self.template, "values": values}
        return {**found, "module": self.module} if self.module else found


def source_of(text: str) -> str:
    """The English of a marked text.

    Another addon marks it by Odoo's ``LazyTranslate``, whose ``str()`` is in the language of
    whoever happens to ask.
    """
    return getattr(text, "_source", text)


def said(template: str, **values: object) -> str:
    """Fill a marked text: ``said(_lt("reply to %(record)s"), record="crm.lead 7")``."""
    source = source_of(template)
    texts = {
        name: value if isinstance(value, str) else str(value) for name, value in values.items()
    }
    text = Said(source % texts if texts else source)
    text.template, text.values, text.module = source, texts, getattr(template, "_module", "")
    return text


def listed(texts: Iterable[str], separator: str) -> str:
    """Whole sentences or values one after the other; ``""`` where there is none."""
    values = {f"item{number}": text for number, text in enumerate(texts)}
    return said(separator.join(f"%({name})s" for name in values), **values)
