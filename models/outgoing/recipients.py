"""To whom a message is sent: to nobody again who got it in an attempt that failed for others."""

from odoo import models
from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.tools import email_normalize

from ...outgoing.refusals import DeliveryError
from ...outgoing.session import AccountSession
from ...router.message.addresses import normalise_domain


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def send_email(
        self,
        message,
        mail_server_id=None,
        smtp_server=None,
        smtp_port=None,
        smtp_user=None,
        smtp_password=None,
        smtp_encryption=None,
        smtp_ssl_certificate=None,
        smtp_ssl_private_key=None,
        smtp_debug=False,
        smtp_session=None,
    ):
        # long: core's arguments, twice
        ours = isinstance(smtp_session, AccountSession)
        if ours and smtp_session.leave_waiting(message):
            return message["Message-Id"]  # what becomes of it is decided when core is done with it
        if served := ours and smtp_session.served_earlier(message):
            left = self._prepare_smtp_to_list(message, smtp_session)
            if all(email_normalize(address, strict=False) in served for address in left):
                return message["Message-Id"]
            skipped = [*self.env.context.get("send_smtp_skip_to", ()), *served]
            self = self.with_context(send_smtp_skip_to=skipped)
        try:
            return super().send_email(
                message,
                mail_server_id=mail_server_id,
                smtp_server=smtp_server,
                smtp_port=smtp_port,
                smtp_user=smtp_user,
                smtp_password=smtp_password,
                smtp_encryption=smtp_encryption,
                smtp_ssl_certificate=smtp_ssl_certificate,
                smtp_ssl_private_key=smtp_ssl_private_key,
                smtp_debug=smtp_debug,
                smtp_session=smtp_session,
            )
        except MailDeliveryException as error:
            # Core names the class of the exception, and a server that it was not told.
            cause = error.__context__
            if not isinstance(cause, DeliveryError):
                raise
            account = self.browse(cause.server_id)
            raise MailDeliveryException(account._catchall_answered(cause)) from cause

    def _prepare_smtp_to_list(self, message, smtp_session):
        """Core compares A-labels, which it makes here, with what mail.mail has validated as it was
        typed: recipients with a domain beyond ASCII would be left out.
        """
        validated = self.env.context.get("send_validated_to")
        if validated and isinstance(smtp_session, AccountSession):
            written = [*validated, *filter(None, map(_with_a_labels, validated))]
            self = self.with_context(send_validated_to=written)
        return super()._prepare_smtp_to_list(message, smtp_session)


def _with_a_labels(address):
    """The address with its domain as it stands in DNS (RFC 5890); the local part is left alone."""
    local, _at, domain = address.rpartition("@")
    return f"{local}@{normalise_domain(domain)}"
