"""What each finding means for the company's mail: one sentence or two a code, in plain words.

The names in the sentences are filled in from the finding. ``_lt`` only marks them for translation:
who shows them translates them.
"""

from ..findings import Wording
from ..translatable import _lt

# Also the order and the names of the paragraphs on the screen.
_SUBJECTS = {
    "domain": _lt("Domain"),
    "catch_all": _lt("Catch-all"),
    "mx": _lt("Receiving mail (MX)"),
    "dkim": _lt("Signature (DKIM)"),
    "spf": _lt("Allowed senders (SPF)"),
    "dmarc": _lt("Protection against forgery (DMARC)"),
    "staff": _lt("Proof of colleagues' emails"),
    "clients": _lt("Mail clients (SRV, autoconfig)"),
    "mta_sts": _lt("Enforced encryption (MTA-STS)"),
    "tls_rpt": _lt("Encryption reports (TLS-RPT)"),
    "dnssec": _lt("Signed DNS (DNSSEC)"),
}

_SILENCE = {
    "timeout": _lt(
        "No name server answered in time when asked for %(name)s, so this could not be checked. If"
        " it happens again, receivers have the same problem: tell the administrator of the domain's"
        " DNS."
    ),
    "servfail": _lt(
        "The name server answered with an error when asked for %(name)s. Until this is fixed, other"
        " mail servers get the same error and delay their mail: tell the administrator of the"
        " domain's DNS."
    ),
    "declined": _lt(
        "The name server of this machine refuses to answer when asked for %(name)s, so this could"
        " not be checked. This says nothing about the domain: allow this machine to query the name"
        " server, or configure another one on the machine that Odoo runs on."
    ),
    "no_network": _lt(
        "No name server can be reached from this machine, so %(name)s could not be checked. This"
        " says nothing about the domain: check the network of the server that Odoo runs on."
    ),
}

