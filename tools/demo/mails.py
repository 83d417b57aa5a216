"""The demo's cast: who writes to the company, what they write, and what must become of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formataddr, formatdate

from ..mail_servers.mail_domain import ACCOUNT, BOUNCING, DOMAIN, OUTSIDE

CARLA = f"carla@{OUTSIDE}"
ROSA = f"rosa@{BOUNCING}"
LEAD, APPLICANT, TASK = "crm.lead", "hr.applicant", "project.task"
LIMIT_MB = 1  # of the demo's account, so that a large message need not be large


@dataclass(frozen=True)
class Expected:
    """What the ledger must say. `models` are those of the records, in any order.

    `copies` is how many further copies of the message are recognised, because the mail server
    keeps one for each address or because somebody sent the message twice. `author` is the author
    check, where the demo's mail server has an opinion.
    """

    state: str
    reason: str
    models: tuple[str, ...] = ()
    copies: int = 0
    author: str = ""


@dataclass(frozen=True)
class DemoMail:
    """One message. `to` is the envelope; `how` says which way it comes.

    `how`: "smtp" as another mail server hands it in, "submit" as a colleague's mail program
    does, "junk" as the provider's filter files it.
    """

    key: str
    title: str
    meant_for: str
    expected: Expected
    raw: bytes
    sender: str
    to: tuple[str, ...]
    message_id: str
    how: str = "smtp"
    times: int = 1


@dataclass
class _Letter:
    """A message as its sender's program writes it."""

    key: str
    sender: str
    to: str
    subject: str | None
    body: str
    name: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    attachments: Sequence[tuple[str, str, str, bytes]] = ()

    @property
    def message_id(self) -> str:
        return _message_id(self.key, self.sender)

    def raw(self) -> bytes:
        mail = EmailMessage()
        mail["From"] = formataddr((self.name, self.sender))
        mail["To"] = self.to
        if self.subject is not None:
            mail["Subject"] = self.subject
        mail["Date"] = formatdate(time.time(), localtime=True)
        mail["Message-ID"] = self.message_id
        for header, value in self.headers.items():
            mail[header] = value
        mail.set_content(self.body)
        for filename, kind, subtype, content in self.attachments:
            mail.add_attachment(content, maintype=kind, subtype=subtype, filename=filename)
        return mail.as_bytes()


def _message_id(key: str, address: str) -> str:
    return f"<{key}@{address.rpartition('@')[2]}>"


def own(*locals_: str) -> tuple[str, ...]:
    """Return addresses of the company."""
    return tuple(f"{local}@{DOMAIN}" for local in locals_)


def _mail(
    letter: _Letter,
    title: str,
    expected: Expected,
    *locals_: str,
    meant_for: str = "",
    **options: object,
) -> DemoMail:
    to = own(*locals_)
    return DemoMail(
        letter.key,
        title,
        meant_for or ", ".join(f"{local}@" for local in locals_),
        expected,
        letter.raw(),
        str(options.pop("envelope", letter.sender)),
        to,
        letter.message_id,
        **options,  # type: ignore[arg-type]
    )


def routed(*models: str, reason: str = "alias", copies: int = 0, author: str = "") -> Expected:
    """Return the expectation of a message that creates records."""
    return Expected("routed", reason, models, copies, author)


def cast() -> list[DemoMail]:
    """Return all messages in the order in which they are sent."""
    return [*_plain(), *_addressed_oddly(), *_machines(), *_strangers(), *_broken()]


