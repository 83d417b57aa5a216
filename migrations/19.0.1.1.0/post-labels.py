"""Labels of scheduled jobs, record rules and the mail template follow the product's words.

Odoo leaves these records alone when it updates (``noupdate``), because administrators change them.
So a label is replaced here, and only where it still is the one that the addon came with.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL
from psycopg2.extras import Json

ADDON = "mail_catchall_router"
OLD_NOTICE = """<div>
    <p>Hello,</p>
    <p>Your message “<t t-out="object.subject or ''">Question about your offer</t>” reached us, \
but nobody here has the address <strong t-out="object.recipient_names or ''">slaes@example.com\
</strong> that it was sent to. Please check the address and send it again.</p>
    <p>This is an automatic message. You get it once a day at most.</p>
</div>
"""
NEW_NOTICE = """<div>
    <p>Hello,</p>
    <p>Thank you for your email. Unfortunately, it could not be delivered, because the address it \
was sent to does not exist here.</p>
    <p>
        Address: <strong t-out="object.recipient_names or ''">slaes@example.com</strong>
        <t t-if="object.subject"><br>Subject: <span t-out="object.subject">Question about your \
offer</span></t>
    </p>
    <p>Please check the address and send your email again.</p>
    <p>This is an automatic reply. You will receive it at most once a day.</p>
</div>
"""
# External id: {field: (label until 19.0.1.0.0, label since)}, both as the data files have them.
LABELS = {
    "ir_cron_catchall_probe": {
        "name": (
            "Catch-all: look for the mails of probes",
            "Catch-all: check running mailbox tests",
        )
    },
    "ir_cron_catchall_probe_repeat": {
        "name": (
            "Catch-all: try verified mailboxes again",
            "Catch-all: test verified mailboxes again",
        )
    },
    "mail_template_catchall_notice": {
        "subject": (
            "Not delivered: {{ object.subject or 'your message' }}",
            "Not delivered: {{ object.subject or 'your email' }}",
        ),
        "description": (
            "Sent to a proved sender whose mail names nobody here, if the incoming account says "
            "so.",
            "Sent to a verified sender whose email names no known recipient, if the incoming "
            "account is set to notify senders.",
        ),
        "body_html": (OLD_NOTICE, NEW_NOTICE),
    },
    "rule_catchall_message_company": {
        "name": ("Received mail: own companies", "Received emails: own companies")
    },
    "rule_catchall_route_company": {
        "name": (
            "Route of received mail: own companies",
            "Routes of received emails: own companies",
        )
    },
    "rule_catchall_shadow_company": {"name": ("Trial run: own companies", "Trial: own companies")},
    "rule_catchall_switch_own": {
        "name": (
            "Switch over after a trial run: own wizards",
            "Switch after a trial: own wizards",
        )
    },
    "rule_catchall_rule_company": {
        "name": ("Routing rule: own companies", "Routing rules: own companies")
    },
    "rule_catchall_preview_own": {
        "name": ("What would happen: own wizards", "Preview: own wizards")
    },
    "rule_catchall_preview_line_own": {
        "name": ("What would happen: own lines", "Preview: own lines")
    },
    "rule_catchall_route_wizard_own": {
        "name": ("Route received mail: own wizards", "Route received emails: own wizards")
    },
    "rule_catchall_alias_wizard_own": {
        "name": (
            "Create alias for received mail: own wizards",
            "Create alias for received emails: own wizards",
        )
    },
}


def migrate(cr, version):
    replace_labels(api.Environment(cr, SUPERUSER_ID, {}), LABELS)


def replace_labels(env, labels):
    """Replace labels that nobody has changed; a record that is gone stays gone."""
    env.flush_all()
    for name, changes in labels.items():
        record = env.ref(f"{ADDON}.{name}", raise_if_not_found=False)
        if not record:
            continue
        for field_name, (old, new) in changes.items():
            _replace(*_owner(record, field_name), old, new)
    env.flush_all()


def _owner(record, field_name):
    """Return the record that stores the field, and the field: a job's name is its action's."""
    while (field := record._fields[field_name]).inherited:
        record = record[field.related.partition(".")[0]]
    return record, field


def _replace(record, field, old, new):
    """By SQL: the ORM refuses languages that are not active, and jobs that run just now."""
    # HTML as it is stored, sanitised
    old, new = (str(field.convert_to_column(text, record)).strip() for text in (old, new))
    table, column = SQL.identifier(record._table), SQL.identifier(field.name)
    cr = record.env.cr
    cr.execute(SQL("SELECT %s FROM %s WHERE id = %s", column, table, record.id))
    [stored] = cr.fetchone()
    if field.translate:
        replaced = _replaced_translations(stored or {}, old, new)
    else:
        replaced = new if _is(stored, old) else stored
    if replaced == stored:
        return
    value = Json(replaced) if field.translate else replaced
    cr.execute(SQL("UPDATE %s SET %s = %s WHERE id = %s", table, column, value, record.id))
    record.invalidate_recordset([field.name])
    record.modified([field.name])  # a job keeps a copy of its name


def _replaced_translations(stored, old, new):
    """Replace the source, and every language that has no other text than the source.

    :param dict stored: what the column holds: the text by language, the source under ``en_US``
    """
    if not _is(stored.get("en_US"), old):
        return stored  # the administrator's own words, in whatever languages
    return {lang: new if _is(text, old) else text for lang, text in stored.items()}


def _is(text, label):
    return (text or "").strip() == label  # a data file's HTML ends with the indentation
