"""What each finding about an account means and what to do: one or two plain sentences a code.

``_lt`` only marks the sentences for translation: who shows them translates them. Durations and
dates in them are written in the reader's way by who shows them.
"""

from ..findings import Wording
from ..translatable import _lt

# What a finding is about: the first word of its code, and its title on the screen.
_SUBJECTS = {
    "account": _lt("Account"),
    "fetch": _lt("Fetching"),
    "send": _lt("Sending"),
    "mail": _lt("Routing"),
    "jobs": _lt("Scheduled jobs"),
    "quota": _lt("Mailbox quota"),
    "certificate": _lt("Server certificate"),
    "capability": _lt("Server capabilities"),
}

_SENTENCES = {
    # --- the account
    "account_unconfirmed": _lt(
        "The account is not confirmed, so nothing is fetched. Press “Test & Start” on its form."
    ),
    "account_other_database": _lt(
        "The account was set up in another database, of which this one is a copy, so it does not"
        " fetch. Open its form and choose which of the two continues."
    ),
    # --- fetching
    "fetch_ok": _lt(
        "The last fetch was %(ago)s ago. New emails: %(count)s. It took %(seconds)s seconds."
    ),
    "fetch_never": _lt("Nothing has been fetched yet. Press “Fetch Now” to fetch at once."),
    "fetch_trouble": _lt(
        "Fetching failed, first %(ago)s ago. It is tried again automatically. %(error)s"
    ),
    "fetch_failing": _lt(
        "Fetching has failed for %(ago)s. Mail stays in the mailbox, so nothing is lost. %(error)s"
    ),
    "fetch_refused": _lt("The mail server refuses something while emails arrive. %(error)s"),
    "fetch_late": _lt(
        "Nothing has been fetched for %(ago)s, although a fetch is due every %(every)s. Check the"
        " job “%(job)s” in Settings > Technical > Scheduled Actions, and Odoo's log."
    ),
    # --- sending
    "send_ok": _lt(
        "The mail server last accepted an email %(ago)s ago. Recipients in the last 24 hours:"
        " %(count)s."
    ),
    "send_never": _lt(
        "No email has been sent through this account yet, or not in the last 30 days."
    ),
    "send_trouble": _lt(
        "The mail server could not be reached or refused the login, first %(ago)s ago. Outgoing"
        " mail waits in the queue and is tried again. The error: %(error)s"
    ),
    "send_failing": _lt(
        "The mail server has been unreachable, or has refused the login, for %(ago)s. Outgoing mail"
        " waits in the queue. Check the host, port, encryption, user name and password with “Test"
        " Connection”. The error: %(error)s"
    ),
    "send_waiting": _lt(
        "Emails waiting for another attempt: %(count)s, the oldest for %(ago)s. The last answer:"
        " %(error)s"
    ),
    "send_failed": _lt(
        "Emails that could not be sent in the last 7 days: %(count)s. The last answer: %(error)s."
        " Open them, correct the address or the cause, and retry."
    ),
    # --- mail that waits here
    "mail_waiting": _lt(
        "Emails waiting to be routed: %(count)s, the oldest for %(ago)s. Routing should take a"
        " minute. If no job is named above, check Odoo's log for what blocks processing."
    ),
    "mail_failed": _lt(
        "Failed emails: %(count)s. The last error: %(error)s. Open the list “Failed”, fix the"
        " cause, and route them again."
    ),
    # --- Odoo's scheduled jobs
    "jobs_fetch_off": _lt(
        "The job “%(job)s” is switched off, so nothing is fetched automatically. Switch it on in"
        " Settings > Technical > Scheduled Actions."
    ),
    "jobs_account_off": _lt(
        "The account's own job “%(job)s” is switched off. With several accounts, each is fetched by"
        " its own job, so this one is not fetched. Switch the job on in Settings > Technical >"
        " Scheduled Actions."
    ),
    "jobs_lanes_off": _lt(
        "The jobs “Catch-all: route received mail” are switched off, so fetched emails are not"
        " routed. Switch them on in Settings > Technical > Scheduled Actions."
    ),
    "jobs_queue_off": _lt(
        "The job “%(job)s” is switched off, so queued emails are not sent. Switch it on in Settings"
        " > Technical > Scheduled Actions."
    ),
    "jobs_none_here": _lt(
        "No scheduled job has run for %(ago)s, and this Odoo was started with max_cron_threads = 0,"
        " so it runs none. Set it to 2 in Odoo's configuration, or start a server that runs jobs."
    ),
    "jobs_none_run": _lt(
        "No scheduled job has run for %(ago)s, although some are due. Odoo may be busy with one"
        " long job, or its cron workers may have stopped. Check Odoo's log, and restart Odoo if"
        " necessary."
    ),
    # --- space
    "quota_ok": _lt("The mailbox is %(percent)s%% full (%(used)s of %(limit)s)."),
    "quota_near": _lt(
        "The mailbox is %(percent)s%% full (%(used)s of %(limit)s). When it is full, customers'"
        " mail is refused. Have fetched mail deleted or moved (“After Fetching”), empty its"
        " folders, or buy more space."
    ),
    "quota_full": _lt(
        "The mailbox is full (%(used)s of %(limit)s), so customers' mail is refused. Delete mail"
        " from it now; everything that was fetched is kept in Odoo."
    ),
    # --- certificate
    "certificate_ok": _lt("The certificate of %(host)s is valid until %(end)s."),
    "certificate_ends": _lt(
        "The certificate of %(host)s expires on %(end)s. The server's administrator must renew it"
        " before then, or programs that check it can no longer connect."
    ),
    "certificate_ends_strict": _lt(
        "The certificate of %(host)s expires on %(end)s. The server's administrator must renew it"
        " before then: this account checks it, so no mail is sent afterwards."
    ),
    "certificate_ended": _lt(
        "The certificate of %(host)s expired on %(end)s. The server's administrator must renew it"
        " now."
    ),
    "certificate_none": _lt(
        "The connection to %(host)s is not encrypted: the password and all mail can be read in"
        " transit. Choose SSL/TLS on the account."
    ),
    "certificate_none_offered": _lt(
        "The connection to %(host)s is not encrypted, although the server supports it: the password"
        " and all mail can be read in transit. Choose SSL/TLS on the account, with the port for it."
    ),
    # --- capabilities that matter with these settings
    "capability_no_move": _lt(
        "The server does not support MOVE, so emails are copied to the folder and then deleted."
        " This works, but takes longer."
    ),
    "capability_no_uidplus": _lt(
        "The server does not support UIDPLUS, so fetched emails can only be marked as deleted, and"
        " fill the mailbox until a mail client purges them. “Mark as read” may be the better"
        " choice."
    ),
    "capability_no_uidl": _lt(
        "The server does not support UIDL, so emails cannot be told apart, and this account cannot"
        " be fetched by POP3. Use IMAP."
    ),
}

