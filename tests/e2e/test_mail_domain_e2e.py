"""The private mail domain does what the other tests take for granted."""

import smtplib

import pytest

MAIL = b"""From: Carla <carla@customer.test>
To: somebody@elsewhere.test
Subject: %s
Message-ID: <%s@customer.test>

Hello
"""


def mail(name):
    return MAIL.replace(b"\n", b"\r\n") % (name.encode(), name.encode())


def delivered(domain, name, user=None):
    return domain.wait_for(user or domain.account, lambda found: found["Subject"] == name)


@pytest.mark.parametrize(
    ("evidence", "header", "value"),
    [
        ("x-original-to", "X-Original-To", "sales@example.com"),
        ("delivered-to", "Delivered-To", "sales@example.com"),
        ("Envelope-To", "Envelope-To", "sales@example.com"),
        ("none", None, None),
    ],
)
def test_the_envelope_recipient_stands_only_where_it_should(
    new_mail_domain, evidence, header, value
):
    domain = new_mail_domain(evidence=evidence)
    domain.send(mail("one"), "carla@customer.test", "sales@example.com")
    found = delivered(domain, "one")
    if header:
        assert found[header] == value
    assert ("sales@example.com" in found.as_string()) == bool(header)


def test_received_for_names_the_envelope_recipient(new_mail_domain):
    domain = new_mail_domain(evidence="received-for")
    domain.send(mail("for"), "carla@customer.test", "sales@example.com")
    found = delivered(domain, "for")
    assert any("for <sales@example.com>" in line for line in found.get_all("Received"))
    assert "X-Original-To" not in found


def test_people_have_mailboxes_of_their_own(mail_domain):
    mail_domain.send(mail("anna"), "carla@customer.test", "anna@example.com")
    assert delivered(mail_domain, "anna", "anna@example.com")


@pytest.mark.parametrize("implicit_tls", [False, True])
def test_users_send_with_tls_and_the_envelope_sender_is_visible(mail_domain, implicit_tls):
    name = f"submitted-{implicit_tls}"
    mail_domain.submit(
        mail(name), mail_domain.account, "nobody@customer.test", implicit_tls=implicit_tls
    )
    found = delivered(mail_domain, name, "inbox@customer.test")
    assert found["Return-Path"] == "<catchall@example.com>"


def test_reading_leaves_mails_unseen_and_clearing_empties(mail_domain):
    mail_domain.clear("boss@example.com")
    mail_domain.append_many("boss@example.com", [mail("a"), mail("b")])
    mail_domain.append("boss@example.com", mail("c"), "Junk")
    assert len(mail_domain.messages("boss@example.com")) == 2
    assert not any("\\Seen" in flags for flags in mail_domain.flags("boss@example.com").values())
    mail_domain.clear("boss@example.com")
    assert (
        mail_domain.count("boss@example.com") == mail_domain.count("boss@example.com", "Junk") == 0
    )


def test_a_bouncing_domain_returns_a_delivery_report(mail_domain):
    mail_domain.submit(mail("bounced"), mail_domain.account, "who@bounce.test")
    report = mail_domain.wait_for(
        mail_domain.account, lambda found: found.get_content_type() == "multipart/report"
    )
    assert report["Return-Path"] == "<>"


def test_nothing_leaves_the_machine(mail_domain):
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mail_domain.submit(mail("out"), mail_domain.account, "somebody@elsewhere.invalid")


def test_sender_login_mismatch_can_be_refused(new_mail_domain):
    domain = new_mail_domain(
        submission={"smtpd_sender_restrictions": "reject_sender_login_mismatch"}
    )
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="not owned by user"):
        domain.submit(mail("as"), "anna@example.com", "nobody@customer.test")
