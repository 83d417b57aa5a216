"""Google Workspace and Microsoft 365: OAuth only, and each with a way of its own to a catch-all."""

from ..translatable import _lt
from .preset import Preset, Server

GOOGLE = Preset(
    code="google",
    name="Google Workspace",
    # smtp.google.com is the one host of new domains, aspmx the five of older ones.
    mx=("smtp.google.com", "aspmx.l.google.com", "googlemail.com", "l.google.com"),
    mx_record="1 smtp.google.com.",
    hosts=("imap.googlemail.com", "smtp.googlemail.com"),
    servers={
        "imap": Server("imap.gmail.com", 993),
        "smtp": Server("smtp.gmail.com", 587, "starttls"),
    },
    login="oauth",
    pop_refused=_lt(
        "Google delivers each email by POP only once, and never those in Spam or those that you"
        " sent to yourself, so mail would be missing. Use IMAP."
    ),
    catch_all=(
        _lt(
            "Sign in to admin.google.com and open Apps > Google Workspace > Gmail > Default"
            " routing."
        ),
        _lt("Add a rule and choose “All recipients” as the envelope recipients to match."),
        _lt("Choose “Change envelope recipient” and enter the address of the catch-all mailbox."),
        _lt("Tick “Add X-Gm-Original-To header”: this header names the original recipient."),
        _lt(
            "Under Options, have the rule act only on non-recognised addresses, so that people with"
            " a mailbox keep their mail. Save."
        ),
    ),
    sends_as="account",
    keeps_sent=True,
    day_limit=2_000,
    envelope_header="X-Gm-Original-To",
    own_hosts=("mx.google.com",),
    authserv_ids=("mx.google.com",),
    spf="include:_spf.google.com",
    dkim_selectors=("google",),
    notes=(
        _lt(
            "Gmail replaces a From address that does not belong to the account. The SMTP relay"
            " service (smtp-relay.gmail.com) allows any address of the domain."
        ),
        _lt("The header is written only where the routing rule in Gmail says so."),
    ),
)

MICROSOFT = Preset(
    code="microsoft",
    name="Microsoft 365",
    mx=("mail.protection.outlook.com", "mx.microsoft"),
    hosts=("outlook.office.com", "smtp-mail.outlook.com"),
    servers={
        "imap": Server("outlook.office365.com", 993),
        "pop": Server("outlook.office365.com", 995),
        "smtp": Server("smtp.office365.com", 587, "starttls"),
    },
    login="oauth",
    catch_all=(
        _lt("Have an administrator paste the commands below into Exchange Online PowerShell."),
        _lt(
            "They let in mail to addresses without a mailbox, write the recipient into a header,"
            " and redirect the mail to the catch-all mailbox."
        ),
        _lt(
            "Run them again when an alias is added: an alias without its rule cannot be recognised"
            " when it is only in Bcc. The new group of exceptions takes up to two hours to fill;"
            " the commands then say so, and have to be pasted once more."
        ),
    ),
    # “Send As” is granted mailbox by mailbox, and authors without one cannot be granted at all.
    sends_as="account",
    keeps_sent=True,
    minute_limit=30,
    day_limit=10_000,
    envelope_header="X-Catchall-Recipient",
    own_hosts=("protection.outlook.com", "prod.outlook.com"),
    spf="include:spf.protection.outlook.com",
    dkim_selectors=("selector1", "selector2"),
    notes=(
        _lt(
            "By itself, Microsoft writes neither the envelope recipient into a header nor a server"
            " name into Authentication-Results. The recipient header comes from the rules below."
        ),
        _lt("The account needs the permission “Send As” for every address that it should send as."),
        _lt("Authenticated SMTP must be switched on for the mailbox."),
    ),
)
