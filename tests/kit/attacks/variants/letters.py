"""Writing the messages of our variants: trace fields of many servers, and plain messages below."""

from ..cases import Case

TEXT = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8"
BANK = "Our bank account is new: DE00 EVIL. Please pay there. @MARK@"
THREAD = "In-Reply-To: @KNOWN@\nReferences: @KNOWN@"
TLS = "TLS1.3) tls TLS_AES_256_GCM_SHA384"


# ------------------------------------------------------------ the hop from outside into our server


def postfix(by="mail.example.com", helo="mx.evil.test"):
    return (
        f"Received: from {helo} ({helo} [192.0.2.7])\n"
        "\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\n"
        "\t(No client certificate requested)\n"
        f"\tby {by} (Postfix) with ESMTPS id @N@; @DATE@"
    )


def exim(by="mail.example.com", helo="mx.evil.test"):
    return (
        f"Received: from {helo} ([192.0.2.7])\n\tby {by} with esmtps ({TLS}\n\t(Exim 4.96)\n"
        "\t(envelope-from <x@evil.test>)\n\tid @N@; @DATE@"
    )


def exchange(by="mail.example.com", helo="mx.evil.test"):
    return (
        f"Received: from {helo} (192.0.2.7) by {by} (10.0.0.4) with\n"
        " Microsoft SMTP Server (version=TLS1_2,\n"
        " cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.2.1544.11; @DATE@"
    )


def gmail(by="mx.google.com", helo="mx.evil.test"):
    return (
        f"Received: from {helo} ({helo}. [192.0.2.7])\n"
        f"        by {by} with ESMTPS id @N@si1234567ejb.12.2026.11.02.10.00.00\n"
        "        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);\n        @DATE@"
    )


def qmail(by="mail.example.com", helo="mx.evil.test"):
    return f"Received: from unknown (HELO {helo}) (192.0.2.7)\n  by {by} with SMTP; @DATE@"


def sendmail(by="mail.example.com", helo="mx.evil.test"):
    return (
        f"Received: from {helo} ({helo} [192.0.2.7])\n"
        f"\tby {by} (8.17.1/8.17.1) with ESMTPS id @N@\n"
        "\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=NO); @DATE@"
    )


def submitted(login="", by="mail.example.com"):
    """A submission to Postfix, which names the login if ``login`` is given."""
    shown = f"\n\t(Authenticated sender: {login})" if login else ""
    return (
        f"Received: from laptop (dsl.isp.test [198.51.100.9]){shown}\n"
        f"\tby {by} (Postfix) with ESMTPSA id @N@; @DATE@"
    )


def submitted_exim(login="", by="mail.example.com", name="X-Authenticated-Sender"):
    """A submission to Exim, whose administrator lets it name the login in a field of its own."""
    shown = f"\n{name}: {by}: {login}" if login else ""
    return (
        f"Received: from [198.51.100.9] (port=51234 helo=laptop)\n\tby {by}\n"
        f"\twith esmtpsa ({TLS}\n\t(Exim 4.96)\n\tid @N@; @DATE@{shown}"
    )


def results(text, by="mail.example.com"):
    return f"Authentication-Results: {by}; {text}"


PROVED = results("dkim=pass header.d=evil.test; dmarc=pass header.from=evil.test")


# ------------------------------------------------------------ whole messages


def letter(trace, sender, to, *more, body="Hello @MARK@", form=TEXT):
    """Bytes of a message with words in it (cases.py).

    :param trace: fields on top, the newest first
    :param sender: the value of From; None for none
    :param more: further fields; such as THREAD, the offer that is replied to
    :param form: the fields that describe the body
    """
    lines = [
        *([trace] if isinstance(trace, str) else trace),
        *([f"From: {sender}"] if sender else []),
        f"To: {to}",
        "Subject: A question @MARK@",
        "Message-ID: <@N@.m@sender.test>",
        "Date: @DATE@",
        *more,
        form,
    ]
    return "\n".join([*lines, "", body, ""]).encode()


def case(name, text, *mails, **options):
    return Case(name, text, mails, **options)
