"""From Odoo's own fetch to the router's: which mails of an IMAP mailbox Odoo has had."""

from ..router.mail import ReceivedMail

LOOK_AT = 5_000  # read mails of the time on trial, the newest ones: a click must not last for ever


def known_uids(server, folder):
    r"""Return (lowest UID to fetch, UIDs above it that Odoo has had), as the mailbox stands now.

    Odoo takes what is unread and marks it as read. What is unread is therefore to be fetched,
    however old. What was read was Odoo's, unless somebody read it elsewhere before Odoo came: of
    the time on trial that is told by the Message-IDs that were written down.

    A mail that is taken for one Odoo has not had is no harm: its copy on trial makes it a
    duplicate in the ledger.
    """
    # What comes after the folder was selected has a UID from here on, and is always fetched.
    after = folder.uidnext or max(folder.uids_from(1), default=0) + 1
    unread = {uid for uid in folder.unread() if uid < after}
    since = server.catchall_shadow_since
    recent = [uid for uid in folder.uids_from(1, since) if uid < after and uid not in unread]
    missed = set()
    heads = folder.headers(recent[-LOOK_AT:], "MESSAGE-ID", "DATE")
    names = {uid: ReceivedMail.from_bytes(head).message_id for uid, head in heads.items()}
    known = _known_names(server, [name for name in names.values() if name])
    for envelope in folder.envelopes(sorted(names)):
        # SEARCH SINCE knows days only
        arrived = envelope.received is None or envelope.received >= since
        if arrived and names[envelope.number] not in known:
            missed.add(envelope.number)
    wanted = unread | missed
    first = min(wanted, default=after)
    return first, [uid for uid in folder.uids_from(first) if uid < after and uid not in wanted]


def _known_names(server, names):
    server.env.cr.execute(
        """SELECT message_id FROM mail_catchall_shadow
            WHERE fetchmail_server_id = %s AND message_id = ANY(%s)
           UNION
           SELECT message_id FROM mail_message
            WHERE message_id = ANY(%s) AND message_type = 'email'""",
        [server.id, names, names],
    )
    return {name for (name,) in server.env.cr.fetchall()}
