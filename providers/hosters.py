"""Providers of mailboxes with a password or an app password."""

from ..translatable import _lt
from .preset import Preset, Server, by_tls

_NO_HEADER = _lt("Which header names the recipient is not documented; the mailbox test finds out.")

# One data centre a region; the first two come first, so that others are told from them.
_ZOHO_CENTRES = (
    *("zoho.com", "zoho.eu", "zoho.in", "zoho.com.au", "zoho.jp", "zohocloud.ca", "zoho.sa"),
    *("zoho.com.cn",),
)

ZOHO = Preset(
    code="zoho",
    name="Zoho Mail",
    mx=(*_ZOHO_CENTRES, "zohomail.com"),
    hosts=tuple(f"{job}.{centre}" for job in ("imap", "smtp") for centre in _ZOHO_CENTRES),
    servers=by_tls("{job}pro.{region}"),
    regions=tuple((centre, centre) for centre in _ZOHO_CENTRES),
    login="app_password",
    catch_all=(
        _lt("Sign in to the Zoho Mail Admin Console and open Domains."),
        _lt("Choose the domain, then the tab Settings."),
        _lt("Under “Catch-all Address”, choose the catch-all mailbox, and update."),
        _lt("Switch on IMAP access for that mailbox, and create an application password for it."),
    ),
    sends_as="listed",
    own_hosts=("mx.zohomail.com",),
    authserv_ids=("mx.zohomail.com",),
    spf="include:zohomail.com",
    spf_regions=(
        ("zoho.eu", "include:zohomail.eu"),
        *((centre, "") for centre in _ZOHO_CENTRES[2:]),
    ),
    spf_also=(
        *("include:zoho.com", "include:zoho.eu", "include:zoho.in", "include:one.zoho.com"),
        *("include:zohomail.in", "include:zohomail.com.au", "include:zoho.com.au"),
        *("include:zohomail.jp", "include:zoho.jp", "include:zohocloud.ca", "include:zohomail.ca"),
    ),
    dkim_selectors=("zmail", "zoho"),
    notes=(
        _lt(
            "Other addresses are refused with “Sender is not allowed to relay”, unless they are"
            " aliases of the account."
        ),
        _lt("Each data centre has its own servers: use those where the account is."),
    ),
    envelope_note=_NO_HEADER,
)

FASTMAIL = Preset(
    code="fastmail",
    name="Fastmail",
    mx=("messagingengine.com",),
    mx_record="10 in1-smtp.messagingengine.com.",
    servers=by_tls("{job}.fastmail.com"),
    login="app_password",
    catch_all=(
        _lt("Open Settings > My email addresses and add an address of your domain."),
        _lt("Enter * as the address, so that it stands for all, and deliver it to the mailbox."),
        _lt("Create an app password for mail (IMAP and SMTP) under Settings > Privacy & Security."),
    ),
    sends_as="any",
    envelope_header="X-Delivered-To",
    own_hosts=("messagingengine.com",),
    spf="include:spf.messagingengine.com",
    dkim_selectors=("fm1", "fm2", "fm3"),
    notes=(_lt("With the address *@ your domain, the account may send as any address of it."),),
)

OVH = Preset(
    code="ovh",
    name="OVHcloud",
    mx=("mail.ovh.net", "mail.ovh.ca", "mx1.ovh.net", "mx2.ovh.net", "redirect.ovh.net"),
    hosts=("ssl0.ovh.net", "pro1.mail.ovh.net", "pro2.mail.ovh.net"),
    servers=by_tls("{job}.mail.ovh.net"),
    catch_all_refused=_lt(
        "OVHcloud's shared mail has no catch-all. Create a redirection to the catch-all mailbox for"
        " every alias, or point the domain's MX to a mail server that supports a catch-all."
    ),
    sends_as="account",
    spf="include:mx.ovh.com",
    spf_also=("include:mx.ovh.ca", "include:mx.ovh.net"),
    dkim_selectors=("ovhmo-selector-1", "ovhmo-selector-2"),
    notes=(_lt("E-mail Pro and Exchange have their own servers, such as pro1.mail.ovh.net."),),
    envelope_note=_NO_HEADER,
)

