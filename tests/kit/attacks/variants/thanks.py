"""Variants of kind 11: acknowledgements that somebody else would get."""

from .letters import (
    PROVED,
    case,
    exchange,
    exim,
    letter,
    postfix,
    qmail,
    results,
    sendmail,
)

JOBS = "jobs@example.com"
VICTIM = "victim-@MARK@@bank.test"
BANK = results("dkim=pass header.d=bank.test; dmarc=pass header.from=bank.test")


def _all(trace, *senders, to=JOBS):
    return [letter(trace, sender, to) for sender in senders]


ACKNOWLEDGED = (
    case("11-address-as-text", "the display name is an advertisement, Exchange",
         *_all(exchange(), f'"Win at www.evil.test/@MARK@" <{VICTIM}>')),
    case("11-failed", "our server says that DMARC failed, by a domain that asks for nothing",
         *_all((results("dmarc=fail (p=none) header.from=bank.test"), exim()), VICTIM)),
    case("11-SPF-of-another-domain", "SPF passed, for the envelope of another domain",
         *_all((results("spf=pass smtp.mailfrom=x@evil.test"), sendmail()), VICTIM)),
    case("11-sub-addresses", "six sub-addresses of one forged mailbox",
         *_all(qmail(), *(f"victim-@MARK@+{number}@bank.test" for number in range(6)))),
    case("11-Reply-To", "a proved stranger who names the victim in Reply-To is thanked alone",
         letter((PROVED, postfix()), "info@evil.test", JOBS, f"Reply-To: {VICTIM}"), may_leave=1),
    case("11-DKIM-of-another-domain", "a signature of another domain, Sender proved",
         letter((results("dkim=pass header.d=evil.test"), exim()), VICTIM, JOBS,
                "Sender: x@evil.test")),
    case("11-once-a-day", "a proved sender, three times in capitals and small letters",
         *_all((BANK, exim()), "Writer-@MARK@@bank.test", "writer-@MARK@@BANK.test",
               "WRITER-@MARK@+cv@bank.test"), may_leave=1),
    case("11-proved", "two proved senders get one each",
         *_all((BANK, sendmail()), "one-@MARK@@bank.test", "two-@MARK@@bank.test"), may_leave=2),
)  # fmt: skip
