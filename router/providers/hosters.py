"""Providers of mailboxes with a password or an app password."""

from .preset import Preset, Server, _lt

_NO_HEADER = _lt("Which header names the recipient is not documented; the probe finds out.")

ZOHO = Preset(
    code="zoho",
    name="Zoho Mail",
    # One data centre a region: .com, .eu, .in, .com.au, .jp, and Canada.
    mx=("zoho.com", "zoho.eu", "zoho.in", "zoho.com.au", "zoho.jp", "zohocloud.ca", "zohomail.com"),
    imap_hosts=("imappro.zoho.com", "imap.zoho.com", "imappro.zoho.eu", "imap.zoho.eu"),
    imap=Server("imappro.zoho.{region}", 993),
    pop=Server("poppro.zoho.{region}", 995),
    smtp=Server("smtppro.zoho.{region}", 465),
    login="app_password",
    catch_all=(
        _lt("Sign in to the Zoho Mail Admin Console and open Domains."),
        _lt("Choose the domain, then the tab Settings."),
        _lt("Under “Catch-all Address” choose the catch-all mailbox, and update."),
        _lt("Switch IMAP access on for that mailbox, and make an application password for it."),
    ),
    sends_as="listed",
    own_hosts=("mx.zohomail.com",),
    authserv_ids=("mx.zohomail.com",),
    spf="include:zohomail.com",
    dkim_selectors=("zmail", "zoho"),
    notes=(
        _lt(
            "Other addresses are refused with “Sender is not allowed to relay”, unless they are"
            " aliases of the account."
        ),
        _NO_HEADER,
    ),
)

FASTMAIL = Preset(
    code="fastmail",
    name="Fastmail",
    mx=("messagingengine.com",),
    mx_record="10 in1-smtp.messagingengine.com.",
    imap=Server("imap.fastmail.com", 993),
    pop=Server("pop.fastmail.com", 995),
    smtp=Server("smtp.fastmail.com", 465),
    login="app_password",
    catch_all=(
        _lt("Open Settings > My email addresses and add an address of your domain."),
        _lt("Give * as the address, so that it stands for all, and deliver it to the mailbox."),
        _lt("Make an app password for mail (IMAP and SMTP) under Settings > Privacy & Security."),
    ),
    sends_as="any",
    envelope_header="X-Delivered-To",
    own_hosts=("messagingengine.com",),
    spf="include:spf.messagingengine.com",
    dkim_selectors=("fm1", "fm2", "fm3"),
    notes=(_lt("With the address *@ your domain the account may send as any address of it."),),
)

OVH = Preset(
    code="ovh",
    name="OVHcloud",
    mx=("mail.ovh.net", "mail.ovh.ca", "mx1.ovh.net", "mx2.ovh.net", "redirect.ovh.net"),
    imap_hosts=("ssl0.ovh.net", "imap.mail.ovh.net", "pro1.mail.ovh.net", "pro2.mail.ovh.net"),
    imap=Server("imap.mail.ovh.net", 993),
    pop=Server("pop.mail.ovh.net", 995),
    smtp=Server("smtp.mail.ovh.net", 465),
    catch_all_refused=_lt(
        "OVHcloud's shared mail has no catch-all. Make a redirection to the catch-all mailbox for"
        " every alias, or point the domain's MX to a mail server that has one."
    ),
    sends_as="account",
    spf="include:mx.ovh.com",
    notes=(
        _lt("E-mail Pro and Exchange are on servers of their own, such as pro1.mail.ovh.net."),
        _NO_HEADER,
    ),
)

IONOS = Preset(
    code="ionos",
    name="IONOS",
    mx=(
        "ionos.com",
        "ionos.de",
        "ionos.co.uk",
        "ionos.fr",
        "ionos.es",
        "ionos.it",
        "ionos.mx",
        "kundenserver.de",
        "1and1.com",
        "1and1.co.uk",
        "1and1.fr",
        "1and1.es",
        "perfora.net",
    ),
    imap_hosts=("imap.1und1.de", "imap.1and1.com", "imap.ionos.com"),
    imap=Server("imap.ionos.{region}", 993),
    pop=Server("pop.ionos.{region}", 995),
    smtp=Server("smtp.ionos.{region}", 465),
    catch_all=(
        _lt("Sign in to IONOS and open Email, then the domain."),
        _lt("Create an email address of the kind Catch-All, or make the mailbox the catch-all."),
    ),
    sends_as="listed",
    own_hosts=("kundenserver.de", "perfora.net"),
    authserv_ids=("kundenserver.de",),
    dkim_selectors=("s1-ionos", "s2-ionos"),
    notes=(
        _lt("The SPF record differs by country; the IONOS control panel shows yours."),
        _NO_HEADER,
    ),
)

GANDI = Preset(
    code="gandi",
    name="Gandi",
    mx=("spool.mail.gandi.net", "fb.mail.gandi.net"),
    mx_record="10 spool.mail.gandi.net.",
    imap=Server("mail.gandi.net", 993),
    pop=Server("mail.gandi.net", 995),
    smtp=Server("mail.gandi.net", 465),
    catch_all=(
        _lt("Open the domain at admin.gandi.net, then Email, then the catch-all mailbox."),
        _lt("Add the alias * to the mailbox: it takes what no other mailbox or forward takes."),
    ),
    sends_as="listed",
    own_hosts=("spool.mail.gandi.net",),
    spf="include:_mailcust.gandi.net",
    dkim_selectors=("gm1", "gm2", "gm3"),
    notes=(_lt("The recipient stands in the Received lines of spool.mail.gandi.net."),),
)

