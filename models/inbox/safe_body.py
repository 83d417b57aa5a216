"""A stranger's message as it may be shown to a colleague: nothing loads, nothing runs.

Odoo's ``html_sanitize`` takes scripts, forms and frames away, but leaves pictures and backgrounds
on the sender's server: opening the message would tell the sender that it was read. Here only known
attributes survive, and a picture from outside becomes an address that nobody loads. The screen
asks before it loads any (static/src/inbox/mail_body), and its frame's own policy forbids the rest.
"""

import re

from lxml import etree, html
from markupsafe import Markup
from odoo.tools import html_sanitize, plaintext2html

from ...router.message.markup_limits import html_excess, without_tags

REMOTE = "data-remote-src"  # the address of a picture that is not loaded

_ATTRIBUTES = frozenset(
    "align alt bgcolor border cellpadding cellspacing color cols colspan dir face height lang"
    " nowrap reversed rows rowspan size span start style title type valign value width".split()
)
_DROPPED = frozenset(
    "audio canvas embed frame frameset iframe link map math meta noscript object picture script"
    " source style svg template track video".split()
)
_LINKS = re.compile(r"(?:https?|mailto|tel|ftp):", re.IGNORECASE)
_REMOTE_PICTURE = re.compile(r"https?://", re.IGNORECASE)
_PICTURE_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,", re.IGNORECASE)
_TINY = frozenset("0 1 2 0px 1px 2px".split())
# A backslash or a comment can write any of the other words in disguise.
_STYLE_LOADS = re.compile(r"\\|/\*|url|image|src|import|expression|behavio|binding", re.IGNORECASE)


def safe_body(markup, pictures=None):
    """Return what may be shown of a message.

    :param str markup: the HTML as it was read
    :param dict pictures: ``data:`` addresses of the message's own pictures, by Content-ID
    """
    if html_excess((markup,)):
        # not even looked at: the form of a message that stalls must not stall who opens it
        return plaintext2html(without_tags(markup))
    if not markup.strip():
        return Markup("")
    clean = html_sanitize(markup, sanitize_style=True, strip_classes=True)
    try:
        root = html.fragment_fromstring(str(clean), create_parent="div")
    except (etree.ParserError, ValueError):
        return plaintext2html(without_tags(markup))
    for element in list(root.iter()):
        _make_safe(element, pictures or {})
    # lxml escaped every text and value on the way out
    return Markup(html.tostring(root, encoding="unicode"))


def _make_safe(element, pictures):
    is_comment = not isinstance(element.tag, str)
    tag = "" if is_comment else element.tag.lower()
    if is_comment or tag in _DROPPED or ":" in tag:
        if element.getparent() is not None:
            element.drop_tree()
        return
    href, src = element.get("href", "").strip(), element.get("src", "").strip()
    for name in list(element.attrib):
        if name.lower() not in _ATTRIBUTES:
            del element.attrib[name]
    if tag == "img":
        _show_picture(element, src, pictures)
    elif tag == "a" and _LINKS.match(href):
        element.set("href", href)
        element.set("title", href)  # where it leads, not where it says it leads
        element.set("target", "_blank")
        element.set("rel", "noopener noreferrer nofollow")
    if "style" in element.attrib:
        _keep_harmless_style(element)


def _show_picture(element, src, pictures):
    if src.lower().startswith("cid:"):
        src = pictures.get(src[4:], "")
    if _PICTURE_DATA.match(src):
        element.set("src", src)
    elif _TINY.intersection((element.get("width"), element.get("height"))):
        element.drop_tree()  # a tracking pixel: not even on demand
    elif _REMOTE_PICTURE.match(src):
        element.set(REMOTE, src)


def _keep_harmless_style(element):
    rules = [rule.strip() for rule in element.get("style").split(";")]
    kept = [rule for rule in rules if rule and not _STYLE_LOADS.search(rule)]
    if kept:
        element.set("style", "; ".join(kept))
    else:
        del element.attrib["style"]
