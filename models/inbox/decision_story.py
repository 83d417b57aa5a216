"""A decision as a person reads it: the recipients, and which step decided what."""

from markupsafe import Markup

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
            item["text"],
        )
        for item in trace
    ]
    return _STORY % Markup("").join(lines)
