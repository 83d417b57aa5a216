"""A message that lets anyone who has it log in here: a returned invitation or password reset.

Those who sort mail see it without its token, and so do the records that it is routed to. Its
exact bytes are for those who may set passwords anyway. Links of other companies' Odoo are their
own business.
"""

import time
from email.message import EmailMessage
from functools import partial

from markupsafe import Markup, escape
from odoo.tools.misc import verify_hash_signed

from ...credentials.login_links import Logins, addresses_in

_CODE_SECONDS = 3600  # a code by email counts an hour, and the hours beside it (auth_totp_mail)
_MAX_ADDRESSES = 1_000


def own_logins(env, about=""):
    """What finds and hides the login tokens and one-time codes of this database.

    :param str about: a text with the addresses that the message names
    """
    return Logins(partial(_is_own_token, env), partial(_own_codes, env, about))


def hidden_text(env):
    """What stands in the place of a text from which a login cannot be cut out."""
    return env._("This text is not shown: whoever has it can log in as somebody else.")


def without_own_logins(env, values):
    """Core's dict of a message, with nothing in it that logs somebody in here."""
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    body = texts.pop("body", None)
    logins = own_logins(env, " ".join(texts.values()))
    values.update({name: shown_value(logins, value) for name, value in texts.items()})
    if body:
        values["body"] = _shown_body(env, logins, body)
    attachments = values.get("attachments") or []
    values["attachments"] = [_attached(env, logins, item) for item in attachments]
    return values


def shown_values(env, values, codes=False):
    """What is stored beside a message, texts in dicts and lists, likewise.

    :param bool codes: also one-time codes: for what a stranger wrote as a sentence
    """
    about = " ".join(_texts_in(values))
    logins = own_logins(env, about) if codes else Logins(partial(_is_own_token, env))
    return _shown(logins, values)


def shown_value(logins, text):
    """A short text; the whole of it goes where a login cannot be cut out."""
    hidden = logins.hide(text)
    return text if hidden == text else "***" if hidden is None else type(text)(hidden)


def _texts_in(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(item)


def _shown(logins, value):
    if isinstance(value, str):
        return shown_value(logins, value)
    if isinstance(value, dict):
        return {key: _shown(logins, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shown(logins, item) for item in value]
    return value


def _is_own_token(env, token):
    try:
        # sudo: the secret that signs (addons auth_signup)
        return verify_hash_signed(env(su=True), "signup", token) is not None
    except (ValueError, TypeError):
        return False  # somebody else's, or none


def _own_codes(env, about):
    """Codes of six digits that log in now: of users who asked for one, or whom the text names."""
    # sudo: the key of a code is made of what nobody may read; it does not leave this function
    users = env["res.users"].sudo()
    if not hasattr(users, "_get_totp_mail_key"):
        return frozenset()
    from odoo.addons.auth_totp.models.totp import hotp  # there where auth_totp_mail is

    # sudo: who asked for a code is looked up for whoever routes, and shown to nobody
    asked = env["auth.totp.rate.limit.log"].sudo().search([("limit_type", "=", "send_email")])
    addresses = addresses_in(about)[:_MAX_ADDRESSES]
    # Apart: contacts have no index of their addresses, and are read by internal users alone.
    named = users.search([("login", "in", addresses)])
    named |= users.search([("share", "=", False), ("email_normalized", "in", addresses)])
    now = int(time.time() / _CODE_SECONDS)
    return frozenset(
        f"{hotp(user._get_totp_mail_key(), hour):06d}"
        for user in asked.user_id | named
        for hour in (now - 1, now, now + 1)
    )


def _shown_body(env, logins, body):
    hidden = logins.hide(body)
    if hidden == body:
        return body
    if hidden is None:
        hidden = f"<p>{escape(hidden_text(env))}</p>"
    return Markup(hidden) if isinstance(body, Markup) else hidden


def _attached(env, logins, attachment):
    name, content, *info = attachment
    shown = shown_value(logins, name) if isinstance(name, str) else name
    data = content.as_bytes() if isinstance(content, EmailMessage) else content
    hidden = data
    if isinstance(data, str):
        hidden = logins.hide(data)
    elif isinstance(data, bytes):
        hidden = logins.hide_bytes(data)
    if shown == name and hidden == data:
        return attachment
    if hidden is None:
        shown, hidden = f"{shown}.txt", hidden_text(env)
    items = (shown, content if hidden == data else hidden, *info)
    return type(attachment)(*items) if hasattr(attachment, "_fields") else items
