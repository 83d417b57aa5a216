"""What servers answer to an outgoing message, and what must be understood."""

from ...outgoing.refusals import Answer
from .pure import PureCase


def answer(line, stage=""):
    """An answer as smtplib gives it: the code once, the lines below each other."""
    return Answer(int(line[:3]), "\n".join(part[4:] for part in line.splitlines()), stage)


class AnswersCase(PureCase):
    def check_limits(self, *lines):
        for line in lines:
            for stage in ("mail", "rcpt", "data"):
                with self.subTest(line=line, stage=stage):
                    said = answer(line, stage)
                    self.assertTrue(said.is_limit)
                    self.assertTrue(said.is_temporary)
                    self.assertFalse(said.names_sender or said.refuses_envelope)