# Receiving hosts of each country, and of the times when it was called 1&1 and Schlund.
_IONOS_REGIONS = (
    *(("ionos.com", "com"), ("ionos.de", "de"), ("ionos.co.uk", "co.uk"), ("ionos.fr", "fr")),
    *(("ionos.es", "es"), ("ionos.it", "it"), ("ionos.mx", "mx")),
    *(("kundenserver.de", "de"), ("schlund.de", "de"), ("perfora.net", "com")),
    *(("1and1.com", "com"), ("1and1.co.uk", "co.uk"), ("1and1.fr", "fr"), ("1and1.es", "es")),
)

IONOS = Preset(
    code="ionos",
    name="IONOS",
    mx=tuple(domain for domain, _region in _IONOS_REGIONS),
    hosts=("imap.1und1.de", "imap.1and1.com", "smtp.1und1.de", "smtp.1and1.com"),
    servers=by_tls("{job}.ionos.{region}"),
    catch_all=(
        _lt("Sign in to IONOS and open Email."),
        _lt("Create an email address with an asterisk in place of the name: *@ your domain."),
        _lt("Its mailbox is the catch-all mailbox: log in with its address and password."),
    ),
    sends_as="listed",
    own_hosts=("kundenserver.de", "perfora.net"),
    authserv_ids=("kundenserver.de",),
    regions=_IONOS_REGIONS,
    spf="",
    spf_regions=(
        *((region, "include:_spf-eu.ionos.com") for region in ("de", "co.uk", "fr", "es", "it")),
        ("com", "include:_spf-us.ionos.com"),
    ),
    spf_also=("include:_spf.kundenserver.de", "include:_spf.perfora.net"),
    dkim_selectors=("s1-ionos", "s2-ionos"),
    envelope_note=_NO_HEADER,
)

GANDI = Preset(
    code="gandi",
    name="Gandi",
    mx=("spool.mail.gandi.net", "fb.mail.gandi.net"),
    mx_record="10 spool.mail.gandi.net.",
    servers=by_tls("mail.gandi.net"),
    catch_all=(
        _lt("Open the domain at admin.gandi.net, then Email, then the catch-all mailbox."),
        _lt(
            "Add the alias * to the mailbox: it receives what no other mailbox or forward receives."
        ),
    ),
    sends_as="listed",
    own_hosts=("spool.mail.gandi.net",),
    spf="include:_mailcust.gandi.net",
    dkim_selectors=("gm1", "gm2", "gm3"),
    envelope_note=_lt("The recipient is in the Received headers of spool.mail.gandi.net."),
)

HETZNER = Preset(
    code="hetzner",
    name="Hetzner",
    mx=("your-server.de",),
    servers=by_tls("mail.your-server.de"),
    catch_all=(
        _lt("Sign in to konsoleH, choose the domain (not the hosting), and open Email."),
        _lt("Make the mailbox the catch-all of the domain."),
    ),
    sends_as="unknown",
    own_hosts=("your-server.de",),
    spf_also=("include:spf.your-server.de", "include:_spf.your-server.de"),
    notes=(_lt("The mailbox is on mail.your-server.de, or on the host that konsoleH shows."),),
    envelope_note=_lt(
        "The servers run Exim, which usually writes Envelope-to; the mailbox test finds out."
    ),
)

MIGADU = Preset(
    code="migadu",
    name="Migadu",
    mx=("aspmx1.migadu.com", "aspmx2.migadu.com"),
    mx_record="10 aspmx1.migadu.com.",
    servers=by_tls("{job}.migadu.com"),
    catch_all=(
        _lt("Open the domain at admin.migadu.com."),
        _lt("Under Catchall, enter the address of the catch-all mailbox, and save."),
    ),
    sends_as="listed",
    own_hosts=("migadu.com",),
    authserv_ids=("aspmx1.migadu.com", "aspmx2.migadu.com"),
    spf="include:spf.migadu.com",
    dkim_selectors=("key1", "key2", "key3"),
    notes=(_lt("Addresses to send as are identities of the mailbox."),),
    envelope_note=_NO_HEADER,
)

