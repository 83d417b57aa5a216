"""The trial beside Odoo's own fetch: it writes down, by a connection of its own, and no more.

Odoo's work on a message may fail, be rolled back, or end the process. What is observed is therefore
committed apart: the bytes before the engine sees the message, the decision right after, the outcome
once the engine's own transaction has been committed or rolled back. Whatever goes wrong in here is
logged and ends in here: Odoo goes on as if nobody was looking.
"""
# pylint: disable=invalid-commit

import logging

from odoo import SUPERUSER_ID, api
from odoo.tools import exception_to_unicode

from ...router.message.repair import printable
from ...trial.comparison import Did
from .copies import TrialDirectory
from .native_notes import NativeNotes, noting

_logger = logging.getLogger(__name__)

CONTEXT = "catchall_trial_observer"
# Nothing here may keep a message waiting: not a lock, not a table that is being rebuilt.
_PATIENCE = "SET LOCAL lock_timeout TO '3s'; SET LOCAL statement_timeout TO '30s'"
# The bytes outlive a crash of PostgreSQL. The rest would be observed again, and waits for no disk.
_QUICKLY = f"{_PATIENCE}; SET LOCAL synchronous_commit TO OFF"
ROLLED_BACK = "The transaction was rolled back instead of committed."


def _in_words(error):
    return printable(f"{type(error).__name__}: {exception_to_unicode(error)}")[:2000]


class Observation:
    """One message that Odoo has at hand."""

    def __init__(self, account_id, source):
        self.account_id, self.source = account_id, source
        self.row_id = self.result = None
        self.notes = NativeNotes()
        self.returned = False  # the engine has done its work, and has not committed it yet


class TrialObserver:
    """Observes one run of ``_fetch_mail`` for the accounts that are on trial."""

    def __init__(self, registry, account_ids):
        self.account_ids = frozenset(account_ids)
        self._registry = registry
        self._cr = self._directory = self._open = None
        self._facts = {}

    def process(self, thread, account_id, message, engine):
        """Let the engine process one message, and write down what it does.

        :param engine: a function that calls Odoo's ``message_process``
        """
        self._settle()
        seen = Observation(account_id, message)
        self._guarded(self._begin, seen)
        try:
            with noting(seen.notes):
                result = engine()
        except Exception as error:
            # natively rolled back by the caller, whatever it was
            self._guarded(self._finish, seen, Did.FAILED, _in_words(error))
            raise
        seen.result, seen.returned = result, True
        self._open = seen
        thread.env.cr.postcommit.add(lambda: self._guarded(self._committed, seen))
        thread.env.cr.postrollback.add(lambda: self._guarded(self._rolled_back, seen))
        return result

    def close(self):
        self._settle()
        self._drop()

    def _guarded(self, work, *arguments):
        try:
            work(*arguments)
        except Exception:
            # Whatever it is, Odoo's own work goes on; the message is at least in the log.
            _logger.exception("Catch-all trial: a message could not be observed")
            self._drop()

    def _drop(self):
        self._directory = None
        if self._cr is not None:
            try:
                self._cr.close()
            except Exception:  # the connection is gone already
                _logger.info("Catch-all trial: the connection ended early", exc_info=True)
            self._cr = None

    def _model(self, settings=_QUICKLY):
        """Return the model in a fresh transaction of this observer's own connection."""
        if self._cr is None:
            self._cr = self._registry.cursor()
        self._cr.execute(settings)
        return api.Environment(self._cr, SUPERUSER_ID, {})["mail.catchall.shadow"]

    def _begin(self, seen):
        if not isinstance(seen.source, bytes):
            return
        Shadow = self._model(_PATIENCE)
        if seen.account_id not in self._facts:
            self._facts[seen.account_id] = Shadow._account_facts(seen.account_id)
        facts = self._facts[seen.account_id]
        seen.row_id, source, wants_decision = Shadow._observe(facts, seen.source)
        self._cr.commit()
        if wants_decision:
            self._decide(seen, facts, source)

    def _decide(self, seen, facts, source):
        try:
            Shadow = self._model()
            if self._directory is None:
                self._directory = TrialDirectory(Shadow.env)
            values = Shadow._decide(seen.row_id, facts, source, self._directory)
            # Deciding reads, and if an application wrote meanwhile, this undoes it.
            self._cr.rollback()
            self._model().browse(seen.row_id)._write_down(values)
        except Exception as error:
            _logger.info("Catch-all trial: no decision on row %s", seen.row_id, exc_info=True)
            self._cr.rollback()
            self._model().browse(seen.row_id)._write_down({"decision_error": _in_words(error)})
        self._cr.commit()

    def _finish(self, seen, did, error=""):
        seen.returned = False
        self._open = None
        if seen.row_id is None and did is not Did.RECORD:
            self._begin(seen)  # what failed before may go now, and this message is about to be lost
        if seen.row_id is None:
            return
        places = seen.notes.places(seen.result) if did is Did.RECORD else []
        row = self._model().browse(seen.row_id)
        row._note_native(did, places, error, seen.notes.bounced_to)
        self._cr.commit()

    def _committed(self, seen):
        if not seen.returned:
            return
        if seen.notes.places(seen.result):
            did = Did.RECORD
        elif seen.notes.bounced_to:
            did = Did.BOUNCED
        else:
            did = Did.NOTED if seen.notes.noted else Did.NOTHING
        self._finish(seen, did)

    def _rolled_back(self, seen):
        if seen.returned:
            self._finish(seen, Did.FAILED, ROLLED_BACK)

    def _settle(self):
        """Settle a message of which neither was heard: another hook of the commit has failed."""
        if (seen := self._open) is not None:
            self._open = None
            self._guarded(self._look_after, seen)

    def _look_after(self, seen):
        if seen.row_id is None or self._model().browse(seen.row_id)._native_messages():
            self._committed(seen)
        else:
            self._rolled_back(seen)
