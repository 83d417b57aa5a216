"""The record holds what our own parser has read: every message of tests/mails and the corpora."""

from odoo.tests import tagged

from ....content.reader import read
from ....models.routing.delivery import Delivery
from ....models.routing.parsing import parse
from ....models.routing.routing_context import Batch
from ....router.message.bounded import bounded
from ....router.message.mail import ReceivedMail
from ...kit.common import CatchallCase
from ...kit.corpora import corpus
from ...kit.memory_directory import MAILS
from ...kit.words import page_words


@tagged("post_install", "-at_install")
class TestRecordAsRead(CatchallCase):
    def test_text_and_files_are_what_the_reader_says(self):
        names = ("content", "malformed", "bounces")
        paths = [*sorted(MAILS.glob("*.eml")), *(path for name in names for path in corpus(name))]
        batch, compared = Batch(self.env), 0
        for path in paths:
            source = path.read_bytes()
            mail = ReceivedMail.from_bytes(source)
            content = read(mail)
            if bounded(mail).over or content.over:
                continue  # what is left out then: tests/models/routing/test_bombs.py
            compared += 1
            with self.subTest(path.name):
                delivery = Delivery(self.receive(source), batch)
                _message, values = parse(delivery.row, mail, delivery.decide(), delivery.policy)
                self._compare(content, values)
        self.assertGreater(compared, 0.9 * len(paths))

    def _compare(self, content, values):
        shown, wanted = page_words(str(values["body"])), page_words(content.html)
        self.assertEqual(set(wanted) - set(shown), set(), "lost")
        files = [(item.fname, _bytes(item.content)) for item in values["attachments"]]
        self.assertEqual(files, [(item.name, item.data) for item in content.files])


def _bytes(content):
    return content.encode() if isinstance(content, str) else content
