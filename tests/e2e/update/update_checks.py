"""What the updated database is asked with today's code; `test_update_e2e.py` runs this in a shell.

Only names that are fixed are used here (models, fields, methods, external ids), so that files may
move. Each check returns what the test compares; its error is returned as well, for its own test.
"""

import json
import re
import sys
import traceback

from odoo.modules.migration import load_script
from odoo.modules.module import Manifest
from odoo.tools import convert_file, file_open, file_path

ADDON = "mail_catchall_router"
EXTENDED = ("fetchmail.server", "ir.mail_server", "mail.alias", "mail.alias.domain", "res.users")
# What an administrator reads, and changes, in records that an update leaves alone.
LABELS = {
    "ir.cron": ("name", "cron_name"),
    "ir.rule": ("name",),
    "mail.template": ("name", "subject", "description", "body_html"),
}
SPLIT = "\x1e"  # before the result: Odoo may print, too


def check(env):
    """Run every check and print the results; the last one changes the data."""
    checks = (labels, fresh_labels, migration, codes, shown, views, jobs, goes_on)
    found = {}
    for function in checks:
        try:
            found[function.__name__] = function(env)
        except Exception:
            env.cr.rollback()
            env.invalidate_all()
            found[function.__name__] = {"error": traceback.format_exc()}
    sys.stdout.write(SPLIT + json.dumps(found, default=str))


# ------------------------------------------------------------ labels


def labels(env):
    """Labels of records that updates leave alone, in the source's language."""
    found = {}
    known = env["ir.model.data"].search(
        [("module", "=", ADDON), ("noupdate", "=", True), ("model", "in", list(LABELS))]
    )
    for item in known:
        record = env[item.model].with_context(lang=None).browse(item.res_id).exists()
        for field in LABELS[item.model] if record else ():
            found[f"{item.name}.{field}"] = str(record[field]).strip()
    return found


def fresh_labels(env):
    """The same labels, as a fresh installation would have them."""
    for filename in Manifest.for_addon(ADDON)["data"]:
        if filename.endswith(".xml"):
            with file_open(f"{ADDON}/{filename}") as stream:
                noupdate = 'noupdate="1"' in stream.read()
            if noupdate:
                convert_file(env, ADDON, filename, {}, mode="init")
    env.flush_all()
    found = labels(env)
    env.cr.rollback()
    env.invalidate_all()
    return found


def migration(env):
    """Let the migration replace labels of our own, in every state that a label can be in."""
    script = load_script(file_path(f"{ADDON}/migrations/19.0.1.1.0/post-labels.py"), "post-labels")
    records = labelled_records(env)
    lane, watch, copies, rule, other, template = records
    old = {record: record.with_context(lang=None).name for record in (lane, copies, rule)}
    translated = {"en_US": old[copies], "de_DE": "Kopien", "fr_FR": old[copies]}
    env.cr.execute(
        "UPDATE ir_act_server SET name = %s WHERE id = %s",
        [json.dumps(translated), copies.ir_actions_server_id.id],
    )
    watch.name, other.name = "Ours", "Ours as well"
    body = "<p>Hello,<br>a line that is made <b>tidy</b></p>"
    template.body_html = body
    tidy = str(template.body_html)
    env.ref(f"{ADDON}.ir_cron_catchall_probe").unlink()
    env.flush_all()
    env.invalidate_all()
    script.replace_labels(
        env,
        [
            ("ir_cron_catchall_route_1.name", old[lane], "Lane"),
            ("ir_cron_catchall_health.name", "Catch-all: watch accounts", "Watch"),
            ("ir_cron_catchall_sent.name", old[copies], "Copies"),
            ("ir_cron_catchall_probe.name", "It is gone", "It stays so"),
            ("rule_catchall_message_company.name", old[rule], "Rule"),
            ("rule_catchall_route_company.name", "What it was", "Rule"),
            ("mail_template_catchall_notice.body_html", body, "<p>New<br>words</p>"),
        ],
    )
    found = {"tidied": tidy != body, **labels_now(env, records)}
    env.cr.rollback()
    env.invalidate_all()
    return found


def labelled_records(env):
    """Three jobs, two record rules and a template, whose labels are put into different states."""
    names = [f"ir_cron_catchall_{name}" for name in ("route_1", "health", "sent")]
    names += [f"rule_catchall_{name}_company" for name in ("message", "route")]
    names += ["mail_template_catchall_notice"]
    return [env.ref(f"{ADDON}.{name}") for name in names]


def labels_now(env, records):
    lane, watch, copies, rule, other, template = records
    env.invalidate_all()
    env.cr.execute("SELECT name FROM ir_act_server WHERE id = %s", [copies.ir_actions_server_id.id])
    [stored] = env.cr.fetchone()
    return {
        "left": [lane.name, lane.cron_name],
        "changed": [watch.name, watch.cron_name],
        "translated": stored,
        "copied": copies.cron_name,
        "rules": [rule.name, other.name],
        "body": str(template.body_html),
    }