_SENTENCES = {
    **{
        f"{subject}_{status}": sentence
        for subject in ("mx", "dkim", "spf", "dmarc", "clients", "mta_sts", "tls_rpt", "dnssec")
        for status, sentence in _SILENCE.items()
    },
    # --- the domain
    "domain_bad_name": _lt("%(domain)s is not a valid mail domain."),
    "domain_nxdomain": _lt(
        "The domain %(domain)s does not exist in DNS: no mail can be sent to it, and mail that you"
        " send from it is refused. Check the spelling, and whether the domain is still registered."
    ),
    "domain_no_network": _lt(
        "No name server can be reached from this machine, so nothing about %(domain)s could be"
        " checked. Check the network of the server that Odoo runs on."
    ),
    "domain_declined": _lt(
        "The name server of this machine refuses to answer, so nothing about %(domain)s could be"
        " checked. Allow this machine to query it, or configure another one on the machine that"
        " Odoo runs on."
    ),
    # --- the catch-all
    "catch_all_works": _lt(
        "An email to a nonexistent address at %(domain)s arrived in the mailbox."
    ),
    "catch_all_unproven": _lt(
        "Mail to any address at %(domain)s has not been proven to arrive in the mailbox yet. Run a"
        " mailbox test to find out."
    ),
    "catch_all_broken": _lt(
        "An email to a nonexistent address at %(domain)s did not arrive, so customers' replies and"
        " mail to aliases can get lost. %(detail)s"
    ),
    # --- receiving
    "mx_ok": _lt("Mail for %(domain)s is received by %(hosts)s."),
    "mx_null": _lt(
        "The domain %(domain)s declares that it receives no mail at all (a null MX record): every"
        " email to you is refused before it is sent."
    ),
    "mx_missing": _lt(
        "No mail server is published for %(domain)s: nobody can write to an address at this domain."
    ),
    "mx_implicit": _lt(
        "No mail server is published for %(domain)s, so senders try the domain's web server, which"
        " usually accepts no mail."
    ),
    "mx_address": _lt(
        "The domain's mail server is given as the IP address %(host)s. Only host names are allowed"
        " there, and many servers do not send to an IP address."
    ),
    "mx_alias": _lt(
        "The mail server %(host)s is only another name for %(target)s (a CNAME record). This is not"
        " allowed for a mail server, and some servers do not send there: use %(target)s itself."
    ),
    "mx_host_missing": _lt(
        "The mail server %(host)s has no IP address: mail for it is delayed, and returned to its"
        " sender after a few days."
    ),
    "mx_elsewhere": _lt(
        "Mail for the domain goes to %(hosts)s, but the mailbox that Odoo reads is on %(mailbox)s."
        " Unless the first forwards mail to the second, nothing arrives here."
    ),
    # --- signature
    "dkim_aligned": _lt(
        "Your mail is signed in the name of %(domain)s (key %(selector)s), so receivers can tell it"
        " from forgeries, even when it is forwarded."
    ),
    "staff_signed": _lt(
        "Your mail is signed in the name of %(domain)s: this proves to Odoo that a colleague wrote"
        " an email."
    ),
    "staff_default_signer": _lt(
        "Your mail is signed by your provider's default name %(signer)s. Emails of colleagues prove"
        " nothing in Odoo until you switch on DKIM for %(domain)s at your provider, or confirm the"
        " pair as “Default Signers” on the incoming account."
    ),
    "staff_unproven": _lt(
        "Your mail is not signed in the name of %(domain)s, so emails that colleagues send from"
        " their mail programs prove nothing in Odoo: they get no internal author and stay internal"
        " notes. Switch on DKIM at your provider. Where your own mail server takes them in, see"
        " “Who Wrote It” on the incoming account."
    ),
    "dkim_unknown": _lt(
        "Whether your mail is signed is not known until Odoo has seen one of your emails, because"
        " the key's name appears only in a signed message. Run a mailbox test to find out."
    ),
    "dkim_published": _lt(
        "A key for signing the mail of %(domain)s is published (%(selectors)s). Whether your mail"
        " is signed with it is not known until Odoo has seen one of your emails. Run a mailbox test"
        " to find out."
    ),
    "dkim_unsigned": _lt(
        "Your mail leaves without a signature. Gmail, Yahoo and Microsoft are more likely to treat"
        " unsigned mail as spam, and refuse it when it is forwarded. Switch on DKIM for %(domain)s"
        " at your provider, which then shows the record to publish."
    ),
    "dkim_not_aligned": _lt(
        "Your mail is signed by %(signer)s and not in the name of %(domain)s, so the signature"
        " proves nothing about you. Switch on DKIM for %(domain)s at your provider, which then"
        " shows the record to publish."
    ),
    "dkim_key_missing": _lt(
        "Your mail is signed with the key %(selector)s, but no such key is published under"
        " %(name)s, so the signature is treated as invalid. Copy the record from your provider."
    ),
    "dkim_several_keys": _lt(
        "More than one key is published under %(name)s, so the signature may be treated as invalid."
        " Keep the one that your provider shows."
    ),
    "dkim_revoked": _lt(
        "The key %(selector)s has been revoked (its p= is empty), but your mail is still signed"
        " with it, so the signature is treated as invalid. Copy the current record from your"
        " provider."
    ),
    "dkim_syntax": _lt(
        "The key under %(name)s cannot be read, often because it was truncated when it was pasted,"
        " so the signature is treated as invalid. Copy it again from your provider."
    ),
    "dkim_hash": _lt(
        "The key under %(name)s allows only SHA-1, which receivers no longer accept. Create a new"
        " key at your provider."
    ),
    "dkim_weak": _lt(
        "The key %(selector)s has %(bits)s bits. Receivers ignore keys of less than 1024 bits:"
        " create a new one of 2048 bits at your provider."
    ),
    "dkim_short": _lt(
        "The key %(selector)s has %(bits)s bits. It is accepted, but 2048 bits are usual."
    ),
    "dkim_ed25519": _lt(
        "The key %(selector)s is of the newer type Ed25519, which many receivers cannot verify."
        " They need an RSA signature as well."
    ),
    "dkim_testing": _lt(
        "The key %(selector)s is marked as a test (t=y), so some receivers ignore it."
    ),
    # --- allowed senders
    "spf_ok": _lt(
        "The list of servers that may send for %(domain)s is valid (%(lookups)s of 10 lookups"
        " used)."
    ),
    "spf_missing": _lt(
        "%(domain)s does not say which servers may send its mail. Gmail, Yahoo and Microsoft refuse"
        " such mail or treat it as spam."
    ),
    "spf_several": _lt(
        "%(domain)s has %(count)s SPF records. Only one is allowed, so receivers treat all of them"
        " as an error. Replace them with this one."
    ),
    "spf_syntax": _lt(
        "The SPF record of %(domain)s cannot be read at “%(where)s”, so receivers treat the whole"
        " record as an error."
    ),
    "spf_loop": _lt(
        "The SPF record of %(domain)s includes itself through %(where)s, so receivers treat the"
        " whole record as an error. Remove that part."
    ),
    "spf_include_missing": _lt(
        "The SPF record of %(domain)s includes %(where)s, which has no SPF record. Receivers treat"
        " the whole record as an error: remove that part."
    ),
    "spf_include_several": _lt(
        "The SPF record of %(domain)s includes %(where)s, which has several SPF records. Receivers"
        " treat the whole record as an error: remove that part, or tell its owner."
    ),
    "spf_many_mx": _lt(
        "The SPF record of %(domain)s uses %(where)s, a domain with more than ten mail servers."
        " Receivers treat that as an error: list the servers that send instead."
    ),
    "spf_lookups": _lt(
        "Receivers need %(lookups)s DNS lookups to read the SPF record of %(domain)s, but stop with"
        " an error after 10. Remove senders that you no longer use; these cost the most: %(dear)s."
    ),
    "spf_lookups_near": _lt(
        "Reading the SPF record of %(domain)s takes %(lookups)s of the 10 allowed DNS lookups."
        " Adding another provider may break it. These cost the most: %(dear)s."
    ),
    "spf_no_room": _lt(
        "With your outgoing server added, receivers would need %(lookups)s DNS lookups to read the"
        " SPF record of %(domain)s, but stop with an error after 10. Remove senders that you no"
        " longer use at the same time."
    ),
    "spf_voids": _lt(
        "More than two names in the SPF record of %(domain)s do not resolve (%(where)s). Many"
        " receivers treat that as an error: remove them."
    ),
    "spf_not_covered": _lt(
        "%(host)s sends your mail, but the SPF record of %(domain)s does not allow it. Receivers"
        " treat such mail as forged."
    ),
    "spf_perhaps_not_covered": _lt(
        "The SPF record of %(domain)s does not allow %(host)s. If your provider's mail leaves from"
        " there, receivers treat it as forged; if it leaves from other servers, your provider tells"
        " you what to add."
    ),
    "spf_unchecked": _lt(
        "Whether the SPF record of %(domain)s allows your outgoing server is not known, because the"
        " server's IP addresses could not be found."
    ),
    "spf_everybody": _lt(
        "The SPF record of %(domain)s ends in +all: it allows anyone to send in your name, and some"
        " receivers distrust it for that reason. Use ~all instead."
    ),
    "spf_ignored": _lt(
        "Receivers skip “%(where)s” in the SPF record of %(domain)s: the equals sign must be a"
        " colon."
    ),
    "spf_open_end": _lt(
        "The SPF record of %(domain)s does not say how to treat all other servers. It usually ends"
        " in ~all."
    ),
    "spf_ptr": _lt(
        "The SPF record of %(domain)s uses ptr, which is slow and which some receivers ignore."
    ),
    "spf_long": _lt(
        "The SPF record of %(domain)s is %(count)s characters long. Some name servers cannot return"
        " more than 450 characters in one piece."
    ),
    # --- DMARC
    "dmarc_ok": _lt(
        "Receivers know what to do with mail that only claims to come from %(domain)s (policy"
        " %(policy)s)."
    ),
    "dmarc_inherited": _lt("%(domain)s follows the DMARC record of %(owner)s (policy %(policy)s)."),
    "dmarc_missing": _lt(
        "%(domain)s has no DMARC record. Gmail and Yahoo require one from bulk senders, and without"
        " it anybody can write in your name. The record shown here does not change how your mail is"
        " treated yet."
    ),
    "dmarc_several": _lt(
        "%(owner)s has %(count)s DMARC records. Only one is allowed, so receivers ignore them all."
        " Keep one of them, for example the first."
    ),
    "dmarc_syntax": _lt(
        "The DMARC record of %(owner)s cannot be read, so receivers ignore it: “%(record)s”."
    ),
    "dmarc_watching": _lt(
        "The policy is none: forgeries of your address are still delivered. Once all your mail"
        " passes, quarantine is the next step."
    ),
    "dmarc_refused": _lt(
        "%(domain)s asks receivers to reject or quarantine mail that is not proven to be its own"
        " (policy %(policy)s), and your mail is not: it has no valid signature of %(domain)s, and"
        " SPF does not prove it either (the return path is at %(return_path)s). It is refused or"
        " treated as spam. Switch on DKIM at your provider, or send from an address of the"
        " account's own domain."
    ),
    "dmarc_unaligned": _lt(
        "Your mail is not proven to come from %(domain)s: it has no valid signature of this domain,"
        " and SPF does not prove it either (the return path is at %(return_path)s). Switch on DKIM"
        " at your provider."
    ),
    "dmarc_too_strict": _lt(
        "The DMARC record of %(owner)s requires exactly %(domain)s in the signature or the return"
        " path. Your mail is proven by another name of the same company, which then does not count."
        " The record shown here relaxes this, as is usual."
    ),
    "dmarc_testing": _lt(
        "The policy %(policy)s of %(owner)s is only a test (t=y): receivers are more lenient with"
        " mail that fails."
    ),
    "dmarc_partial": _lt(
        "The policy %(policy)s applies to only %(percent)s percent of the mail that fails (pct)."
        " Newer receivers no longer know this setting and apply the policy to all of it."
    ),
    "dmarc_skipped": _lt(
        "Receivers skip the parts of the DMARC record of %(owner)s that they cannot read:"
        " %(where)s."
    ),
    "dmarc_only_dkim": _lt(
        "SPF cannot prove that your mail is from %(domain)s, because the return path is at"
        " %(return_path)s or because it leaves from a server that is not allowed: only a signature"
        " can. Whether it has one is not known until Odoo has seen one of your emails. Run a"
        " mailbox test to find out."
    ),
    "dmarc_no_reports": _lt(
        "Nobody receives the daily reports about mail in the name of %(owner)s. They are useful"
        " before you make the policy stricter; choose an address that somebody reads."
    ),
    "dmarc_reports_refused": _lt(
        "The reports are meant to go to %(host)s, but that domain does not declare that it accepts"
        " them, so they are not sent."
    ),
    # --- good to have
    "clients_ok": _lt("Mail clients find the servers of %(domain)s automatically."),
    "clients_missing": _lt(
        "In mail clients, the servers of %(domain)s have to be entered by hand. Odoo does not need"
        " this."
    ),
    "mta_sts_ok": _lt(
        "%(domain)s announces that mail to it must be encrypted (MTA-STS). The policy itself is on"
        " a web page, which this check does not fetch: make sure that"
        " https://mta-sts.%(domain)s/.well-known/mta-sts.txt can be opened and names your mail"
        " servers."
    ),
    "mta_sts_no_page": _lt(
        "%(domain)s announces that mail to it must be encrypted (MTA-STS), but the web host that"
        " should publish the policy, mta-sts.%(domain)s, does not exist. Servers ignore the"
        " announcement."
    ),
    "mta_sts_several": _lt(
        "%(domain)s has several MTA-STS records, or one that cannot be read, so servers ignore it."
    ),
    "mta_sts_missing": _lt(
        "%(domain)s does not require that mail to it is encrypted. This takes a small web page"
        " besides the record, so ask your provider."
    ),
    "tls_rpt_ok": _lt("Servers report when they cannot encrypt mail to %(domain)s."),
    "tls_rpt_syntax": _lt(
        "Servers cannot read where to report when they cannot encrypt mail to %(domain)s. Choose an"
        " address that somebody reads."
    ),
    "tls_rpt_missing": _lt(
        "Nobody is told when a server cannot encrypt its mail to %(domain)s. Choose an address that"
        " somebody reads."
    ),
    "dnssec_on": _lt("The DNS records of %(domain)s are signed."),
    "dnssec_off": _lt(
        "The DNS records of %(domain)s are not signed, so they could be forged in transit. DNSSEC"
        " is switched on where the domain is registered."
    ),
}

WORDING = Wording(_SENTENCES, _SUBJECTS)
