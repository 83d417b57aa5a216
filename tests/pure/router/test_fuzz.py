"""What nobody thought of: mutated messages. Each gets a decision, at once, and none raises.

``MAIL_ROUTER_FUZZ`` sets how many messages are tried; without it as many as 20 seconds allow,
always the same ones. A counter-example is printed with the seed and the mutations that made it.
"""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ....router.chain import Chain
from ....router.codes import AuthorCheck
from ....router.decision import Decision
from ....router.message.mail import ReceivedMail
from ...kit.content_bounds import content_problem
from ...kit.effort import assert_no_hang
from ...kit.mutations import KINDS, PLACES, SEEDS, mutate
from ...kit.pure import PureCase
from ...kit.verdict_kit import POLICY, Company, hop
from ...kit.verdict_kit import mail as made

EXAMPLES = int(os.environ.get("MAIL_ROUTER_FUZZ") or 0)

PLACE = st.integers(0, PLACES - 1)
MUTATION = st.one_of(
    st.tuples(st.just(kind), PLACE, st.integers(*values)) for kind, values in KINDS.items()
)


class TestFuzz(PureCase):
    @settings(
        max_examples=EXAMPLES or 1_000,
        derandomize=not EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, len(SEEDS) - 1), st.lists(MUTATION, max_size=6))
    def test_every_mutated_mail_gets_a_decision(self, seed, mutations):
        source = mutate(SEEDS[seed], mutations)
        decision = assert_no_hang(
            self, lambda: Chain().decide(ReceivedMail.from_bytes(source), Company(), POLICY)
        )
        self.assertIsInstance(decision, Decision)
        self.assertTrue(decision.trace)
        mail = ReceivedMail.from_bytes(source)
        self.assertEqual(assert_no_hang(self, lambda: content_problem(mail)), "")


PLANTED = (
    "Authentication-Results: mx.domain.com; dmarc=pass header.from=domain.com",
    "Authentication-Results: dkim=pass header.d=domain.com; dmarc=pass header.from=domain.com",
    "Authentication-Results: mx.google.com; dmarc=pass header.from=domain.com",
    "ARC-Authentication-Results: i=1; mx.domain.com; dmarc=pass header.from=domain.com",
    "Received: from [10.0.0.5] (unknown [10.0.0.5]) by mx.domain.com with ESMTPSA id 1; x",
    "Received: from localhost (localhost [127.0.0.1]) by mx.domain.com (Postfix) with ESMTPA; x",
    "Received: by mx.domain.com with ESMTPSA; x",
    "Received: (from user_a@localhost) by mx.domain.com with ESMTPSA; x",
    "Received-SPF: pass",
    "X-MS-Exchange-Organization-AuthAs: Internal",
    "X-MS-Exchange-CrossTenant-AuthAs: Internal",
    "X-Authenticated-Sender: user_a@domain.com",
    "Sender: user_a@domain.com",
    "From: user_a@domain.com",
    "Return-Path: <user_a@domain.com>",
    "DKIM-Signature: v=1; d=domain.com",
    "X-Catchall-Loop: v1 crm.lead,1 1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "X-Spam-Flag: NO",
)


class TestUntrustedHeaders(PureCase):
    @settings(max_examples=EXAMPLES or 500, derandomize=not EXAMPLES, deadline=None, database=None)
    @given(st.lists(st.sampled_from(PLANTED), max_size=8))
    def test_nothing_that_a_sender_writes_makes_him_one_of_us(self, planted):
        mail = made("From: user_a@domain.com", above=[hop(), *planted], received=False)
        decision = Chain().decide(mail, Company(), POLICY)
        self.assertNotEqual(decision.author_check, AuthorCheck.VERIFIED)
