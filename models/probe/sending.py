"""Sending the messages of a probe: what each is refused with is kept."""

import contextlib
import logging
import smtplib

from odoo import fields, models

from ...outgoing.refusals import Answer
from ...probe import forged_ids, forged_probe, probe_messages
from ...router.message.addresses import normalise

_logger = logging.getLogger(__name__)


class MailCatchallProbe(models.Model):
    _inherit = "mail.catchall.probe"

    def _send(self):
        """Send all messages of the probe in one session, and keep what the server says of each."""
        server = self.mail_server_id
        account = server._catchall_account_address()
        messages = probe_messages(
            self._key(), self.id, self.domain, account, self._aliases(), fields.Datetime.now()
        )
        ids = forged_ids(self._policy())
        if ids and self.is_repeated:
            # The first time it is sent from outside, by hand: by our own account it shows less.
            now = fields.Datetime.now()
            forged = forged_probe(self._key(), self.id, self.domain, ids, now, account)
            messages = (*messages, forged)
        try:
            session = self.env["ir.mail_server"]._connect__(mail_server_id=server.id)
        except Exception as error:
            # Whatever keeps the account from sending is shown with the probe, in words.
            _logger.info("The probe of %s could not send", self.domain, exc_info=True)
            self.sending_error = _text_of(error)
            return
        try:
            for message in messages:
                self._note_sent(message, *self._transmit(session, account, message))
        except (OSError, smtplib.SMTPException) as error:
            self.sending_error = _text_of(error)
        finally:
            # A server that has already hung up may refuse QUIT.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                session.quit()

    def _transmit(self, session, account, message):
        """Hand one message in; return {address: Answer} of the addresses that were refused, and
        whether the addresses themselves were.
        """
        at_recipient = True
        try:
            refused = session.sendmail(account, list(message.addresses), message.source)
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
        except smtplib.SMTPResponseException as error:
            reply = (error.smtp_code, error.smtp_error)
            refused, at_recipient = dict.fromkeys(message.addresses, reply), False
        answers = {
            address: Answer(
                code, text.decode("utf-8", "replace") if hasattr(text, "decode") else text
            )
            for address, (code, text) in (refused or {}).items()
        }
        return answers, at_recipient

    def _note_sent(self, message, refused, at_recipient):
        self.env["mail.catchall.probe.mail"].create(
            [
                {
                    "probe_id": self.id,
                    "kind": str(kind),
                    "address": address,
                    "answer": str(refused[address])[:1000] if address in refused else False,
                    "at_recipient": at_recipient and address in refused,
                }
                for kind, address in zip(message.kinds, message.addresses, strict=True)
            ]
        )

    def _aliases(self):
        # sudo: addresses are compared; one of them is mistyped on purpose
        aliases = self.env["mail.alias"].sudo().search([("alias_name", "!=", False)])
        users = self.env["res.users"].sudo().search([("share", "=", False)])
        known = [*aliases.mapped("alias_full_name"), *users.mapped("email_normalized")]
        return [normalise(address) for address in known if address]


def _text_of(error):
    answer = getattr(error, "smtp_error", None)
    if isinstance(answer, bytes):
        answer = answer.decode("utf-8", "replace")
    text = f"{error.smtp_code} {answer}" if answer else str(error)
    return " ".join(text.split())[:500]
