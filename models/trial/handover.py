"""From Odoo's own fetch to the router's: which messages of an IMAP mailbox Odoo has had."""

from ..incoming.ledger import described

LOOK_AT = (
    5_000  # read messages of the time on trial, the newest ones: a click must not take forever
)


def known_uids(server, folder):
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