HETZNER = Preset(
    code="hetzner",
    name="Hetzner",
    mx=("your-server.de",),
    imap=Server("mail.your-server.de", 993),
    pop=Server("mail.your-server.de", 995),
    smtp=Server("mail.your-server.de", 465),
    catch_all=(
        _lt("Sign in to konsoleH, choose the domain, and open E-mail > Mailboxes."),
        _lt("Open the mailbox and make it the catch-all of the domain."),
    ),
    sends_as="unknown",
    own_hosts=("your-server.de",),
    spf="",
    notes=(_lt("The servers are Exim, which usually writes Envelope-to; the probe finds out."),),
)

MIGADU = Preset(
    code="migadu",
    name="Migadu",
    mx=("aspmx1.migadu.com", "aspmx2.migadu.com"),
    mx_record="10 aspmx1.migadu.com.",
    imap=Server("imap.migadu.com", 993),
    pop=Server("pop.migadu.com", 995),
    smtp=Server("smtp.migadu.com", 465),
    catch_all=(
        _lt("Open the domain at admin.migadu.com."),
        _lt("Under Catchall give the address of the catch-all mailbox, and save."),
    ),
    sends_as="listed",
    own_hosts=("migadu.com",),
    authserv_ids=("aspmx1.migadu.com", "aspmx2.migadu.com"),
    spf="include:spf.migadu.com",
    dkim_selectors=("key1", "key2", "key3"),
    notes=(_lt("Addresses to send as are identities of the mailbox."), _NO_HEADER),
)

PROTON = Preset(
    code="proton",
    name="Proton Mail (Bridge)",
    mx=("mail.protonmail.ch", "mailsec.protonmail.ch"),
    mx_record="10 mail.protonmail.ch.",
    imap=Server("127.0.0.1", 1143, "starttls"),
    smtp=Server("127.0.0.1", 1025, "starttls"),
    pop_refused=_lt("Proton Mail Bridge has no POP3. Use IMAP."),
    catch_all=(
        _lt("Open Settings > All settings > Domain names, and choose the domain."),
        _lt("Under Actions choose “Set catch-all”, and the address of the catch-all mailbox."),
        _lt("Run Proton Mail Bridge on a machine that Odoo reaches; it shows the password to use."),
    ),
    sends_as="listed",
    envelope_header="X-Original-To",
    own_hosts=("protonmail.ch",),
    authserv_ids=("mail.protonmail.ch",),
    spf="include:_spf.protonmail.ch",
    dkim_selectors=("protonmail", "protonmail2", "protonmail3"),
    notes=(_lt("Proton is reached only through its Bridge, which has to run all the time."),),
)

YANDEX = Preset(
    code="yandex",
    name="Yandex 360",
    mx=("mx.yandex.net", "mx.yandex.ru"),
    mx_record="10 mx.yandex.net.",
    imap_hosts=("imap.yandex.ru", "imap.yandex.net"),
    imap=Server("imap.yandex.com", 993),
    pop=Server("pop.yandex.com", 995),
    smtp=Server("smtp.yandex.com", 465),
    login="app_password",
    catch_all=(
        _lt("Sign in to admin.yandex.com as an administrator and open Mail."),
        _lt("Choose the mailbox that collects mail to addresses that do not exist."),
        _lt("Allow IMAP in the mailbox's settings, and make an app password for mail."),
    ),
    sends_as="account",
    spf="include:_spf.yandex.net",
    dkim_selectors=("mail",),
    notes=(_lt("Other authors are refused with “not owned by auth user”."), _NO_HEADER),
)

WORKMAIL = Preset(
    code="workmail",
    name="Amazon WorkMail",
    mx=(
        "inbound-smtp.us-east-1.amazonaws.com",
        "inbound-smtp.us-west-2.amazonaws.com",
        "inbound-smtp.eu-west-1.amazonaws.com",
    ),
    imap_hosts=(
        "imap.mail.us-east-1.awsapps.com",
        "imap.mail.us-west-2.awsapps.com",
        "imap.mail.eu-west-1.awsapps.com",
    ),
    imap=Server("imap.mail.{region}.awsapps.com", 993),
    smtp=Server("smtp.mail.{region}.awsapps.com", 465),
    pop_refused=_lt("Amazon WorkMail has no POP3. Use IMAP."),
    catch_all_refused=_lt(
        "Amazon WorkMail has no catch-all. Add every alias to the mailbox, or let an SES receipt"
        " rule with a Lambda function pass the mail on."
    ),
    sends_as="listed",
    spf="include:amazonses.com",
    notes=(
        _lt("Amazon ends WorkMail on 31 March 2027."),
        _lt("The recipient stands in the Received lines, without angle brackets."),
        _lt("Mail that SES receives for other programs has the same MX."),
    ),
)

INFOMANIAK = Preset(
    code="infomaniak",
    name="Infomaniak",
    mx=("mta-gw.infomaniak.ch",),
    mx_record="5 mta-gw.infomaniak.ch.",
    imap=Server("mail.infomaniak.com", 993),
    pop=Server("mail.infomaniak.com", 995),
    smtp=Server("mail.infomaniak.com", 465),
    login="app_password",
    catch_all=(
        _lt("Sign in to manager.infomaniak.com and open the Mail Service of the domain."),
        _lt("Switch the catch-all on in its settings, and choose the catch-all mailbox."),
    ),
    sends_as="unknown",
    spf="include:spf.infomaniak.ch",
    notes=(_NO_HEADER,),
)
