"""What each finding means for the company's mail: one sentence or two a code, in plain words.

The names in the sentences are filled in from the finding. ``_lt`` only marks them for translation:
who shows them translates them.
"""


def _lt(text: str) -> str:
    return text


# Also the order and the names of the paragraphs on the screen.
SUBJECTS = {
    "domain": _lt("Domain"),
    "catch_all": _lt("Catch-all"),
    "mx": _lt("Receiving mail (MX)"),
    "dkim": _lt("Signature (DKIM)"),
    "spf": _lt("Allowed senders (SPF)"),
    "dmarc": _lt("Protection of your name (DMARC)"),
    "clients": _lt("Mail programs (SRV, autoconfig)"),
    "mta_sts": _lt("Forced encryption (MTA-STS)"),
    "tls_rpt": _lt("Reports about encryption (TLS-RPT)"),
    "dnssec": _lt("Signed DNS (DNSSEC)"),
}

_TIMEOUT = _lt(
    "No name server answered in time when asked for %(name)s, so this could not be checked. If it"
    " happens again, receivers have the same trouble: tell whoever runs the DNS of the domain."
)
_SERVFAIL = _lt(
    "The name server answered with an error when asked for %(name)s. While that lasts, other mail"
    " servers get the same error and put mail off: tell whoever runs the DNS of the domain."
)
_REFUSED = _lt(
    "The name server of this machine refuses to answer when asked for %(name)s, so this could not"
    " be checked. This says nothing about the domain: let the name server answer this machine, or"
    " name another one in the settings of the machine that Odoo runs on."
)
_NO_NETWORK = _lt(
    "No name server can be reached from this machine, so %(name)s could not be checked. This says"
    " nothing about the domain: look at the network of the server that Odoo runs on."
)

_BY_SUBJECT = {
    f"{subject}_{status}": sentence
    for subject in ("mx", "dkim", "spf", "dmarc", "clients", "mta_sts", "tls_rpt", "dnssec")
    for status, sentence in (
        ("timeout", _TIMEOUT),
        ("servfail", _SERVFAIL),
        ("declined", _REFUSED),
        ("no_network", _NO_NETWORK),
    )
}

