"""What is noted of Odoo's engine while it works on one message of an account on trial.

Otherwise there is nothing to note: one look at a context variable, which also finds its way into
the cursors that the engine opens beside its own (an alias bounces by one of these).
"""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

current_notes = ContextVar("catchall_native_notes", default=None)
MAX_NOTES = 100


@dataclass
class NativeNotes:
    """What was seen of one message. ``routes``: (model, record id or 0, alias id or 0)."""

    routes: list = field(default_factory=list)
    posted: list = field(default_factory=list)  # (model, record id) of messages that were received
    bounced_to: str = ""
    noted: bool = False

    def places(self, result):
        """Where the message went: dicts of ``model``, ``res_id``, ``new`` and ``target``.

        :param result: what ``message_process`` returned: the id of the last record
        """
        posted, places = list(self.posted), []
        for number, (model, res_id, alias_id) in enumerate(self.routes, 1):
            found = next((item for item in posted if item[0] == model), None)
            if found:
                posted.remove(found)
            elif number == len(self.routes) and result:
                found = (model, result)  # a model that posts no message of its own
            else:
                continue
            target = f"alias:{alias_id}" if alias_id and not res_id else f"record:{model}:{res_id}"
            new = not res_id
            places.append({"model": model, "res_id": found[1], "new": new, "target": target})
        return places


@contextmanager
def noting(notes):
    """Take notes of what the engine does meanwhile, in this thread."""
    token = current_notes.set(notes)
    try:
        yield
    finally:
        current_notes.reset(token)