# ------------------------------------------------------------ data


def stored_models(env):
    """Names of the addon's models that keep rows."""
    return sorted(
        name
        for name, model in env.registry.items()
        if name.startswith("mail.catchall.") and not (model._abstract or model._transient)
    )


def codes(env):
    """Stored codes of selections that no selection has any more."""
    unknown = []
    for name in (*stored_models(env), *EXTENDED):
        model = env[name]
        for field in model._fields.values():
            if field.type != "selection" or not field.store or not field.column_type:
                continue
            known = {code for code, _label in field._description_selection(env)}
            rows = model.with_context(active_test=False).search([(field.name, "!=", False)])
            unknown += [
                f"{name}.{field.name}: {code}" for code in {*rows.mapped(field.name)} - known
            ]
    return unknown


def shown(env):
    """Read every field of every row as an administrator; count what is made of stored codes."""
    admin = env.ref("base.user_admin")
    admin.group_ids |= env.ref(f"{ADDON}.group_catchall_manager")
    env.cr.commit()
    counts = {}
    for name in (*stored_models(env), *EXTENDED):
        model = env[name].with_user(admin).with_context(active_test=False)
        if not model.has_access("read"):
            model = model.sudo()  # kept for the addon's own code alone
        ours = [
            field.name
            for field in model._fields.values()
            if ADDON in field._modules and model._has_field_access(field, "read")
        ]
        rows = [row for record in model.search([]) for row in record.read(ours)]
        for field, count in (
            *((name, len) for name in ("shown_lines", "shown_findings", "shown_checks")),
            *((name, bool) for name in ("trace_html", "recipients_html", "body", "header_text")),
        ):
            if field in model._fields:
                counts[f"{name}.{field}"] = sum(count(row[field] or ()) for row in rows)
    return counts


def views(env):
    """Load every view of the addon's models, and what its actions open; return how many."""
    admin = env.ref("base.user_admin")
    names = [name for name in env.registry if name.startswith("mail.catchall.")]
    known = env["ir.ui.view"].search(
        [("model", "in", [*names, *EXTENDED]), ("mode", "=", "primary"), ("type", "!=", "qweb")]
    )
    for view in known:
        env[view.model].with_user(admin).get_views([(view.id, view.type)])
    for name in names:
        if not env[name]._abstract:
            kinds = ["form"] if env[name]._transient else ["list", "form", "search"]
            env[name].with_user(admin).get_views([(False, kind) for kind in kinds])
    actions = env["ir.actions.act_window"].search([("res_model", "in", [*names, *EXTENDED])])
    for action in actions:
        env[action.res_model].with_user(admin).get_views(action.views, {"toolbar": True})
    return [len(known), len(actions)]


# ------------------------------------------------------------ work


def jobs(env):
    """Methods that scheduled jobs of the old version call, and that do not exist any more."""
    crons = env["ir.cron"].with_context(active_test=False).search([("code", "like", "_cron_")])
    calls = [(cron, re.search(r"\.(_cron\w+)\(", cron.code)) for cron in crons]
    ours = [(cron, call[1]) for cron, call in calls if call and "catchall" in cron.model_id.model]
    accounts = [(cron, call[1]) for cron, call in calls if call and "catchall" in call[1]]
    missing = [
        name for cron, name in ours + accounts if not hasattr(env[cron.model_id.model], name)
    ]
    return {"count": len(ours) + len(accounts), "missing": missing}


def goes_on(env):
    """Route what waited, sort what lay, replay what failed."""
    Message = env["mail.catchall.message"]
    env["mail.alias"].search([("alias_name", "=", "broken")]).alias_defaults = "{}"
    row = {row.subject: row for row in Message.search([])}
    sales = env["mail.alias"].search([("alias_name", "=", "sales")])
    row["Sorted after the update"].action_route(alias_id=sales.id)
    row["Fails for good"].action_replay()
    # The minutes that messages wait until they are tried again are over.
    Message.search([("state", "=", "received")]).next_try_date = False
    env.cr.commit()
    lane = env.ref(f"{ADDON}.ir_cron_catchall_route_1")
    for _turn in range(5):
        lane.method_direct_trigger()
        env.cr.commit()
        env.invalidate_all()
        if not Message.search_count([("state", "=", "received")]):
            break
        Message.search([("state", "=", "received")]).next_try_date = False
        env.cr.commit()
    env.ref(f"{ADDON}.ir_cron_catchall_health").method_direct_trigger()
    return {
        subject: {
            "state": item.state,
            "reason": item.reason,
            "rules": item.rule_ids.mapped("name"),
            "records": [[route.model, route.res_id] for route in item.route_ids],
            "priority": [
                env[route.model].browse(route.res_id).priority
                for route in item.route_ids
                if route.model == "crm.lead"
            ],
            "error": item.error,
        }
        for subject, item in row.items()
    }
