"""Messages put together at random from what strangers and servers write, and what they prove.

What is true of a message is known from how it is made: only the fields on top are a server's of
ours; whatever stands below them, a stranger may have written.
"""

import random
from dataclasses import dataclass

from .variants import letters

OUR_PEOPLE = (
    "boss@example.com",
    "colleague@example.com",
    "remote@gmail.test",
    "former@example.com",
    "leaver@gmail.test",
    "ceo@example.com",
    "office@example.com",
    "office@b-company.test",
    "odoobot@example.com",
    "boss+x@example.com",
    "invented@example.com",
)
OUTSIDERS = ("@CUSTOMER@", "follower@partner.test", "x@evil.test", "no-reply@evil.test")
TO = (
    "sales@example.com",
    "staff@example.com",
    "followers@example.com",
    "jobs@example.com",
    "catchall@example.com",
    "boss@example.com",
    "nobody-at-all@example.com",
    "@TOKEN_CUSTOMER@",
    "@TOKEN_BOSS@",
)
THREADS = (
    "",
    "In-Reply-To: @KNOWN@",
    "References: @KNOWN@",
    "References: <a@b.test> @KNOWN@",
    "In-Reply-To: <a@b.test>",
)
CLAIMS = (
    letters.results("dkim=pass header.d=example.com; dmarc=pass header.from=example.com"),
    letters.results("dkim=pass header.d=gmail.test", "MAIL.example.com"),
    letters.results("dkim=pass header.d=cust.example.org; dmarc=pass"),
    "ARC-Authentication-Results: i=1; mail.example.com; dmarc=pass header.from=example.com",
    "Received-SPF: pass (mail.example.com: domain of boss@example.com)",
    letters.submitted("boss@example.com"),
    letters.submitted_exim("boss@example.com"),
    "Received: from localhost (localhost [127.0.0.1]) by mail.example.com with LMTP id 1; @DATE@",
    "Received: (qmail 1 invoked by uid 89); @DATE@",
    "X-MS-Exchange-Organization-AuthAs: Internal",
    "X-MS-Exchange-CrossTenant-AuthAs: Internal",
    "X-Authenticated-Sender: mail.example.com: boss@example.com",
    "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s1; h=from; bh=QUJD; b=QUJD",
    "Return-Path: <boss@example.com>",
    "X-Original-To: staff@example.com",
    "Delivered-To: staff@example.com",
    "X-Original-From: boss@example.com",
    "List-Id: <list.evil.test>",
    "X-Mailer: PHPMailer 6.9",
)
HOPS = (letters.postfix, letters.exim, letters.exchange, letters.qmail, letters.sendmail)
SIGNERS = ("example.com", "gmail.test", "cust.example.org", "evil.test", "b-company.test")
TRICKS = (  # results of our server that prove nothing of ours
    'dkim=pass header.i="boss@example.com"@evil.test',
    "dkim=pass header.d=example.com.evil.test",
    "dkim=fail header.d=example.com",
    "dkim=none; spf=softfail smtp.mailfrom=evil.test",
    "spf=pass smtp.mailfrom=evil.test",
)
FORMS = (
    *("{}", "Boss <{}>", '"boss@example.com" <{}>', "<{}> (boss@example.com)"),
    *("{} <x>", "{}<>", '"{}" <@>', "{} <MAILER-DAEMON>"),  # one reader's address, and no other's
)
NAMES = ("boss@example.com", "colleague@example.com", "plain@example.com")


@dataclass(frozen=True)
class RandomMail:
    """Bytes with words in them, and the truth about them."""

    source: bytes
    sender: str  # the address in From, with words in it
    domain: str = ""  # what a signature proves: addresses of this domain, in From
    login: str = ""  # what a submission proves: this mailbox alone
    failed: bool = False  # our server says that From is forged

    @property
    def truth(self):
        """In words: whose it says to be, and what is proved."""
        failed = "forged" if self.failed else "nothing"
        return f"From {self.sender}, proved: {self.login or self.domain or failed}"

    def proves(self, address):
        """Whether this very address is proved to have written."""
        if self.login or self.failed:
            return address == self.login
        return address == self.sender and address.rpartition("@")[2] == self.domain


def random_mail(seed):
    """The message of a seed, always the same one."""
    rng = random.Random(seed)
    sender = rng.choice(rng.choice((OUR_PEOPLE, OUTSIDERS)))
    trace, truth = _trace(rng, sender)
    more = [
        *rng.sample(CLAIMS, rng.choice((0, 0, 1, 2, 4))),
        rng.choice(THREADS),
        rng.choice(("", "", "Return-Path: <>")),
        *(f"{name}: {rng.choice(OUR_PEOPLE + OUTSIDERS)}" for name in _fields(rng)),
    ]
    to = ", ".join(rng.sample(TO, rng.choice((1, 1, 1, 2, 3))))
    shown = rng.choice(FORMS).format(sender)
    source = letters.letter(trace, shown, to, *filter(None, more))
    return RandomMail(source, sender, **truth)


def _fields(rng):
    return rng.sample(("Reply-To", "Sender", "Cc", "X-Original-From"), rng.choice((0, 0, 1, 2)))


def _trace(rng, sender):
    """Fields that servers of ours write, and what they prove."""
    hop = rng.choice(HOPS)()
    kind = rng.choice(("nothing", "signed", "signed", "trick", "failed", "login", "no login"))
    if kind == "signed":
        domain = rng.choice(SIGNERS)
        return (letters.results(f"dkim=pass header.d={domain} header.s=s1"), hop), {
            "domain": domain
        }
    if kind == "trick":
        return (letters.results(rng.choice(TRICKS)), hop), {}
    if kind == "failed":
        domain = sender.rpartition("@")[2] or "cust.example.org"
        fail = f"dmarc=fail (p=none) header.from={domain}; dkim=none"
        return (letters.results(fail), hop), {"failed": True}
    if kind == "login":
        login = rng.choice(NAMES)
        write = rng.choice((letters.submitted, letters.submitted_exim))
        return (write(login),), {"login": login}
    if kind == "no login":
        return (rng.choice((letters.submitted, letters.submitted_exim))(by="mail.hoster.net"),), {}
    return (hop,), {}
