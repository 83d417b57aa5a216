"""Users whose address is on the catch-all: what they would not get, and what to do instead.

Their notifications can go to Odoo's inbox. An invitation or a password email cannot: without the
password nobody opens that inbox. So those who administer users get the link to pass on.
"""

from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...router.message.addresses import normalise
from ..windows import form_window

# Anybody can ask for anybody's password on the public page: administrators hear of it once a day.
TOLD_AGAIN = timedelta(days=1)


class ResUsers(models.Model):
    _inherit = "res.users"

    catchall_has_mailbox = fields.Boolean(
        "Has a Mailbox",
        groups="base.group_erp_manager",
        help="The user reads mail to their address in their own mailbox. Without one, it "
        "arrives in the catch-all mailbox, and so would notifications by email.",
    )
    catchall_no_mailbox = fields.Boolean(
        "No Mailbox",
        compute="_compute_catchall_no_mailbox",
        compute_sudo=True,  # incoming accounts are nobody's business but an administrator's
        groups="base.group_erp_manager",
    )
    catchall_comes_back = fields.Char(
        "Would Not Arrive",
        compute="_compute_catchall_comes_back",
        groups="base.group_erp_manager",
    )
    catchall_link_asked = fields.Datetime(
        "Password Requested", readonly=True, copy=False, groups="base.group_erp_manager"
    )

    @api.depends("email", "share", "catchall_has_mailbox")
    def _compute_catchall_no_mailbox(self):
        mailboxes = self.env["mail.alias.domain"]._catchall_mailboxes()
        for user in self:
            address = normalise(user.email_normalized or "")
            own = mailboxes.get(address.rpartition("@")[2])
            user.catchall_no_mailbox = (
                own is not None
                and address not in own
                and not user.share
                and not user.catchall_has_mailbox
            )

    @api.depends("notification_type", "login_date", "catchall_no_mailbox")
    @api.depends_context("lang")
    def _compute_catchall_comes_back(self):
        for user in self:
            names = [
                user.notification_type == "email" and self.env._("notifications"),
                not user.login_date and self.env._("invitation"),
                self.env._("password emails"),
            ]
            user.catchall_comes_back = user.catchall_no_mailbox and ", ".join(filter(None, names))

    def action_catchall_use_inbox(self):
        self.write({"notification_type": "inbox"})
        return True

    def action_catchall_has_mailbox(self):
        self.write({"catchall_has_mailbox": True})
        return True

    def action_catchall_invitation(self):
        """Show the link that the user cannot get by email, to be passed on in another way."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("base.group_erp_manager"):
            raise UserError(
                self.env._(
                    "Only users with the right “Administration / Access Rights” may see login "
                    "links."
                )
            )
        if not hasattr(self.partner_id, "signup_prepare"):
            raise UserError(
                self.env._(
                    "Login links require the addon auth_signup. Install it, or set a password for "
                    "%s.",
                    self.name,
                )
            )
        if not self.active:
            raise UserError(self.env._("%s is archived. Unarchive the user first.", self.name))
        self.partner_id.signup_prepare("reset" if self.login_date else "signup")
        invitation = self.env["mail.catchall.invitation"].create({"user_id": self.id})
        return form_window(invitation, self.env._("Login Link for %s", self.name), dialog=True)

    def _action_reset_password(self, signup_type="reset"):
        """Of auth_signup: say so when nobody reads the message with the link."""
        result = super()._action_reset_password(signup_type=signup_type)
        # sudo: also the public page for forgotten passwords comes by here
        unread = self.sudo().filtered("catchall_no_mailbox")
        if unread and self.env.user._is_public():
            unread._catchall_tell_who_can_help()
        if unread and isinstance(result, dict) and result.get("tag") == "display_notification":
            params = {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "The link was sent, but nobody reads the mail of %s: it arrives in the"
                    " catch-all mailbox. Open the user and choose “Show the Link” to pass it on.",
                    ", ".join(unread.mapped("name")[:5]),
                ),
            }
            result = {**result, "params": {**result.get("params", {}), **params}}
        return result

    def _catchall_tell_who_can_help(self):
        """Somebody forgot the password, and the message with the link reaches nobody."""
        now = fields.Datetime.now()
        for user in self:
            if user.catchall_link_asked and user.catchall_link_asked > now - TOLD_AGAIN:
                continue
            user.catchall_link_asked = now
            body = self.env._(
                "%(name)s asked for a new password on the login page, but nobody reads mail to"
                " %(email)s: it arrives in the catch-all mailbox. If it really was %(name)s,"
                " open the user, choose “Show the Link”, and pass it on.",
                name=user.name,
                email=user.email_normalized,
            )
            self.env["ir.mail_server"]._catchall_tell_admins(
                self.env._("%s needs a new password", user.name), Markup("<p>%s</p>") % body
            )
