"""Windows that buttons of several subjects open."""


def form_window(record, name):
    """Return the action that shows the form of one record."""
    return {
        "type": "ir.actions.act_window",
        "name": name,
        "res_model": record._name,
        "res_id": record.id,
        "views": [(False, "form")],
    }
