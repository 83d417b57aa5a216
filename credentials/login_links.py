"""Links that let anybody who has them log in: they are removed from what is shown of a message.

Invitations and password messages to a user without a mailbox come back into the catch-all mailbox.
People who sort these messages must not be able to log in as that user.
"""

import re
from urllib.parse import unquote

# Odoo's own pages (addons auth_signup), whatever the host: "&" stands as "&amp;" in HTML.
_LINK = re.compile(r"/web/(?:reset_password|signup|login)\?[^\s\"'<>]{0,2000}", re.I)
_TOKEN = re.compile(r"(\btoken(?:=|%3D))([^&;\s\"'<>]+)", re.I)


def hide_login_links(text: str) -> str:
    """Take the tokens out of login links, in plain text or HTML."""
    return _LINK.sub(lambda found: _TOKEN.sub(r"\1***", found.group()), text)


def login_tokens(text: str) -> list[str]:
    """The tokens of login links, each once, as far as twenty of them."""
    links = (found.group() for found in _LINK.finditer(text))
    tokens = (found.group(2) for link in links for found in _TOKEN.finditer(link))
    return list(dict.fromkeys(unquote(token) for token in tokens))[:20]