PROTON = Preset(
    code="proton",
    name="Proton Mail (Bridge)",
    mx=("mail.protonmail.ch", "mailsec.protonmail.ch"),
    mx_record="10 mail.protonmail.ch.",
    servers={
        "imap": Server("127.0.0.1", 1143, "starttls"),
        "smtp": Server("127.0.0.1", 1025, "starttls"),
    },
    pop_refused=_lt("Proton Mail Bridge has no POP3. Use IMAP."),
    catch_all=(
        _lt("Open Settings > All settings > Domain names, and choose the domain."),
        _lt("Under Actions, choose “Set catch-all”, and the address of the catch-all mailbox."),
        _lt(
            "Run Proton Mail Bridge on a machine that Odoo can reach; it shows the password to use."
        ),
    ),
    sends_as="listed",
    envelope_header="X-Original-To",
    own_hosts=("protonmail.ch",),
    authserv_ids=("mail.protonmail.ch",),
    spf="include:_spf.protonmail.ch",
    dkim_selectors=("protonmail", "protonmail2", "protonmail3"),
    notes=(_lt("Proton can be reached only through its Bridge, which has to run all the time."),),
)

YANDEX = Preset(
    code="yandex",
    name="Yandex 360",
    mx=("mx.yandex.net", "mx.yandex.ru"),
    mx_record="10 mx.yandex.net.",
    hosts=("imap.yandex.ru", "imap.yandex.net", "smtp.yandex.ru", "smtp.yandex.net"),
    servers=by_tls("{job}.yandex.com"),
    login="app_password",
    catch_all=(
        _lt("Sign in to admin.yandex.ru as an administrator and open Mail > Settings."),
        _lt("Enter the catch-all mailbox under “Mailbox for lost emails”, and save."),
        _lt("Allow IMAP in the mailbox's settings, and create an app password for mail."),
    ),
    sends_as="account",
    spf="include:_spf.yandex.net",
    dkim_selectors=("mail",),
    notes=(_lt("Other authors are refused with “not owned by auth user”."),),
    envelope_note=_NO_HEADER,
)

_WORKMAIL_REGIONS = ("us-east-1", "us-west-2", "eu-west-1")

WORKMAIL = Preset(
    code="workmail",
    name="Amazon WorkMail",
    mx=tuple(f"inbound-smtp.{region}.amazonaws.com" for region in _WORKMAIL_REGIONS),
    regions=tuple((f"inbound-smtp.{region}.amazonaws.com", region) for region in _WORKMAIL_REGIONS),
    servers={
        "imap": Server("imap.mail.{region}.awsapps.com", 993),
        "smtp": Server("smtp.mail.{region}.awsapps.com", 465),
    },
    pop_refused=_lt("Amazon WorkMail has no POP3. Use IMAP."),
    catch_all_refused=_lt(
        "Amazon WorkMail has no catch-all. Add every alias to the mailbox, or have an SES receipt"
        " rule with a Lambda function forward the mail."
    ),
    sends_as="listed",
    spf="include:amazonses.com",
    notes=(
        _lt("Amazon will shut down WorkMail on 31 March 2027."),
        _lt("Domains whose mail SES receives for other programs have the same MX."),
    ),
    envelope_note=_lt("The recipient is in the Received headers, without angle brackets."),
)

INFOMANIAK = Preset(
    code="infomaniak",
    name="Infomaniak",
    mx=("mta-gw.infomaniak.ch",),
    mx_record="5 mta-gw.infomaniak.ch.",
    servers=by_tls("mail.infomaniak.com"),
    catch_all=(
        _lt("Sign in to manager.infomaniak.com and open the Mail Service of the domain."),
        _lt("Click the arrow beside “Create an email address”, then create a generic address."),
        _lt("Choose Catchall. The address must be exactly catchall@ your domain."),
    ),
    sends_as="unknown",
    spf="include:spf.infomaniak.ch",
    notes=(_lt("An address may send 1,440 emails per day, or 100 with the smallest plans."),),
    envelope_note=_NO_HEADER,
)
