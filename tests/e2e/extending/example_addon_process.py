"""One Odoo process that installs the example addon, uses it, and uninstalls it.

``example_addon_process.py CONF DATABASE OTHER`` prints what it saw as one line of JSON. ``OTHER``
is a second database of the same process, where the addon is never installed.
"""

import contextlib
import json
import sys

EXAMPLE = "catchall_example"
INVITATION = """\
From: customer@example.org
To: sales@example.com
Subject: Lunch
Message-ID: <invitation@example.org>
Content-Type: text/calendar; method=REQUEST

BEGIN:VCALENDAR
"""
PLURAL = (
    "From: customer@example.org\nTo: offers@example.com\nMessage-ID: <invitation@example.org>\n\nHi"
)


@contextlib.contextmanager
def environment(database):
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def decision(env, text):
    from odoo.addons.mail_catchall_router.models.routing.odoo_directory import OdooDirectory
    from odoo.addons.mail_catchall_router.router.message.mail import ReceivedMail

    directory = OdooDirectory(env)
    mail = ReceivedMail.from_bytes(text.encode())
    policy = directory.policy(env["fetchmail.server"])
    return env["mail.catchall.chain"]._decide(mail, directory, policy)


def decided(env, text):
    """State, reason, and the steps that decided."""
    found = decision(env, text)
    steps = [line.step for line in found.trace if line.decided]
    return [str(found.state), str(found.reason), steps]


def keep(env, text):
    """A row of the ledger with a decision, as a lane writes it."""
    found = decision(env, text)
    return env["mail.catchall.message"].create(
        {
            "state": str(found.state),
            "reason": str(found.reason),
            "trace": [line.as_json() for line in found.trace],
        }
    )


def seen(env):
    """What people see of verdicts and steps."""
    Message = env["mail.catchall.message"]
    chain = env["mail.catchall.chain"]
    arch = Message.get_view(view_type="search")["arch"]
    kinds = dict(env["mail.catchall.rule.condition"].fields_get(["kind"])["kind"]["selection"])
    reasons = dict(Message.fields_get(["reason"])["reason"]["selection"])
    return {
        "verdict": "invitation" in [item.name for item in chain._chain().verdicts],
        "step": "plural" in [row.step.name for row in chain._chain().steps],
        "filters": [code for code in ("invitation", "plural") if f'name="{code}"' in arch],
        "kind": kinds.get("invitation"),
        "reasons": [reasons.get(code) for code in ("invitation", "plural")],
        "labels": [chain._label(name) for name in ("invitation", "plural")],
    }


def company(env):
    """sales@example.com and offer@example.com create contacts' messages."""
    domain = env["mail.alias.domain"].create({"name": "example.com"})
    model = env["ir.model"]._get_id("res.partner")
    for name in ("sales", "offer"):
        env["mail.alias"].create(
            {"alias_name": name, "alias_domain_id": domain.id, "alias_model_id": model}
        )


def rule(env, action, **values):
    return env["mail.catchall.rule"].create(
        {
            "name": "About meetings",
            "action": action,
            "condition_ids": [
                (0, 0, {"part": "verdict", "operator": "equals", "kind": "invitation"})
            ],
            **values,
        }
    )


def use(env):
    """Route by the example's verdict and step; rules ask for the verdict and override it."""
    found = {
        "seen": seen(env),
        "invitation": decided(env, INVITATION),
        "plural": decided(env, PLURAL),
    }
    rows = keep(env, INVITATION) | keep(env, PLURAL)
    found["rows"] = rows.ids
    found["stories"] = [str(row.trace_html) for row in rows]
    dismiss = rule(env, "ignore")
    found["dismissed"] = decided(env, INVITATION)
    dismiss.active = False
    accept = rule(env, "accept")
    found["accepted"] = decided(env, INVITATION)
    found["problem"] = accept.problem
    env.cr.commit()
    return found


def after(env, ids):
    """What is left once the example is gone."""
    rows = env["mail.catchall.message"].browse(ids)
    rules = env["mail.catchall.rule"].search([("name", "=", "About meetings")])
    return {
        "seen": seen(env),
        "rows": [[row.state, row.reason, bool(row.trace_html)] for row in rows],
        "invitation": decided(env, INVITATION)[1],
        "problem": rules.problem,
    }


def main():
    from odoo.modules.registry import Registry
    from odoo.tools import config

    conf, database, other = sys.argv[1:4]
    config.parse_config(["-c", conf, "--log-handler", ":CRITICAL"])
    Registry.new(database, update_module=True, install_modules=[EXAMPLE])
    with environment(database) as env:
        company(env)
        found = {"with": use(env)}
    with environment(other) as env:
        company(env)
        found["beside"] = {"seen": seen(env), "invitation": decided(env, INVITATION)[1]}
    with environment(database) as env:
        env["ir.module.module"].search([("name", "=", EXAMPLE)]).button_immediate_uninstall()
    with environment(database) as env:
        found["after"] = after(env, found["with"]["rows"])
    print(json.dumps(found))  # noqa: T201 - for the test that started this process


if __name__ == "__main__":
    main()
