"""Whom a record knows by their address: known correspondents write on it for everybody to read.

Everybody else who knows a Message-ID or a reply address of it leaves an internal note.
"""

from odoo.tools.mail import email_normalize_all

from ...router.freemail import is_freemail
from ...router.message.addresses import normalise


def is_correspondent(record, address, issued_to=None):
    """Whether a record knows an address.

    It is of the record's contact, of a follower, or of the contact that a reply address was issued
    to; of their company; or somebody of ours, or a proved correspondent, has written to it there.

    :param record: as superuser
    :param address: normalised, ``""`` is nobody
    :param issued_to: a ``res.partner``, empty where nothing was issued to anybody
    """
    if not address:
        return False
    if address in _addresses(record._mail_get_primary_email()[record.id]):
        return True
    people = record._mail_get_partners()[record.id]
    if issued_to:
        people |= issued_to
    if "message_partner_ids" in record._fields:
        people |= record.message_partner_ids
    if any(address in _addresses(person.email) for person in people):
        return True
    # A colleague's other contacts are no customers, and a colleague's domain is nobody's word.
    people = people.filtered("partner_share")
    return (
        any(_is_of_company(person, address) for person in people)
        or _is_contact_of(people.commercial_partner_id, address)
        or _was_written_to(record, address)
    )


def _addresses(text):
    return {normalise(address) for address in email_normalize_all(text or "")}


def _is_of_company(person, address):
    """Whether an address has the domain of a person's company, which is no provider's."""
    company = person.commercial_partner_id
    if not company.is_company:
        return False  # a private address's domain is its provider's
    domain = address.rpartition("@")[2]
    own = {item.rpartition("@")[2] for item in _addresses(f"{company.email}, {person.email}")}
    return domain in own and not is_freemail(domain)


def _is_contact_of(customers, address):
    """Whether it is a further address of a contact, as Odoo keeps it: a contact below it."""
    return bool(
        customers
        and customers.search_count(
            [("email_normalized", "=", address), ("commercial_partner_id", "in", customers.ids)],
            limit=1,
        )
    )


def _was_written_to(record, address):
    """Whether a colleague, or a proved correspondent, has put an address into To or Cc here.

    What strangers wrote, and what only claims to be of a colleague, are notes and never count.
    """
    env = record.env
    for model in ("mail.message", "mail.notification", "mail.catchall.route", "res.users"):
        env[model].flush_model()
    env.cr.execute(
        """
        SELECT concat_ws(', ', m.incoming_email_to, m.incoming_email_cc, m.outgoing_email_to),
               ARRAY(SELECT p.email_normalized
                       FROM mail_message_res_partner_rel r
                       JOIN res_partner p ON p.id = r.res_partner_id
                      WHERE r.mail_message_id = m.id),
               ARRAY(SELECT coalesce(p.email_normalized, n.mail_email_address)
                       FROM mail_notification n
                  LEFT JOIN res_partner p ON p.id = n.res_partner_id
                      WHERE n.mail_message_id = m.id AND n.notification_type = 'email')
          FROM mail_message m
         WHERE m.model = %s AND m.res_id = %s AND m.catchall_note IS NULL
           AND (EXISTS (SELECT 1 FROM res_users u
                         WHERE u.partner_id = m.author_id AND u.share IS NOT TRUE)
                OR EXISTS (SELECT 1 FROM mail_catchall_route t
                             JOIN mail_catchall_message c ON c.id = t.catchall_message_id
                            WHERE t.mail_message_id = m.id AND c.author_check = 'verified'))
        """,
        [record._name, record.id],
    )
    return any(
        address in _addresses(text) or address in map(normalise, filter(None, (*to, *notified)))
        for text, to, notified in env.cr.fetchall()
    )
