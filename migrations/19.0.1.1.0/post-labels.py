"""Labels of scheduled jobs, record rules and the mail template follow the product's words.

Odoo leaves these records alone when it updates (``noupdate``), because administrators change them.
So a label is replaced here, and only where it still is the one that the addon came with.
"""

from lxml import etree
from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, file_open
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
# Labels until 19.0.1.0.0, as the data files had them.
OLD_LABELS = {
    "ir_cron_catchall_probe.name": "Catch-all: look for the mails of probes",
    "ir_cron_catchall_probe_repeat.name": "Catch-all: try verified mailboxes again",
    "mail_template_catchall_notice.subject": (
        "Not delivered: {{ object.subject or 'your message' }}"
    ),
    "mail_template_catchall_notice.description": (
        "Sent to a proved sender whose mail names nobody here, if the incoming account says so."
    ),
    "mail_template_catchall_notice.body_html": OLD_NOTICE,
    "rule_catchall_message_company.name": "Received mail: own companies",
    "rule_catchall_route_company.name": "Route of received mail: own companies",
    "rule_catchall_shadow_company.name": "Trial run: own companies",
    "rule_catchall_switch_own.name": "Switch over after a trial run: own wizards",
    "rule_catchall_rule_company.name": "Routing rule: own companies",
    "rule_catchall_preview_own.name": "What would happen: own wizards",
    "rule_catchall_preview_line_own.name": "What would happen: own lines",
    "rule_catchall_route_wizard_own.name": "Route received mail: own wizards",
    "rule_catchall_alias_wizard_own.name": "Create alias for received mail: own wizards",
}


def migrate(cr, version):
    labels = _labels_of_data_files()
    changes = [(name, old, labels[name]) for name, old in OLD_LABELS.items() if name in labels]
    replace_labels(api.Environment(cr, SUPERUSER_ID, {}), changes)


def _labels_of_data_files():
    """Return what the data files have now, by external id and field, as odoo.tools.convert does."""
    found = {}
    for filename in ("data/notice.xml", "data/probe.xml", "security/rules.xml"):
        with file_open(f"{ADDON}/{filename}", "rb") as stream:
            for field in etree.parse(stream).iterfind("record/field"):
                html = "".join(etree.tostring(e, method="html", encoding="unicode") for e in field)
                found[f"{field.getparent().get('id')}.{field.get('name')}"] = html or field.text
    return found


def replace_labels(env, changes):
    """Replace labels that nobody has changed; a record that is gone stays gone.

    :param changes: (external id and field, what it was, what it becomes) of each
    """
    env.flush_all()
    for label, old, new in changes:
        name, _dot, field_name = label.partition(".")
        if record := env.ref(f"{ADDON}.{name}", raise_if_not_found=False):
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
