"""A line in the Odoo inbox of those who can change the settings."""

from odoo import fields


def tell_admins(env, subject, body):
    """Put one message into every administrator's inbox; ``env`` may write for others (sudo)."""
    admins = env.ref("base.group_system").all_user_ids.filtered(
        lambda user: user.active and not user.share
    )
    env["mail.message"].create(
        {
            "message_type": "user_notification",
            "subject": subject,
            "body": body,
            "author_id": env.ref("base.partner_root").id,
            "notification_ids": [
                fields.Command.create(
                    {"res_partner_id": admin.partner_id.id, "notification_type": "inbox"}
                )
                for admin in admins
            ],
        }
    )