# long: a table of messages, which are dated when they are made
def _plain() -> list[DemoMail]:
    plan = b"%PDF-1.4\n% a floor plan, as far as this demo is concerned\n%%EOF\n"
    return [
        _mail(
            _Letter(
                "quote",
                CARLA,
                f"sales@{DOMAIN}",
                "Forty oak desks for our new office",
                "Hello,\n\nwe are moving in March and need forty desks, 160 x 80, in oak.\n"
                "The floor plan is attached. What would that cost?\n\nCarla Meyer",
                "Carla Meyer",
                attachments=[("floor-plan.pdf", "application", "pdf", plan)],
            ),
            "asks for a quote, with a plan",
            routed(LEAD, author="verified"),
            "sales",
        ),
        _mail(
            _Letter(
                "application",
                f"ben@{OUTSIDE}",
                f"jobs@{DOMAIN}",
                "Application: cabinet maker",
                "Dear team,\n\neleven years at the bench, two of them abroad. My CV is attached.\n"
                "\nBen Okoro",
                "Ben Okoro",
                attachments=[("cv-ben-okoro.pdf", "application", "pdf", plan)],
            ),
            "applies, with a CV",
            routed(APPLICANT),
            "jobs",
        ),
        _mail(
            _Letter(
                "bug",
                f"dana@{OUTSIDE}",
                f"website@{DOMAIN}",
                "Your shop shows no prices on a phone",
                "On my phone every price is 'NaN'. Nice desks, though.\n\nDana",
                "Dana Weiss",
            ),
            "reports a bug on the website",
            routed(TASK),
            "website",
        ),
        _mail(
            _Letter(
                "gone",
                ROSA,
                f"sales@{DOMAIN}",
                "Chairs for a small theatre",
                "Do you make folding chairs? We need two hundred.\n\nRosa Marin",
                "Rosa Marin",
            ),
            "asks, from an address that is soon gone",
            routed(LEAD),
            "sales",
        ),
        _mail(
            _Letter(
                "colleague",
                f"anna@{DOMAIN}",
                f"website@{DOMAIN}",
                "Please add the new oak range to the front page",
                "From the train, sorry for typos.\n\nAnna",
                "Anna Lindqvist",
            ),
            "a colleague writes from her phone",
            routed(TASK, author="verified"),
            "website",
            how="submit",
        ),
    ]


# long: a table of messages, which are dated when they are made
def _addressed_oddly() -> list[DemoMail]:
    return [
        _mail(
            _Letter(
                "both",
                f"emil@{OUTSIDE}",
                f"sales@{DOMAIN}, website@{DOMAIN}",
                "Order form broken, so I am ordering by email",
                "Two shelves, please. And somebody should look at the form.\n\nEmil Novak",
                "Emil Novak",
            ),
            "writes to two aliases at once",
            routed(LEAD, TASK, copies=1),
            "sales",
            "website",
        ),
        _mail(
            _Letter(
                "bcc",
                f"fatima@{OUTSIDE}",
                f"boss@{OUTSIDE}",
                "Which supplier shall we take?",
                "Boss, I have put Example Furniture in Bcc so that they know.\n\nFatima Haddad",
                "Fatima Haddad",
            ),
            "Bcc to an alias",
            routed(LEAD),
            "sales",
        ),
        _mail(
            _Letter(
                "forwarded",
                f"gustav@{OUTSIDE}",
                ACCOUNT,
                "Fwd: meeting tables",
                "See below, can you help my colleague?\n\nGustav\n\n> We need meeting tables.",
                "Gustav Lund",
                headers={"Cc": f"sales@{DOMAIN}"},
            ),
            "To: the catch-all, Cc: an alias",
            routed(LEAD),
            "catchall",
            meant_for="sales@",
        ),
        _mail(
            _Letter(
                "subaddress",
                f"hana@{OUTSIDE}",
                f"sales+web@{DOMAIN}",
                "Do you ship to Finland?",
                "Found you through your website.\n\nHana Korhonen",
                "Hana Korhonen",
            ),
            "sub-address of an alias",
            routed(LEAD),
            "sales+web",
        ),
        _mail(
            _Letter(
                "typo",
                f"ivo@{OUTSIDE}",
                f"saels@{DOMAIN}",
                "Standing desk",
                "Is the frame also available in black?\n\nIvo Kral",
                "Ivo Kral",
            ),
            "mistyped alias",
            routed(LEAD, reason="near_miss"),
            "saels",
        ),
        _mail(
            _Letter(
                "touser",
                f"quentin@{OUTSIDE}",
                f"tom@{DOMAIN}",
                "Lunch on Thursday?",
                "Tom, are you in town?\n\nQuentin",
                "Quentin Blake",
            ),
            "to a colleague without a mailbox",
            routed("res.users", reason="user"),
            "tom",
        ),
        _mail(
            _Letter(
                "unknown",
                f"jana@{OUTSIDE}",
                f"hello@{DOMAIN}",
                "Are you the people with the oak desks?",
                "I could not find any other address.\n\nJana Marsh",
                "Jana Marsh",
            ),
            "an address that nobody has",
            Expected("quarantined", "unmatched"),
            "hello",
        ),
    ]


