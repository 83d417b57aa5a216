"""Three kinds of providers and five kinds of authors: the rows of the table in docs/outgoing.md.

One provider sends for every address of the domain, one checks the envelope sender, one checks
From when it has read the message.
"""

AUTHORS = {
    "colleague": '"User A, Sales" <user_a@example.com>',
    "of a private address": "Marc <private.marc@gmail.com>",
    "of a sub-domain": "Sub <sub@mail.example.com>",
    "without a name": "portal@customer.test",
    "the account itself": '"Example" <catchall@example.com>',
}

# header_checks of the submission service only: what comes in from outside is not asked.
FROM_CHECK = (
    "/^From:.*[< ]catchall@example\\.com>?$/ DUNNO\n"
    "/^From:/ REJECT 5.7.1 SendAsDenied; catchall not allowed to send as this author\n"
)
# Postfix's options; see tools/mail_servers/mail_domain.py.
PROVIDERS = {
    "sends for all": {},
    "checks the envelope": {
        "submission": {"smtpd_sender_restrictions": "reject_sender_login_mismatch"},
    },
    "checks From": {
        "submission": {"cleanup_service_name": "checked"},
        "services": [
            "checked unix n - n - 0 cleanup",
            "  -o header_checks=regexp:$config_directory/from_check",
        ],
        "files": {"from_check": FROM_CHECK},
    },
}
# What an admin chooses: the account's values, by the head of their table.
CHOICES = {
    "plain": {"catchall_envelope_policy": "account", "catchall_reply_policy": "record"},
    "signed": {"catchall_envelope_policy": "verp", "catchall_reply_policy": "signed"},
}
