"""A decision as a person reads it: in one line, the recipients, and which step decided what."""

from markupsafe import Markup
from odoo.tools.translate import get_translation

from ...router.codes import State
from ...router.message.repair import printable

_MODULE = "mail_catchall_router"
_TABLE = Markup(
    '<table class="table table-sm o_catchall_recipients"><thead><tr><th>%s</th><th>%s</th></tr>'
    "</thead><tbody>%s</tbody></table>"
)
_RECIPIENT = Markup(
    '<tr><td class="fw-bold">%s</td><td>%s<br><small class="text-muted">%s</small></td></tr>'
)
_STORY = Markup('<ol class="o_catchall_story">%s</ol>')
_LINE = Markup(
    '<li class="o_catchall_line%s"><span class="o_catchall_step">%s</span> <span>%s</span></li>'
)


def row_outcome(row):
    places = [f"{route.model_name} “{route.record_name}”" for route in row.route_ids]
    return outcome_line(row.env, row.state, row.reason, places)


def decision_outcome(env, decision, taken=()):
    """Return what would become of a message by this decision.

    :param taken: targets that the message has reached already
    """
    places = []
    for route in decision.routes:
        place = place_name(env, route)
        if route.target in taken:
            place = env._("%(place)s (already routed)", place=place)
        places.append(place)
    return outcome_line(env, str(decision.state), str(decision.reason), places)


def place_name(env, route):
    """Return the name of the place that a route leads to, as far as this user may see it."""
    if route.user_id:
        # sudo: the name of a colleague, as it stands under every message of theirs
        return env._("inbox of %(user)s", user=env["res.users"].sudo().browse(route.user_id).name)
    # sudo: the kind's name only, which every user sees in menus
    kind = env["ir.model"].sudo()._get(route.model).name or route.model
    if not route.res_id:
        address = route.alias.address if route.alias else route.address
        names = (name for name, _value in route.defaults)
        # sudo: names of fields
        known = [env["ir.model.fields"].sudo()._get(route.model, name) for name in names]
        fields = ", ".join(field.field_description for field in known)
        return _new_name(env, kind, address, fields)
    record = env[route.model].browse(route.res_id).exists()
    name = record.display_name if record and record.has_access("read") else route.res_id
    return f"{kind} “{name}”"


def _new_name(env, kind, address, fields):
    """Return the name of a record that would be created, with the alias and the values set."""
    values = {"kind": kind, "address": address, "fields": fields}
    if address and fields:
        return env._("new: %(kind)s (%(address)s), with %(fields)s", **values)
    if address:
        return env._("new: %(kind)s (%(address)s)", **values)
    if fields:
        return env._("new: %(kind)s, with %(fields)s", **values)
    return env._("new: %(kind)s", **values)


def outcome_line(env, state, reason, places):
    fields = env["mail.catchall.message"]._fields
    states, reasons = (
        dict(fields[name]._description_selection(env)) for name in ("state", "reason")
    )
    words = [states.get(state, ""), reasons.get(reason, ""), ", ".join(places)]
    return " · ".join(filter(None, words))


def recipients_table(env, recipients):
    """Return the recipients with their evidence, ``recipients`` as the ledger keeps them."""
    if not recipients:
        return False
    lines = [
        _RECIPIENT % (item["address"], _evidence(env, item), _witness(env, item))
        for item in recipients
    ]
    return _TABLE % (env._("Address"), env._("Evidence"), Markup("").join(lines))


def _evidence(env, item):
    header = item["header"].title()
    if item.get("hop") is not None:
        return env._("%(header)s … for, hop %(hop)s", header=header, hop=item["hop"])
    if item.get("occurrence"):
        rank = item["occurrence"] + 1
        return env._("%(header)s, number %(rank)s from the top", header=header, rank=rank)
    return header


def _witness(env, item):
    if item.get("envelope"):
        return env._("written by a trusted mail server")
    return env._("written by the sender")


def trace_story(env, trace):
    """Return the steps in order; the one that decided stands out.

    Recipients are left out: the table above the story says more about them.
    """
    trace = [item for item in trace or [] if item["step"] != "recipients"]
    if not trace:
        return False
    names = env["mail.catchall.chain"]
    lines = [
        _LINE
        % (
            " o_catchall_decided" if item.get("decided") else "",
            names._label(item["step"]),
            say(env, item),
        )
        for item in trace
    ]
    return _STORY % Markup("").join(lines)


def say(env, item):
    """Return the text of a line of the trace, or of a value in one, in this user's language.

    :param item: a dict with ``template`` and ``values`` (``Said.as_json``), or else ``text``; of
        values also a plain text. What was stored before texts had a template is told as it is.
    """
    if isinstance(item, str):
        return item
    if "template" not in item:
        return item["text"]
    values = {name: say(env, value) for name, value in item["values"].items()}
    module = item.get("module") or _MODULE
    return get_translation(module, env.lang or "en_US", item["template"], values)


def why_line(env, decision):
    """Return in one line what decided; of a message that waits, else what was said last."""
    decided = [line for line in decision.trace if line.decided]
    if not decided and decision.state == State.QUARANTINED:
        decided = decision.trace[-1:]
    return printable("; ".join(say(env, line.as_json()) for line in decided))[:1000]
