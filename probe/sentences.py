"""What each finding of a probe means, in plain words. ``_lt`` only marks them for translation."""

from ..findings import Wording
from ..translatable import _lt

_SENTENCES = {
    "mailbox_failed": _lt("The mailbox could not be read: %(answer)s"),
    "sending_failed": _lt(
        "The outgoing account could not send: %(answer)s The mailbox can still be tested with an"
        " email from outside."
    ),
    "no_account": _lt(
        "No outgoing catch-all account serves %(domain)s, so nothing could be sent. Set one up, or"
        " send an email from outside to the address below."
    ),
    "catch_all_ok": _lt(
        "An email to a nonexistent address arrived in the mailbox after %(seconds)s s: the"
        " catch-all of %(domain)s works."
    ),
    "catch_all_refused": _lt(
        "The email to a nonexistent address was refused: %(answer)s The catch-all of %(domain)s is"
        " not switched on."
    ),
    "catch_all_bounced": _lt(
        "The email to a nonexistent address bounced: %(answer)s The catch-all of %(domain)s is not"
        " switched on."
    ),
    "sending_later": _lt(
        "The email to a nonexistent address was temporarily refused: %(answer)s This says nothing"
        " about the catch-all of %(domain)s. Test the mailbox again later."
    ),
    "sending_refused": _lt(
        "The email to a nonexistent address was not sent: %(answer)s The answer is about the"
        " outgoing account or the email and says nothing about the catch-all of %(domain)s. Send an"
        " email from outside to the address below to find out."
    ),
    "catch_all_silent": _lt(
        "The email to a nonexistent address was accepted, but did not arrive in time (minutes"
        " waited: %(minutes)s). Some providers hold back what an account sends to itself: send an"
        " email from outside to the address below to find out for certain."
    ),
    "catch_all_waiting": _lt("Waiting for the email to a nonexistent address."),
    "outside_ok": _lt(
        "The email from outside arrived: mail from other people reaches the mailbox."
    ),
    "outside_servers": _lt(
        "It was received by %(hosts)s. If these are your provider's servers, confirm them on the"
        " incoming account."
    ),
    "outside_checked": _lt(
        "It was received by %(hosts)s, and its sender was checked by %(ids)s. If these are your"
        " provider's servers, confirm them on the incoming account."
    ),
    "forged_removed": _lt(
        "Forged results of authentication are removed on the way in: %(results)s. What your server"
        " says there about a sender is trusted from now on."
    ),
    "forged_kept": _lt(
        "Forged results of authentication arrived unchanged: %(results)s. Anybody can write them,"
        " so they prove nothing; signatures are verified by Odoo instead."
    ),
    "forged_unknown": _lt(
        "The email with forged results arrived, but none of the servers in it is known as yours."
        " Confirm your provider's servers on the incoming account and test again."
    ),
    "forged_inside": _lt(
        "The email with forged results did not come from outside, so it shows nothing. Send it from"
        " another provider or network."
    ),
    "forged_lost": _lt(
        "The email with forged results arrived without them, but another server may have removed"
        " them. Hand it in directly at your mail server, as the command shows."
    ),
    "outside_silent": _lt(
        "No email from outside has arrived at the address below. What an account sends to itself"
        " may take another route, so this last proof is missing."
    ),
    "junk": _lt(
        "The provider put test emails into the Junk folder. Mail is fetched from there, but it goes"
        " to To Sort: tell the provider that mail from your own account is not spam."
    ),
    "junk_unread": _lt(
        "The provider put test emails into the Junk folder, and the account does not read it:"
        " switch on “Read the Junk Folder”."
    ),
    "elsewhere": _lt(
        "Test emails are in the folder “%(folder)s” and not in “%(read)s”, where Odoo fetches mail"
        " from. Look for a filter in the mailbox that moves or archives mail."
    ),
    "recipient_ok": _lt(
        "The header %(header)s names the address that an email was sent to, even for a blind copy"
        " (Bcc)."
    ),
    "recipient_received": _lt(
        "The provider's Received headers name the address that an email was sent to, even for a"
        " blind copy (Bcc)."
    ),
    "recipient_missing": _lt(
        "Nothing in an email names the address that it was sent to. Recipients in To and Cc are"
        " found, but those of a blind copy (Bcc) or a mailing list are not. Ask the provider for a"
        " header such as X-Original-To, or add one with a rule."
    ),
    "recipient_other": _lt(
        "The account looks for the recipient in %(pinned)s, but this provider writes it to"
        " %(header)s. Change “Envelope Header” on the incoming account to %(header)s, or leave it"
        " empty."
    ),
    "recipient_pinned_missing": _lt(
        "The account looks for the recipient in %(pinned)s, but this provider does not write this"
        " header, or writes something else to it. Leave “Envelope Header” empty on the incoming"
        " account."
    ),
    "two_ok": _lt("The recipients of an email to two addresses can be told apart: both are named."),
    "two_one": _lt(
        "The provider names only one recipient of an email to two addresses. Aliases in To and Cc"
        " are still found, but two blind copies (Bcc) of one email are not."
    ),
    "sub_address_ok": _lt("Addresses with a plus sign (name+word@%(domain)s) arrive."),
    "sub_address_missing": _lt(
        "The email to an address with a plus sign (name+word@%(domain)s) did not arrive. %(answer)s"
        " Do not give out such addresses."
    ),
    "near_missing": _lt(
        "The email to a mistyped alias did not arrive. %(answer)s The provider treats addresses"
        " that resemble existing ones differently."
    ),
    "author_ok": _lt("Mail leaves with its author's address in From."),
    "author_rewritten": _lt(
        "The provider replaced the author's address in From with %(shown)s. Customers see the"
        " author's name with that address; the account remembers this for 90 days."
    ),
    "author_refused": _lt(
        "The provider does not send as other authors of %(domain)s: %(answer)s Customers see the"
        " author's name with the account's address; the account remembers this for 90 days."
    ),
    "author_possible": _lt(
        "The provider can also send with the author's address in From; the outgoing account is set"
        " to show its own."
    ),
    "author_rewritten_kept": _lt(
        "The provider replaced the author's address in From with %(shown)s, but the outgoing"
        " account is set to keep the author's. Change “Visible From Address” on that account."
    ),
    "author_refused_kept": _lt(
        "The provider does not send as other authors of %(domain)s: %(answer)s The outgoing account"
        " is set to keep the author's address, so their emails fail. Change “Visible From Address”"
        " on that account."
    ),
    "author_rewritten_already": _lt(
        "The provider replaces the author's address in From with %(shown)s. The outgoing account is"
        " set to show its own address, which is right here."
    ),
    "author_refused_already": _lt(
        "The provider does not send as other authors of %(domain)s: %(answer)s The outgoing account"
        " is set to show its own address, which is right here."
    ),
    "left_from": _lt("The receiving server saw the email come from %(address)s."),
    "unsigned": _lt(
        "The email had no DKIM signature when it arrived. Providers often sign only mail that"
        " leaves for other servers; the Domain Check shows whether a key is published."
    ),
    "signed": _lt("The email was signed by %(domain)s with the selector %(selector)s (DKIM)."),
    "clock_ahead": _lt(
        "The mail server's clock is %(seconds)s seconds ahead of this machine's. Emails get wrong"
        " dates, and logins can fail: synchronise both machines by NTP."
    ),
    "clock_behind": _lt(
        "The mail server's clock is %(seconds)s seconds behind this machine's. Emails get wrong"
        " dates, and logins can fail: synchronise both machines by NTP."
    ),
}

WORDING = Wording(_SENTENCES)

# What the provider's own steps for switching a catch-all on would fix.
FIXED_BY_PROVIDER = frozenset({"catch_all_refused", "catch_all_bounced", "catch_all_silent"})
