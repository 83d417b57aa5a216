"""What the tests of verdicts share: a small company, and messages made of header lines."""

from ...router.chain import Chain
from ...router.directory import Directory
from ...router.message.mail import ReceivedMail
from ...router.places import Alias, ThreadMessage, User
from ...router.policy import Policy

OURS = "Received: from {peer} by mx.domain.com (Postfix) with {protocol} id 4XABC; {date}"
DATE = "Mon, 3 Nov 2025 10:00:00 +0100"
SECRET = b"a secret of the database"
POLICY = Policy(
    domains=frozenset({"domain.com"}),
    own_addresses=frozenset({"catchall@domain.com", "bounce@domain.com"}),
    bounce_addresses=frozenset({"bounce@domain.com"}),
    secret=SECRET,
)


class Company(Directory):
    """A directory in memory: two aliases, one user, one known message."""

    def __init__(self, **alias):
        self.known = {
            "sales@domain.com": Alias(1, "sales@domain.com", "crm.lead", **alias),
            "jobs@domain.com": Alias(2, "jobs@domain.com", "hr.applicant"),
        }

    def aliases(self, address):
        found = self.known.get(address)
        return (found,) if found else ()

    def user(self, address):
        return User(7, address) if address == "user_a@domain.com" else None

    def is_ours(self, address):
        return address.endswith("@domain.com")

    def addresses_of_login(self, login):
        return frozenset({login})

    def familiar(self, model, res_id, address):
        return (model, res_id, address) == ("crm.lead", 42, "customer@example.org")

    def thread(self, message_ids):
        known = "<sent-1@domain.com>" in message_ids
        return ThreadMessage(5, "crm.lead", 42) if known else None

    def event(self, uid):
        return ("calendar.event", 3) if uid == "visit-3@domain.com" else None

    def delivered(self, mail):
        return None

    def reply_target(self, token, sender):
        return None

    def known_addresses(self, domain):
        return ()

    def rules(self):
        return ()


def hop(peer="mail.example.org (mail.example.org [198.51.100.7])", protocol="ESMTPS"):
    """Our own Received line for a message that came from outside."""
    return OURS.format(peer=peer, protocol=protocol, date=DATE)


def mail(*lines, above=(), body="Hello,\n\nplease send me an offer.\n", **known):
    """A customer's message to sales@ that came in over our own host; ``lines`` replace its own."""
    given = {line.partition(":")[0].lower() for line in lines}
    default = (
        "From: Customer <customer@example.org>",
        "To: sales@domain.com",
        "Subject: Question about your offer",
        "Message-ID: <abc@example.org>",
        f"Date: {DATE}",
    )
    kept = [line for line in default if line.partition(":")[0].lower() not in given]
    top = [*above, hop()] if known.pop("received", True) else list(above)
    text = "\n".join([*top, *kept, *lines]) + "\n\n" + body
    return ReceivedMail.from_bytes(text.encode("utf-8", "surrogateescape"), **known)


def judge(*lines, directory=None, policy=POLICY, **options):
    """The decision on a message made by :func:`mail`."""
    return Chain().decide(mail(*lines, **options), directory or Company(), policy)


def why(decision, step):
    """What a step wrote into the trace."""
    return " / ".join(item.text for item in decision.trace if item.step == step)
