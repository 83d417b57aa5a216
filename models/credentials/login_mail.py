"""A message that lets anyone who has it log in here: a returned invitation or password reset.

Those who sort mail see it without its token, and so do the records that it is routed to. Its
exact bytes are for those who may set passwords anyway. Links of other companies' Odoo are their
own business.
"""

from markupsafe import Markup
from odoo.tools.misc import verify_hash_signed

from ...credentials.login_links import hide_login_links, login_tokens


def has_own_login(env, text):
    """Whether a text has a link that this database has signed."""
    return any(_is_own_token(env, token) for token in login_tokens(text))


def without_own_logins(env, values):
    """Core's dict of a message, with no token that this database has signed."""
    body = values.get("body") or ""
    if has_own_login(env, body):
        hidden = hide_login_links(body)
        values["body"] = Markup(hidden) if isinstance(body, Markup) else hidden
    values["attachments"] = [_attached(env, item) for item in values.get("attachments") or []]
    return values


def _is_own_token(env, token):
    try:
        # sudo: the secret that signs (addons auth_signup)
        return verify_hash_signed(env(su=True), "signup", token) is not None
    except (ValueError, TypeError):
        return False  # somebody else's, or none


def _attached(env, attachment):
    name, content, *info = attachment
    text = content.decode("latin-1") if isinstance(content, bytes) else content
    if not isinstance(text, str) or not has_own_login(env, text):
        return attachment
    hidden = hide_login_links(text)
    content = hidden.encode("latin-1") if isinstance(content, bytes) else hidden
    items = (name, content, *info)
    return type(attachment)(*items) if hasattr(attachment, "_fields") else items
