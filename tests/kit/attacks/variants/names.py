"""Variants of kinds 2, 3 and 19: whose name a proof is taken for."""

from .letters import (
    PROVED,
    THREAD,
    case,
    exchange,
    exim,
    gmail,
    letter,
    postfix,
    qmail,
    results,
    sendmail,
    submitted,
    submitted_exim,
)

GMAIL = results(
    "dkim=pass header.i=@evil.test header.s=s1 header.b=abc;\n"
    "       spf=pass (google.com: domain of x@evil.test designates 192.0.2.7 as permitted sender)\n"
    "       smtp.mailfrom=x@evil.test; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=evil.test",
    "mx.google.com",
)
BOSS = "Boss <boss@example.com>"

REPLY_TO = (
    case(
        "2-remote-by-Exim",
        "donotreply@ of a proved stranger names a colleague with a foreign address, to everyone",
        letter((PROVED, exim()), "donotreply@evil.test", "sales@example.com",
               'Reply-To: "R." <remote@gmail.test>'),
    ),
    case(
        "2-boss-sub-address",
        "Reply-To is a sub-address of a colleague, at the employees-only alias",
        letter((PROVED, sendmail()), "noreply@evil.test", "staff@example.com",
               "Reply-To: Boss <boss+inbox@example.com>"),
    ),
    case(
        "2-contact-at-Google",
        "Reply-To is a contact with an address of ours, proved by Google for the stranger",
        letter((GMAIL, gmail()), "mailer-daemon-noreply@evil.test", "sales@example.com",
               "Reply-To: ceo@example.com"),
        account="gmail",
    ),
    case(
        "2-a-list-rewrote-From",
        "a list of a proved stranger writes via itself, Reply-To is a colleague",
        letter((PROVED, exchange()), '"Remote via list" <list@evil.test>', "sales@example.com",
               "Reply-To: remote@gmail.test", "Sender: list@evil.test"),
    ),
    case(
        "2-robot",
        "a form names OdooBot as its visitor",
        letter((PROVED, qmail()), "wordpress@evil.test", "sales@example.com",
               "Reply-To: odoobot@example.com", "X-Mailer: PHPMailer 6.9"),
    ),
    case(
        "2-second-address",
        "Reply-To has an outsider first and a colleague second",
        letter((PROVED, postfix()), "no-reply@evil.test", "sales@example.com",
               "Reply-To: x@evil.test, remote@gmail.test"),
    ),
)  # fmt: skip


def _signed(signer, sender=BOSS, to="staff@example.com", trace=postfix):
    return letter((results(f"dkim=pass {signer}; spf=pass smtp.mailfrom=evil.test"), trace()),
                  sender, to)  # fmt: skip


SIGNERS = (
    case("3-blank-in-the-middle", "a blank between the quoted address and the domain",
         _signed('header.i="boss@example.com" @evil.test header.s=s1', trace=exim)),
    case("3-two-at-signs", "header.i has two at signs",
         _signed("header.i=@example.com@evil.test", trace=sendmail)),
    case("3-escaped-at", "an escaped at sign in the local part, of a user with a foreign address",
         _signed(r'header.i="remote\@gmail.test"@evil.test', "remote@gmail.test", trace=qmail)),
    case("3-longer-domain", "header.d begins with our domain",
         _signed("header.d=example.com.evil.test", trace=exchange)),
    case("3-adjacent-words", "our domain and another, in quotes beside each other",
         _signed('header.d="example.com"".evil.test"')),
    case("3-dots", "dots around header.d",
         _signed('header.d="..example.com..evil.test"', to="sales@example.com")),
    case("3-in-DMARC", "a quoted local part in header.from of DMARC",
         letter((results('dmarc=pass header.from="ceo@example.com"@evil.test'), exim()),
                "ceo@example.com", "sales@example.com")),
    case("3-in-a-comment", "our domain in a comment before the signer",
         _signed("(header.d=example.com) header.d=evil.test")),
)  # fmt: skip

LOGINS = (
    case("19-contact", "a login writes as a contact with an address of ours",
         letter(submitted("manager@example.com"), "Ceo <ceo@example.com>", "sales@example.com"),
         login="manager@example.com"),
    case("19-Exim-by-its-id", "Exim's other field names another login",
         letter(submitted_exim("authenticated_id: plain@example.com",
                               name="X-Get-Message-Sender-Via"), BOSS, "staff@example.com"),
         login="plain@example.com"),
    case("19-on-a-record", "a login answers the customer as a colleague",
         letter(submitted("plain@example.com"), BOSS, "catchall@example.com", THREAD),
         login="plain@example.com"),
    case("19-archived-user", "a login writes as somebody who left",
         letter(submitted("colleague@example.com"), "former@example.com", "sales@example.com")),
    case("19-relayed-inside", "a login writes as another, through a second server of ours",
         letter(("Received: from mail.example.com (mail.example.com [10.0.0.2])\n"
                 "\tby store.example.com (Postfix) with ESMTPS id @N@; @DATE@",
                 submitted("colleague@example.com")), BOSS, "staff@example.com")),
)  # fmt: skip


def _unreadable(number, shown, to, *more):
    return case(f"N-unreadable-{number}", f"From that one reader takes for an address: {shown}",
                letter(exim(), shown, to, "Return-Path: <>", *more))  # fmt: skip


# What is an address for Odoo's reader alone, and no Sender or envelope beside it.
UNREADABLE = (
    _unreadable(1, "boss@example.com <x>", "sales@example.com"),
    _unreadable(2, '"boss@example.com" <@>', "staff@example.com"),
    _unreadable(3, "=?utf-8?q?boss=40example=2Ecom?=,@", "sales@example.com"),
    _unreadable(4, "boss@example.com <MAILER-DAEMON>", "catchall@example.com", THREAD),
    _unreadable(5, "remote@gmail.test <y>", "catchall@example.com", THREAD),
)

REPLY_TO_THE_RECORD = (
    case("13-no-reply-of-a-stranger", "a proved no-reply@ answers with the customer in Reply-To",
         letter((PROVED, exim()), "no-reply@evil.test", "catchall@example.com", THREAD,
                "Reply-To: @CUSTOMER@")),
    case("13-a-list-of-a-stranger", "a list of a stranger says that the customer wrote",
         letter((PROVED, exim()), "Anna via x <eve@evil.test>", "catchall@example.com", THREAD,
                "X-Original-From: @CUSTOMER@", "List-Id: <x.evil.test>")),
)  # fmt: skip
