"""From Odoo's fetch to the router's: what Odoo has fetched stays as it is, the rest is ours."""

from odoo import fields, models
from odoo.exceptions import UserError

from ...incoming import CONNECTION_ERRORS, ImapFolder, MailboxError
from ..incoming.ledger import described
from ..windows import form_window, notification
from .summary import OPEN

LOOK_AT = 5_000  # read messages of the time on trial, the newest: a click must not take forever


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    def action_catchall_switch(self):
        self.ensure_one()
        self.check_access("write")
        return form_window(
            self.env["mail.catchall.switch"],
            self.env._("Switch to the Mail Router"),
            dialog=True,
            default_fetchmail_server_id=self.id,
        )

    def _catchall_switch(self, *, replay_lost):
        """Make the account live: what Odoo has fetched stays as it is, all else is the router's.

        The account is locked meanwhile, so that Odoo fetches nothing between the look into the
        mailbox and the commit.

        :return: number of lost messages that are routed now
        """
        self.ensure_one()
        self.check_access("write")
        server = self.sudo()  # sudo: the password, on behalf of whoever may write the account
        server._catchall_check_may_switch()
        server._catchall_take_over_mailbox()
        server.write(
            {
                "is_catchall": True,
                "catchall_shadow": False,
                # POP3: what Odoo has fetched it has deleted; all that is left is to be fetched
                "fetch_since": server._get_connection_type() == "imap" and fields.Datetime.now(),
                "state": "done",
                "error_date": False,
                "error_message": False,
            }
        )
        lost = self.env["mail.catchall.shadow"].sudo()  # sudo: bytes that Odoo lost, routed once
        if replay_lost:
            lost = lost.search([("fetchmail_server_id", "=", server.id), *OPEN], order="id")
            lost._route_now()
        server._catchall_jobs()._trigger()
        return len(lost)

    def _catchall_check_may_switch(self):
        if not self.catchall_shadow:
            raise UserError(
                self.env._(
                    "“%(server)s” is not on trial, so there is nothing to switch.",
                    server=self.name,
                )
            )
        if self.catchall_other_database:
            raise UserError(
                self.env._(
                    "“%(server)s” was set up in another database, of which this one is a copy. "
                    "Confirm first that this is the database to use.",
                    server=self.name,
                )
            )
        if not self.try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._(
                    "Odoo is fetching “%(server)s” right now. Try again in a moment.",
                    server=self.name,
                )
            )

    def _catchall_take_over_mailbox(self):
        """Note which messages of the mailbox Odoo has fetched, before the router reads it."""
        try:
            with self._catchall_connection(allow_archived=True) as connection:
                if self._get_connection_type() == "imap":
                    self._catchall_skip_known(ImapFolder(connection, self.imap_folder or "INBOX"))
        except (*CONNECTION_ERRORS, MailboxError) as error:
            raise UserError(self._catchall_explain(error)) from error

    def _catchall_skip_known(self, folder):
        first, known = _known_uids(self, folder)
        marks = self.env["mail.catchall.folder"]
        marks._of(self, folder.name).unlink()
        marks.create(
            {
                "fetchmail_server_id": self.id,
                "name": folder.name,
                "uidvalidity": str(folder.uidvalidity),
                "first_uid": str(first),
                "last_uid": "0",
                "skipped_keys": "\n".join(folder.key(uid) for uid in known) or False,
            }
        )


class CatchallSwitch(models.TransientModel):
    _name = "mail.catchall.switch"
    _inherit = "mail.catchall.linked.rows"
    _description = "Switch to the Mail Router after a Trial"

    fetchmail_server_id = fields.Many2one(
        "fetchmail.server", "Account", required=True, ondelete="cascade"
    )
    trial_text = fields.Char(related="fetchmail_server_id.catchall_trial_text", related_sudo=False)
    open_count = fields.Integer(
        related="fetchmail_server_id.catchall_trial_open_count", related_sudo=False
    )
    replay_lost = fields.Boolean("Route Emails Lost by Odoo", default=True)

    def action_switch(self):
        self.ensure_one()
        server = self.fetchmail_server_id
        count = server._catchall_switch(replay_lost=self.replay_lost)
        message = self.env._("The Mail Router now fetches “%(account)s”.", account=server.name)
        if count:
            message += " " + self.env._("Lost emails being routed: %(count)s.", count=count)
        return notification(message, then={"type": "ir.actions.act_window_close"})


def _known_uids(server, folder):
    r"""Return (lowest UID to fetch, UIDs above it that Odoo has had), as the mailbox stands now.

    Odoo takes what is unread and marks it as read. What is unread is therefore to be fetched,
    however old. What was read was Odoo's, unless somebody read it elsewhere before Odoo came: of
    the time on trial that is told by the Message-IDs that were written down.

    A message that is taken for one Odoo has not had is no harm: its copy on trial makes it a
    duplicate in the ledger.
    """
    # What comes after the folder was selected has a UID from here on, and is always fetched.
    after = folder.uidnext or max(folder.uids_from(1), default=0) + 1
    unread = {uid for uid in folder.unread() if uid < after}
    since = server.catchall_shadow_since
    recent = [uid for uid in folder.uids_from(1, since) if uid < after and uid not in unread]
    heads = folder.headers(recent[-LOOK_AT:], "MESSAGE-ID", "FROM", "SUBJECT")
    names = {uid: _name(described(head)) for uid, head in heads.items()}
    known = _known_names(server, [name[0] for name in names.values() if name[0]])
    # SEARCH SINCE knows days only
    missed = {
        ref.number
        for ref in folder.refs(sorted(names))
        if ref.received is None or ref.received >= since
        if names[ref.number] not in known
    }
    wanted = unread | missed
    first = min(wanted, default=after)
    return first, [uid for uid in folder.uids_from(first) if uid < after and uid not in wanted]


def _name(about):
    """What a message is known by: its Message-ID, or else its sender and subject."""
    message_id = about["message_id"]
    return (message_id,) if message_id else (None, about["email_from"], about["subject"])


def _known_names(server, message_ids):
    server.env.cr.execute(
        """SELECT message_id, email_from, subject FROM mail_catchall_shadow
            WHERE fetchmail_server_id = %s AND (message_id = ANY(%s) OR message_id IS NULL)
           UNION ALL
           SELECT message_id, NULL, NULL FROM mail_message
            WHERE message_id = ANY(%s) AND message_type = 'email'""",
        [server.id, message_ids, message_ids],
    )
    keys = ("message_id", "email_from", "subject")
    return {_name(dict(zip(keys, row, strict=True))) for row in server.env.cr.fetchall()}
