"""The transaction that a lane routes in: nothing in it may commit, roll back, bounce or send.

Odoo's own record work does all four at times (``account`` commits while it reads a vendor bill,
aliases bounce, applicants are thanked by email). In a lane many messages share a transaction, and
one of them must not end it for the others.
"""

from contextlib import contextmanager

from odoo.tools import SQL

from .odoo_directory import OdooDirectory

_ATTRIBUTE = "catchall_routing"


class RouteRefused(Exception):
    """The record work refused the message; natively that would have been a bounce to the sender."""


class Batch:
    """What the messages of one transaction share: answers Odoo would work out for each anew."""

    def __init__(self, env):
        self.directory = OdooDirectory(env)
        self.fields_get = {}  # (model, uid, lang) -> fields_get()
        self.aliases = {}  # address -> whether it is one of Odoo's own
        self.woken = set()  # ids of cron jobs that run after the commit anyway


class RoutingContext:
    """What happens while one message is routed. Found again by :func:`current` from any model."""

    def __init__(self, cr, batch):
        self._cr = cr
        self._marks = 0
        self.batch = batch
        self.woken = set()  # as in the batch, until this message's savepoint is kept
        self.mail_ids = []  # mail.mail made meanwhile
        self.mail_date = False  # when the emails of the message that is notified are to leave
        self.posted = None  # mail.message that the message became
        self.inbox_only = False  # notify in Odoo, whatever users prefer
        self.note = None  # why what is posted stays internal (notes.py)
        self.author_hidden = False  # nobody we know is the author, whoever has the address
        self.only_inside = False  # nobody outside becomes a follower
        self.contact = ""
        self.hops = 0  # records of ours that the message has passed through before

    def commit(self):
        """Stand in for ``cr.commit()``: keep the work so far, within the lane's transaction.

        ``account_document_import_mixin.rollbackable_transaction`` commits, tries, and rolls back
        to its commit when the try fails: a savepoint does the same without ending anything.
        """
        self._cr.flush()
        self._marks += 1
        self._cr.execute(SQL("SAVEPOINT %s", self._mark()))

    def rollback(self):
        """Stand in for ``cr.rollback()``: back to the last stand-in commit."""
        self._cr.clear()
        if not self._marks:
            raise RouteRefused("The record's application rolled the transaction back")
        self._cr.execute(SQL("ROLLBACK TO SAVEPOINT %s", self._mark()))

    def _mark(self):
        # Numbered: one that an inner savepoint took along must not stand for the one before.
        return SQL.identifier(f"catchall_mark_{self._marks}")


@contextmanager
def routing(cr, batch):
    """Guard the cursor while one message is routed; yields the :class:`RoutingContext`."""
    context = RoutingContext(cr, batch)
    hidden = {name: vars(cr)[name] for name in ("commit", "rollback") if name in vars(cr)}
    cr.commit, cr.rollback = context.commit, context.rollback  # on the instance: hides the class's
    setattr(cr, _ATTRIBUTE, context)
    try:
        yield context
        context.batch.woken |= context.woken
    finally:
        del cr.commit, cr.rollback
        vars(cr).update(hidden)
        delattr(cr, _ATTRIBUTE)


def current(cr):
    """Return the :class:`RoutingContext` under way on this cursor, or None."""
    return vars(cr).get(_ATTRIBUTE)
