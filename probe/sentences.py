"""What each result of a probe means, in plain words. ``_lt`` only marks them for translation."""


def _lt(text: str) -> str:
    return text


SENTENCES = {
    "mailbox_failed": _lt("The mailbox could not be read: %(answer)s"),
    "sending_failed": _lt(
        "The outgoing account could not send: %(answer)s The mailbox can still be tried with a"
        " mail from outside."
    ),
    "no_account": _lt(
        "No outgoing catch-all account serves %(domain)s, so nothing could be sent. Set one up, or"
        " send a mail from outside to the address below."
    ),
    "catch_all_ok": _lt(
        "A mail to an address that nobody has arrived in the mailbox after %(seconds)s seconds:"
        " the catch-all of %(domain)s works."
    ),
    "catch_all_refused": _lt(
        "The mail to an address that nobody has was refused: %(answer)s The catch-all of %(domain)s"
        " is not switched on."
    ),
    "catch_all_bounced": _lt(
        "The mail to an address that nobody has came back: %(answer)s The catch-all of %(domain)s"
        " is not switched on."
    ),
    "sending_later": _lt(
        "The mail to an address that nobody has was not taken for now: %(answer)s This says nothing"
        " of the catch-all of %(domain)s. Try the mailbox again later."
    ),
    "sending_refused": _lt(
        "The mail to an address that nobody has was not sent: %(answer)s The answer is about the"
        " outgoing account or the mail and says nothing of the catch-all of %(domain)s. A mail from"
        " outside to the address below tells."
    ),
    "catch_all_silent": _lt(
        "The mail to an address that nobody has was accepted, but did not arrive within %(minutes)s"
        " minutes. Some providers keep back what an account sends to itself: a mail from outside to"
        " the address below tells for certain."
    ),
    "catch_all_waiting": _lt("Waiting for the mail to an address that nobody has."),
    "outside_ok": _lt("The mail from outside arrived: other people's mail reaches the mailbox."),
    "outside_servers": _lt(
        "It was received by %(hosts)s. If these are your provider's servers, confirm them on the"
        " incoming account."
    ),
    "outside_checked": _lt(
        "It was received by %(hosts)s, and its sender was checked by %(ids)s. If these are your"
        " provider's servers, confirm them on the incoming account."
    ),
    "outside_silent": _lt(
        "No mail from outside has come to the address below. What an account sends to itself may"
        " take another way, so this last proof is missing."
    ),
    "junk": _lt(
        "The provider put mail of the probe into the Junk folder. It is fetched from there, but"
        " waits for a person: tell the provider that mail of your own account is no spam."
    ),
    "junk_unread": _lt(
        "The provider put mail of the probe into the Junk folder, and the account does not read"
        " it: switch “Read the Junk Folder” on."
    ),
    "elsewhere": _lt(
        "Mail of the probe lies in the folder “%(folder)s” and not in “%(read)s”, where it is"
        " fetched from. Look for a filter in the mailbox that moves or archives mail."
    ),
    "recipient_ok": _lt(
        "The header %(header)s names the address that a mail was sent to, also for a blind copy"
        " (Bcc)."
    ),
    "recipient_received": _lt(
        "The provider's Received lines name the address that a mail was sent to, also for a blind"
        " copy (Bcc)."
    ),
    "recipient_missing": _lt(
        "Nothing in a mail names the address that it was sent to. A blind copy (Bcc) or a mail of a"
        " list cannot be told from other mail; addresses in To and Cc are found. Ask the provider"
        " for a header such as X-Original-To, or add one by a rule."
    ),
    "recipient_other": _lt(
        "The account looks for the recipient in %(pinned)s, but this provider's mails have it in"
        " %(header)s. Change “Envelope Header” on the incoming account to %(header)s, or leave it"
        " empty."
    ),
    "recipient_pinned_missing": _lt(
        "The account looks for the recipient in %(pinned)s, which the mails of this provider do not"
        " have or fill otherwise. Leave “Envelope Header” empty on the incoming account."
    ),
    "two_ok": _lt("A mail to two addresses can be told apart: both of them are named."),
    "two_one": _lt(
        "Of a mail to two addresses only one is named by the provider. Aliases in To and Cc are"
        " found all the same, two blind copies (Bcc) of one mail are not."
    ),
    "sub_address_ok": _lt("Addresses with a plus sign (name+word@%(domain)s) arrive."),
    "sub_address_missing": _lt(
        "The mail to an address with a plus sign (name+word@%(domain)s) did not arrive: %(answer)s"
        " Tell nobody such addresses."
    ),
    "near_missing": _lt(
        "The mail to a mistyped alias did not arrive: %(answer)s The provider treats addresses that"
        " are like existing ones in another way."
    ),
    "author_ok": _lt("Mail leaves with the address of its author in From."),
    "author_rewritten": _lt(
        "The provider replaced the author's address in From by %(shown)s. Customers see the"
        " author's name with that address; the account remembers it for 90 days."
    ),
    "author_refused": _lt(
        "The provider does not send as other authors of %(domain)s: %(answer)s Customers see the"
        " author's name with the account's address; the account remembers it for 90 days."
    ),
    "author_possible": _lt(
        "The provider sends with the address of the author in From as well; the outgoing account is"
        " set to show its own."
    ),
    "author_rewritten_kept": _lt(
        "The provider replaced the author's address in From by %(shown)s, and the outgoing account"
        " is set to keep the author's. Choose “until the provider refuses it” or the account's"
        " address there."
    ),
    "author_refused_kept": _lt(
        "The provider does not send as other authors of %(domain)s: %(answer)s The outgoing account"
        " is set to keep the author's address, so their mail fails. Choose “until the provider"
        " refuses it” or the account's address there."
    ),
    "author_rewritten_already": _lt(
        "The provider replaces the author's address in From by %(shown)s. The outgoing account is"
        " set to show its own address, which is right here."
    ),
    "author_refused_already": _lt(
        "The provider does not send as other authors of %(domain)s: %(answer)s The outgoing account"
        " is set to show its own address, which is right here."
    ),
    "left_from": _lt("The receiver saw the mail come from %(address)s."),
    "unsigned": _lt(
        "The mail had no DKIM signature when it arrived. Providers often sign only what leaves to"
        " others; the check-up of the domain says whether a key is published."
    ),
    "signed": _lt("The mail was signed by %(domain)s with the selector %(selector)s (DKIM)."),
    "clock_ahead": _lt(
        "The mail server's clock is %(seconds)s seconds ahead of this machine's. Dates of mails are"
        " wrong and logins can fail: let both machines take the time from NTP."
    ),
    "clock_behind": _lt(
        "The mail server's clock is %(seconds)s seconds behind this machine's. Dates of mails are"
        " wrong and logins can fail: let both machines take the time from NTP."
    ),
}
