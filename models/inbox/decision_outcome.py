"""What became or would become of a message, in one line: state, reason and places."""


def row_outcome(row):
    """Return what became of a ledger row."""
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
    """Return the line of codes and names of places."""
    fields = env["mail.catchall.message"]._fields
    states, reasons = (
        dict(fields[name]._description_selection(env)) for name in ("state", "reason")
    )
    words = [states.get(state, ""), reasons.get(reason, ""), ", ".join(places)]
    return " · ".join(filter(None, words))
