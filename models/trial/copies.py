"""Mail that Odoo dealt with while its account was on trial: the ledger does not place it again."""

from odoo import models

from ..routing.odoo_directory import EVERYWHERE

_NATIVE = """SELECT 1 FROM mail_message mm
              WHERE mm.message_id = %s AND mm.message_type = 'email'
                AND mm.create_date >= %s
                AND NOT EXISTS (SELECT FROM mail_catchall_route r WHERE r.mail_message_id = mm.id)
              LIMIT 1"""


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    def _settled_before(self, mail):
        settled = super()._settled_before(mail)
        return delivered_on_trial(self.env, self, mail) if settled is None else settled


def delivered_on_trial(env, row, mail):
    """Return what Odoo has made of a message while its account was on trial.

    What it has dealt with is not routed again, however it comes into the ledger: fetched again
    (somebody marked it as unread, or a process was ended before it could tell the mailbox), or by
    *Route It Now*, which is for the places that Odoo has missed.

    :param row: the row of the ledger that is being decided about
    :return: targets, :data:`EVERYWHERE`, or None when the trial has nothing to say
    """
    account = row.fetchmail_server_id.sudo()  # sudo: a date, asked for whoever sorts the inbox
    since = account.catchall_shadow_since
    if not since:
        return None
    env["mail.catchall.shadow"].flush_model()
    env.cr.execute(
        """SELECT did, lost, catchall_message_id, native_places FROM mail_catchall_shadow
            WHERE identity = %s AND fetchmail_server_id = %s""",
        [mail.fingerprint, account.id],
    )
    known = env.cr.fetchall()
    if any(message_id == row.id for _did, _lost, message_id, _places in known):
        native = {place["target"] for *_row, places in known for place in places or ()}
        settled = frozenset(native) or None
        if any(did == "pending" for did, *_row in known) and not settled:
            settled = _made_natively(env, mail, since)
        return settled
    if any(did != "pending" and not lost for did, lost, *_row in known):
        return EVERYWHERE
    if any(lost for _did, lost, *_row in known):
        return None
    return _made_natively(env, mail, since)


def _made_natively(env, mail, since):
    """Whether a message is there that no row of the ledger has made."""
    if not mail.message_id:
        return None
    env.cr.execute(_NATIVE, [mail.message_id, since])
    return EVERYWHERE if env.cr.fetchone() else None