WORDING = Wording(_SENTENCES, _SUBJECTS)

# Per kind of server: what a capability is good for where it is there, and what its lack means.
CAPABILITIES: dict[str, dict[str, tuple[str, str]]] = {
    "imap": {
        "IDLE": (
            _lt("The server can announce new mail. Odoo still fetches at intervals."),
            _lt("The server cannot announce new mail. Nothing is lost: Odoo fetches at intervals."),
        ),
        "MOVE": (
            _lt("Fetched emails are moved in one step."),
            _lt("Emails are copied and then deleted instead of being moved."),
        ),
        "UIDPLUS": (
            _lt("Only emails that are safe in Odoo are deleted."),
            _lt("Emails can only be marked as deleted; they fill the mailbox until it is purged."),
        ),
        "QUOTA": (
            _lt("The server reports how full the mailbox is."),
            _lt("How full the mailbox is remains unknown until mail is refused. Ask the provider."),
        ),
        "STATUS=SIZE": (
            _lt("The server reports the size of a whole folder."),
            _lt("The server reports the size of each email, but not of a whole folder."),
        ),
        "SPECIAL-USE": (
            _lt("The Junk folder is found by its flag, whatever its name is."),
            _lt("The Junk folder is found only if it has a usual name, such as “Junk”."),
        ),
        "STARTTLS": (
            _lt("An unencrypted connection can be switched to an encrypted one."),
            _lt("A connection is encrypted from the start (SSL/TLS) or not at all."),
        ),
    },
    "pop": {
        "UIDL": (
            _lt("Each email has its own identifier, so none is fetched twice."),
            _lt("Emails cannot be told apart, so this account cannot be fetched. Use IMAP."),
        ),
        "TOP": (
            _lt("Headers can be read on their own, so old emails can be left out (“Fetch From”)."),
            _lt("Old emails cannot be told from new ones without fetching them (“Fetch From”)."),
        ),
        "STLS": (
            _lt("An unencrypted connection can be switched to an encrypted one."),
            _lt("A connection is encrypted from the start (SSL/TLS) or not at all."),
        ),
    },
    "smtp": {
        "SIZE": (
            _lt("The server reports how large an email may be."),
            _lt("The size limit becomes known only when an email is refused."),
        ),
        "STARTTLS": (
            _lt("The connection can be encrypted."),
            _lt("A connection is encrypted from the start (SSL/TLS) or not at all."),
        ),
        "AUTH": (
            _lt("The server asks for a login, so nobody else can send in your name."),
            _lt(
                "The server asks for no login: it accepts Odoo by its IP address, or accepts"
                " anyone."
            ),
        ),
        "DSN": (
            _lt("The server reports undeliverable mail in a standard format."),
            _lt("Reports about undeliverable mail may come in the server's own format."),
        ),
        "SMTPUTF8": (
            _lt("Emails can be sent to addresses with letters such as ü before the @."),
            _lt("Emails cannot be sent to addresses with letters such as ü before the @."),
        ),
        "8BITMIME": (
            _lt("Text with accented letters is sent as it is."),
            _lt("Text with accented letters is encoded, which makes emails slightly larger."),
        ),
        "PIPELINING": (
            _lt("Several commands are sent in one step."),
            _lt("Each command waits for its answer, so sending many emails takes longer."),
        ),
    },
}