SENTENCES = {
    **_BY_SUBJECT,
    # --- the domain
    "domain_bad_name": _lt("%(domain)s is not the name of a mail domain."),
    "domain_nxdomain": _lt(
        "The domain %(domain)s does not exist in DNS: no mail can be sent to it, and what you send"
        " from it is refused. Check the spelling, and whether the domain is still registered."
    ),
    "domain_no_network": _lt(
        "No name server can be reached from this machine, so nothing about %(domain)s could be"
        " checked. Look at the network of the server that Odoo runs on."
    ),
    "domain_declined": _lt(
        "The name server of this machine refuses to answer, so nothing about %(domain)s could be"
        " checked. Let it answer this machine, or name another one in the settings of the machine"
        " that Odoo runs on."
    ),
    # --- the catch-all
    "catch_all_works": _lt("A mail to an invented address of %(domain)s arrived in the mailbox."),
    "catch_all_unproven": _lt(
        "It is not proved yet that mail to any address of %(domain)s arrives in the mailbox."
    ),
    "catch_all_broken": _lt(
        "A mail to an invented address of %(domain)s did not arrive, so answers of customers and"
        " mail to aliases can get lost. %(detail)s"
    ),
    # --- receiving
    "mx_ok": _lt("Mail for %(domain)s is received by %(hosts)s."),
    "mx_null": _lt(
        "The domain %(domain)s says that it receives no mail at all (a null MX record): every mail"
        " to you is refused before it is sent."
    ),
    "mx_missing": _lt(
        "No mail server is named for %(domain)s: nobody can write to an address of it."
    ),
    "mx_implicit": _lt(
        "No mail server is named for %(domain)s, so mail is tried at the domain's web server, which"
        " usually takes none."
    ),
    "mx_address": _lt(
        "The mail server of the domain is given as the number %(host)s. Only names are allowed"
        " there, and many servers do not send to a number."
    ),
    "mx_alias": _lt(
        "The mail server %(host)s is only another name for %(target)s (a CNAME record). That is not"
        " allowed for a mail server, and some servers do not send there: name %(target)s itself."
    ),
    "mx_host_missing": _lt(
        "The mail server %(host)s has no address: mail that would go there waits, and comes back to"
        " its sender after some days."
    ),
    "mx_elsewhere": _lt(
        "Mail for the domain goes to %(hosts)s, but the mailbox that is read is on %(mailbox)s. If"
        " the one does not pass the mail on to the other, nothing arrives here."
    ),
    # --- signature
    "dkim_aligned": _lt(
        "Your mail is signed in the name of %(domain)s (key %(selector)s), so receivers can tell it"
        " from forgeries, also when somebody forwards it."
    ),
    "dkim_unknown": _lt(
        "Whether your mail is signed is not known until one has been seen. Keys stand under names"
        " that only a signature tells."
    ),
    "dkim_published": _lt(
        "A key for signing the mail of %(domain)s is published (%(selectors)s). Whether your mail"
        " is signed with it is not known until one has been seen."
    ),
    "dkim_unsigned": _lt(
        "Your mail leaves without a signature. Gmail, Yahoo and Microsoft take unsigned mail for"
        " spam more often, and forwarded mail of yours is refused. Switch DKIM on for %(domain)s at"
        " your provider; it then names the record to publish."
    ),
    "dkim_not_aligned": _lt(
        "Your mail is signed, but by %(signer)s and not in the name of %(domain)s, so it proves"
        " nothing about you. Switch DKIM on for %(domain)s at your provider; it then names the"
        " record to publish."
    ),
    "dkim_key_missing": _lt(
        "Your mail is signed with the key %(selector)s, but no such key is published under"
        " %(name)s: the signature counts as broken. Copy the record from your provider."
    ),
    "dkim_several_keys": _lt(
        "More than one key is published under %(name)s, so the signature may count as broken."
        " Keep the one that your provider shows."
    ),
    "dkim_revoked": _lt(
        "The key %(selector)s is withdrawn (its p= is empty), but your mail is still signed with"
        " it: the signature counts as broken. Copy the present record from your provider."
    ),
    "dkim_syntax": _lt(
        "The key under %(name)s cannot be read, often because it was cut when it was pasted: the"
        " signature counts as broken. Copy it once more from your provider."
    ),
    "dkim_hash": _lt(
        "The key under %(name)s allows only SHA-1, which receivers no longer accept. Make a new key"
        " at your provider."
    ),
    "dkim_weak": _lt(
        "The key %(selector)s has %(bits)s bits. Receivers ignore keys of less than 1024: make a"
        " new one of 2048 bits at your provider."
    ),
    "dkim_short": _lt("The key %(selector)s has %(bits)s bits. It is accepted; 2048 are usual."),
    "dkim_ed25519": _lt(
        "The key %(selector)s is of the new kind Ed25519, which many receivers cannot check. They"
        " need an RSA signature beside it."
    ),
    "dkim_testing": _lt(
        "The key %(selector)s is marked as a test (t=y), so some receivers do not count it."
    ),
    # --- allowed senders
    "spf_ok": _lt(
        "The list of servers that may send for %(domain)s is in order (%(lookups)s of 10 lookups)."
    ),
    "spf_missing": _lt(
        "%(domain)s does not say which servers may send its mail. Gmail, Yahoo and Microsoft"
        " refuse such mail or take it for spam."
    ),
    "spf_several": _lt(
        "%(domain)s has %(count)s SPF records. Only one is allowed, so receivers count them all as"
        " an error. Replace them by this one."
    ),
    "spf_syntax": _lt(
        "The SPF record of %(domain)s cannot be read at “%(where)s”, so receivers count it as an"
        " error, as if there were none."
    ),
    "spf_loop": _lt(
        "The SPF record of %(domain)s comes back to itself by way of %(where)s: receivers count it"
        " as an error."
    ),
    "spf_include_missing": _lt(
        "The SPF record of %(domain)s includes %(where)s, which has no SPF record. Receivers count"
        " all of it as an error: remove that part."
    ),
    "spf_include_several": _lt(
        "The SPF record of %(domain)s includes %(where)s, which has several SPF records. Receivers"
        " count all of it as an error: remove that part, or tell its owner."
    ),
    "spf_many_mx": _lt(
        "The SPF record of %(domain)s uses %(where)s, a domain with more than ten mail servers."
        " Receivers count that as an error: name the servers that send instead."
    ),
    "spf_lookups": _lt(
        "Receivers need %(lookups)s lookups to read the SPF record of %(domain)s and stop after 10,"
        " with an error. Remove senders that you no longer use; these cost most: %(dear)s."
    ),
    "spf_lookups_near": _lt(
        "Reading the SPF record of %(domain)s takes %(lookups)s of 10 lookups. A further provider"
        " may break it. These cost most: %(dear)s."
    ),
    "spf_no_room": _lt(
        "With your outgoing server added, receivers would need %(lookups)s lookups to read the SPF"
        " record of %(domain)s and stop after 10, with an error. Remove senders that you no longer"
        " use in the same step."
    ),
    "spf_voids": _lt(
        "More than two names in the SPF record of %(domain)s lead nowhere (%(where)s). Many"
        " receivers count that as an error: remove them."
    ),
    "spf_not_covered": _lt(
        "%(host)s sends your mail, but the SPF record of %(domain)s does not allow it. Receivers"
        " take such mail for a forgery."
    ),
    "spf_perhaps_not_covered": _lt(
        "The SPF record of %(domain)s does not allow %(host)s. If your provider's mail leaves from"
        " there, receivers take it for a forgery; if it leaves from other servers, your provider"
        " tells you what to add."
    ),
    "spf_unchecked": _lt(
        "Whether the SPF record of %(domain)s allows your outgoing server is not known: its"
        " addresses could not be found."
    ),
    "spf_everybody": _lt(
        "The SPF record of %(domain)s ends in +all: it allows the whole world to send in your name,"
        " and some receivers distrust it for that."
    ),
    "spf_ignored": _lt(
        "Receivers skip “%(where)s” in the SPF record of %(domain)s: a colon belongs in the place"
        " of the equals sign."
    ),
    "spf_open_end": _lt(
        "The SPF record of %(domain)s does not say what becomes of all other servers. ~all at its"
        " end is usual."
    ),
    "spf_ptr": _lt(
        "The SPF record of %(domain)s uses ptr, which is slow and which some receivers skip."
    ),
    "spf_long": _lt(
        "The SPF record of %(domain)s is %(count)s characters long. Above 450 some name servers"
        " cannot hand it out in one piece."
    ),
    # --- DMARC
    "dmarc_ok": _lt(
        "Receivers know what to do with mail that only pretends to come from %(domain)s"
        " (policy %(policy)s)."
    ),
    "dmarc_inherited": _lt("%(domain)s follows the DMARC record of %(owner)s (policy %(policy)s)."),
    "dmarc_missing": _lt(
        "%(domain)s has no DMARC record. Gmail and Yahoo ask for one from whoever sends much, and"
        " anybody can write in your name. The record here changes nothing for your mail yet."
    ),
    "dmarc_several": _lt(
        "%(owner)s has %(count)s DMARC records. Only one is allowed, so receivers ignore them all."
        " Keep one, such as the first."
    ),
    "dmarc_syntax": _lt(
        "The DMARC record of %(owner)s cannot be read, so receivers ignore it: “%(record)s”."
    ),
    "dmarc_watching": _lt(
        "The policy is none: forgeries of your address are still delivered. When all your mail"
        " passes, quarantine is the next step."
    ),
    "dmarc_refused": _lt(
        "%(domain)s asks receivers to keep away what is not proved to be its own (policy"
        " %(policy)s), and your mail is not: it has no good signature of %(domain)s, and SPF does"
        " not prove it either (it returns to %(return_path)s). It is refused or goes to spam."
        " Switch DKIM on at your provider, or send with an address of the account's own domain."
    ),
    "dmarc_unaligned": _lt(
        "Your mail is not proved to be from %(domain)s: it has no good signature of it, and SPF"
        " does not prove it either (it returns to %(return_path)s). Switch DKIM on at your"
        " provider."
    ),
    "dmarc_too_strict": _lt(
        "The DMARC record of %(owner)s demands exactly %(domain)s in the signature or the return"
        " path. Your mail is proved by another name of the same company, which does not count"
        " then. The record here allows it, as is usual."
    ),
    "dmarc_testing": _lt(
        "The policy %(policy)s of %(owner)s is only a test (t=y): receivers treat what fails more"
        " mildly."
    ),
    "dmarc_partial": _lt(
        "The policy %(policy)s counts for %(percent)s percent of the mail that fails (pct). Newer"
        " receivers no longer know this setting and treat all of it so."
    ),
    "dmarc_skipped": _lt(
        "Receivers skip what they cannot read in the DMARC record of %(owner)s: %(where)s."
    ),
    "dmarc_only_dkim": _lt(
        "SPF cannot prove that your mail is from %(domain)s, because it returns to %(return_path)s"
        " or leaves from a server that is not allowed: only a signature can. Whether it has one is"
        " not known until one has been seen."
    ),
    "dmarc_no_reports": _lt(
        "Nobody gets the receivers' daily reports about mail in the name of %(owner)s. They are"
        " worth having before the policy is made stricter; choose an address that is read."
    ),
    "dmarc_reports_refused": _lt(
        "The reports should go to %(host)s, but that domain does not say that it wants them, so"
        " they are not sent."
    ),
    # --- good to have
    "clients_ok": _lt("Mail programs find the servers of %(domain)s by themselves."),
    "clients_missing": _lt(
        "Mail programs have to be told the servers of %(domain)s by hand. Odoo does not need this."
    ),
    "mta_sts_ok": _lt(
        "%(domain)s announces that mail to it must be encrypted (MTA-STS). The policy itself stands"
        " on a web page, which this check does not fetch: see that"
        " https://mta-sts.%(domain)s/.well-known/mta-sts.txt can be read and names your mail"
        " servers."
    ),
    "mta_sts_no_page": _lt(
        "%(domain)s announces that mail to it must be encrypted (MTA-STS), but the host of the"
        " page that says so, mta-sts.%(domain)s, does not exist. Servers skip the announcement."
    ),
    "mta_sts_several": _lt(
        "%(domain)s has several MTA-STS records, or one that cannot be read, so servers skip it."
    ),
    "mta_sts_missing": _lt(
        "%(domain)s does not insist on encryption of the mail that is sent to it. It takes a small"
        " web page beside the record, so ask your provider."
    ),
    "tls_rpt_ok": _lt("Servers report when they cannot encrypt mail to %(domain)s."),
    "tls_rpt_syntax": _lt(
        "Servers cannot read where to report when they cannot encrypt mail to %(domain)s. Choose an"
        " address that is read."
    ),
    "tls_rpt_missing": _lt(
        "Nobody is told when a server cannot encrypt its mail to %(domain)s; choose an address that"
        " is read."
    ),
    "dnssec_on": _lt("The DNS records of %(domain)s are signed."),
    "dnssec_off": _lt(
        "The DNS records of %(domain)s are not signed, so they could be forged on their way. It is"
        " switched on where the domain is registered."
    ),
}
