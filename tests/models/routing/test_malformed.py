"""Other people's broken messages: each ends in the ledger with its bytes, none fails a lane."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from ....models.routing.lane import Lane
from ...kit.common import CatchallCase
from ...kit.corpora import MISSING, corpus

DELIVERED = b"X-Original-To: sales@example.com\r\n"


@tagged("post_install", "-at_install")
class TestMalformed(CatchallCase):
    def test_every_mail_of_the_corpus_is_routed_or_sorted(self):
        files = corpus("malformed")
        if not files:
            self.skipTest(MISSING)
        sources = [path.read_bytes() for path in files]
        with self.lane() as env, mute_logger("odoo.addons.mail.models.mail_thread"):
            # As they are, and naming an alias: then each is handed to Odoo's engine.
            rows = [self.receive(source, env) for source in sources]
            rows += [self.receive(DELIVERED + source, env) for source in sources]
            lane = Lane(env)
            for _pass in range(len(rows)):
                if not (claimed := lane.claims.take(40)):
                    break
                lane.route(claimed)
        rows = self.Message.browse([row.id for row in rows])
        for row, path, source in zip(
            rows, files * 2, sources + [DELIVERED + source for source in sources], strict=True
        ):
            with self.subTest(path.name):
                self.assertIn(row.state, ("routed", "quarantined", "ignored"), row.error)
                self.assertEqual(row._read_source(), source)