# long: a table of messages, which are dated when they are made
def _machines() -> list[DemoMail]:
    return [
        _mail(
            _Letter(
                "webform",
                f"no-reply@{DOMAIN}",
                f"sales@{DOMAIN}",
                "Contact form: Ling Zhao",
                "Name: Ling Zhao\nQuestion: Do you restore old chairs?",
                "Website",
                headers={"Reply-To": f"Ling Zhao <ling@{OUTSIDE}>"},
            ),
            "our own contact form",
            routed(LEAD),
            "sales",
            envelope="www@webhost.test",
        ),
        _mail(
            _Letter(
                "jobboard",
                "noreply@jobboard.test",
                f"jobs@{DOMAIN}",
                "New application: upholsterer (Mira Sen)",
                "Mira Sen has applied through the job board.",
                "Job Board",
                headers={
                    "Reply-To": f"Mira Sen <mira@{OUTSIDE}>",
                    "Auto-Submitted": "auto-generated",
                },
            ),
            "a job board's automatic email",
            routed(APPLICANT),
            "jobs",
        ),
        _mail(
            _Letter(
                "away",
                f"kofi@{OUTSIDE}",
                f"sales@{DOMAIN}",
                "Out of office: Re: your offer",
                "I am on holiday until the 14th.",
                "Kofi Mensah",
                headers={"Auto-Submitted": "auto-replied"},
            ),
            "out of office",
            Expected("ignored", "auto_reply"),
            "sales",
        ),
        _mail(
            _Letter(
                "newsletter",
                "news@wood-weekly.test",
                f"sales@{DOMAIN}",
                "Wood Weekly 47: the price of oak",
                "This week: the price of oak. Next week: the price of ash.",
                "Wood Weekly",
                headers={
                    "List-Id": "Wood Weekly <weekly.wood-weekly.test>",
                    "List-Unsubscribe": "<https://wood-weekly.test/bye>",
                    "Precedence": "bulk",
                },
            ),
            "a newsletter",
            Expected("quarantined", "bulk"),
            "sales",
        ),
    ]


def _strangers() -> list[DemoMail]:
    return [
        _mail(
            _Letter(
                "lottery",
                "winner@lottery.test",
                f"sales@{DOMAIN}",
                "You have won 1,000,000",
                "Send us your bank details.",
                "Lottery",
            ),
            "spam in the Junk folder",
            Expected("quarantined", "spam"),
            "sales",
            how="junk",
        ),
        _mail(
            _Letter(
                "forged",
                f"boss@{DOMAIN}",
                f"sales@{DOMAIN}",
                "Pay this invoice today",
                "I am in a meeting, just do it. The boss.",
                "The Boss",
            ),
            "forged: claims to be from the boss",
            Expected("quarantined", "forged", author="failed"),
            "sales",
            envelope="crook@evil.test",
        ),
    ]


# long: a table of messages, which are dated when they are made
def _broken() -> list[DemoMail]:
    twice = _Letter(
        "twice",
        f"pavel@{OUTSIDE}",
        f"sales@{DOMAIN}",
        "One bench, sent twice",
        "My mail server is impatient.\n\nPavel Dvorak",
        "Pavel Dvorak",
    )
    big = _Letter(
        "big",
        f"otto@{OUTSIDE}",
        f"sales@{DOMAIN}",
        "Photos of the whole house",
        "All of them.\n\nOtto",
        "Otto Brandt",
        attachments=[("photos.zip", "application", "zip", bytes(LIMIT_MB * 1_100_000))],
    )
    return [
        _mail(twice, "the same email, delivered twice", routed(LEAD, copies=1), "sales", times=2),
        _mail(
            _Letter(
                "nosubject",
                f"mei@{OUTSIDE}",
                f"sales@{DOMAIN}",
                None,
                "Call me, please.",
                "Mei Lin",
            ),
            "without a subject",
            routed(LEAD),
            "sales",
        ),
        _raw(
            "charset",
            "a charset that does not exist",
            f"nils@{OUTSIDE}",
            b"Subject: =?klingon-8?Q?Ein_Schrank_f=FCr_die_K=FCche?=\r\n"
            b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=klingon-8\r\n"
            b"Content-Transfer-Encoding: 8bit\r\n\r\nEin Schrank f\xfcr die K\xfcche, bitte.\r\n",
        ),
        _raw(
            "nul",
            "NUL bytes in the text",
            f"olga@{OUTSIDE}",
            b"Subject: A stool\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + b"T25lIHN0b29sLAAgcGxlYXNlLgA=\r\n",
        ),
        _mail(big, "too large for the account", Expected("failed", "oversize"), "sales"),
    ]


def _raw(key: str, title: str, sender: str, rest: bytes) -> DemoMail:
    """A message that no library would write."""
    message_id = _message_id(key, sender)
    head = (
        f"From: {sender}\r\nTo: sales@{DOMAIN}\r\nDate: {formatdate()}\r\n"
        f"Message-ID: {message_id}\r\n"
    )
    raw = head.encode() + rest
    return DemoMail(key, title, "sales@", routed(LEAD), raw, sender, own("sales"), message_id)
