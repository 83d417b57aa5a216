"""Windows and notifications that buttons of several subjects open."""


def list_window(env, name, domain, **changes):
    """Return the addon's action of that external id, with this domain."""
    action = env["ir.actions.act_window"]._for_xml_id(f"mail_catchall_router.{name}")
    return {**action, "domain": domain, **changes}


def form_window(record, name="", *, dialog=False, **context):
    """Return the action that shows the form of a record, or of a new one with this context."""
    window = {
        "type": "ir.actions.act_window",
        "res_model": record._name,
        "res_id": record.id,
        "views": [(False, "form")],
    }
    if name:
        window["name"] = name
    if dialog:
        window["target"] = "new"
    return window | {"context": context} if context else window


def notification(message, kind="success", then="soft_reload", *, sticky=False):
    """Return the action that tells the user something, and what comes after it.

    :param kind: ``success``, ``info``, ``warning`` or ``danger``
    :param then: the tag of a client action, an action, or None
    """
    if isinstance(then, str):
        then = {"type": "ir.actions.client", "tag": then}
    params = {"message": message, "type": kind, "sticky": sticky} | ({"next": then} if then else {})
    return {"type": "ir.actions.client", "tag": "display_notification", "params": params}
