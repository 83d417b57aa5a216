"""A sentence of the pure core, said in the language of whoever reads it."""

from odoo.tools.translate import get_translation

_MODULE = "mail_catchall_router"


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
