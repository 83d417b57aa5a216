"""The words of a page, as they would be read."""

import re
from html.parser import HTMLParser


class _Words(HTMLParser):
    _UNSEEN = frozenset(("style", "script", "title"))

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.pieces = []
        self._unseen = ""

    def handle_starttag(self, tag, attrs):
        if tag in self._UNSEEN:
            self._unseen = tag

    def handle_endtag(self, tag):
        if tag == self._unseen:
            self._unseen = ""

    def handle_data(self, data):
        if not self._unseen:
            self.pieces.append(data)


def page_words(page):
    """The words of HTML, one after the other; a tag parts two words."""
    head, mark, rest = page.rpartition("<!--")
    parser = _Words()
    parser.feed(head if mark and "-->" not in rest else page)  # a comment that never ends
    parser.close()
    return text_words(" ".join(parser.pieces))


def text_words(text):
    """The words of plain text, one after the other."""
    return re.findall(r"\w+", text)
