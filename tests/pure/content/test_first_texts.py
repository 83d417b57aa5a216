"""Every word of the first text of a message stands on its record; over all there are to read."""

from ....content.reader import read
from ....router.message.mail import ReceivedMail
from ....router.message.readable import first_texts
from ...kit.corpora import MISSING, corpus
from ...kit.memory_directory import MAILS
from ...kit.pure import PureCase
from ...kit.words import page_words, text_words

# The first text is as it came. The record goes further:
FURTHER = {
    "broken-uuencode.eml": "a file in the text is a file",
    "opened-text-uuencoded.eml": "a file in the text is a file",
    "flowed-delsp.eml": "lines are joined inside words",
    "fwd-text-plus-eml.eml": "the HTML belongs to the attached message",
    "opened-pec-anomaly.eml": "the certified message, not the words of its envelope",
    "opened-pec-reply.eml": "the certified message, not the words of its envelope",
    "pec-message.eml": "the certified message, not the words of its envelope",
}


def lost_words(source):
    """Words of a message's first text that its record does not show."""
    mail = ReceivedMail.from_bytes(source)
    text, html = first_texts(mail)
    words = page_words(html) if html.strip() else text_words(text)
    return set(words) - set(page_words(read(mail).html))


class TestFirstTexts(PureCase):
    def test_every_word_of_our_messages_stands_on_the_record(self):
        for path in sorted(MAILS.glob("*.eml")):
            with self.subTest(mail=path.name):
                lost = lost_words(path.read_bytes())
                self.assertEqual(bool(lost), path.name in FURTHER, lost)

    def test_words_of_other_peoples_messages_stand_on_the_record(self):
        paths = [*corpus("content"), *corpus("malformed"), *corpus("bounces")]
        if not paths:
            self.skipTest(MISSING)
        # the others: text uuencoded, attached messages, the worse of two ways to say the same
        lost = [path.name for path in paths if lost_words(path.read_bytes())]
        self.assertLessEqual(len(lost), len(paths) // 25, lost)
