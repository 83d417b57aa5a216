"""What each finding about an account means and what to do: one or two plain sentences a code.

``_lt`` only marks the sentences for translation: who shows them translates them. Durations and
dates in them are written in the reader's way by who shows them.
"""


def _lt(text: str) -> str:
    return text


# What a finding is about: the first word of its code, and its title on the screen.
SUBJECTS = {
    "account": _lt("Account"),
    "fetch": _lt("Fetching"),
    "send": _lt("Sending"),
    "mail": _lt("Mail that waits"),
    "jobs": _lt("Scheduled jobs"),
    "quota": _lt("Space in the mailbox"),
    "certificate": _lt("Certificate of the server"),
    "capability": _lt("What the server can do"),
}

SENTENCES = {
    # --- the account
    "account_unconfirmed": _lt(
        "The account is not confirmed, so nothing is fetched. Press “Test & Start” on its form."
    ),
    "account_other_database": _lt(
        "The account was set up in another database, of which this one is a copy, and does not"
        " fetch. Open its form and say which of the two goes on."
    ),
    # --- fetching
    "fetch_ok": _lt(
        "The last fetch was %(ago)s ago. New mails: %(count)s. It took %(seconds)s seconds."
    ),
    "fetch_never": _lt("Nothing has been fetched yet. “Fetch Now” does it at once."),
    "fetch_trouble": _lt("The last fetch failed, %(ago)s ago. It is tried again. %(error)s"),
    "fetch_failing": _lt(
        "Fetching has failed for %(ago)s. Mail waits in the mailbox, nothing is lost. %(error)s"
    ),
    "fetch_late": _lt(
        "Nothing was fetched for %(ago)s, although it is due every %(every)s. Look at the job"
        " “%(job)s” in Settings > Technical > Scheduled Actions, and into Odoo's log."
    ),
    # --- sending
    "send_ok": _lt(
        "A mail was last taken %(ago)s ago. Recipients in the last 24 hours: %(count)s."
    ),
    "send_never": _lt("No mail has left by this account yet, or not for 30 days."),
    "send_trouble": _lt(
        "The mail server could not be reached or refused the login, first %(ago)s ago. Mail waits"
        " in the queue and is tried again. It said: %(error)s"
    ),
    "send_failing": _lt(
        "The mail server has not been reached, or has refused the login, for %(ago)s. Mail waits"
        " in the queue. Check host, port, encryption, user name and password with “Test"
        " Connection”. It said: %(error)s"
    ),
    "send_waiting": _lt(
        "Mails that wait for another try: %(count)s, the oldest for %(ago)s. The last answer:"
        " %(error)s"
    ),
    "send_failed": _lt(
        "Mails of the last 7 days that could not be sent: %(count)s. The last answer: %(error)s."
        " Open them, correct the address or the cause, and retry."
    ),
    # --- mail that waits here
    "mail_waiting": _lt(
        "Mails that wait to be routed: %(count)s, the oldest for %(ago)s. It takes a minute. If"
        " no job is named above, look into Odoo's log for what holds the lanes up."
    ),
    "mail_failed": _lt(
        "Mails that failed: %(count)s. The last error: %(error)s. Open the list “Failed”, mend the"
        " cause, and replay them."
    ),
    # --- Odoo's scheduled jobs
    "jobs_fetch_off": _lt(
        "The job “%(job)s” is switched off, so nothing is fetched by itself. Switch it on in"
        " Settings > Technical > Scheduled Actions."
    ),
    "jobs_account_off": _lt(
        "The account's own job “%(job)s” is switched off, so with several accounts it is not"
        " fetched. Switch it on in Settings > Technical > Scheduled Actions."
    ),
    "jobs_lanes_off": _lt(
        "The jobs “Catch-all: route received mail” are switched off, so what is fetched makes no"
        " record. Switch them on in Settings > Technical > Scheduled Actions."
    ),
    "jobs_queue_off": _lt(
        "The job “%(job)s” is switched off, so mail that waits is not sent. Switch it on in"
        " Settings > Technical > Scheduled Actions."
    ),
    "jobs_none_here": _lt(
        "No scheduled job has run for %(ago)s, and this Odoo is started with max_cron_threads = 0:"
        " it runs none. Set it to 2 in Odoo's configuration, or start a server that runs jobs."
    ),
    "jobs_none_run": _lt(
        "No scheduled job has run for %(ago)s, though some are due. Is Odoo busy with one long"
        " job, or are its cron workers gone? Look into Odoo's log, and restart it if need be."
    ),
    # --- space
    "quota_ok": _lt("The mailbox is %(percent)s %% full (%(used)s of %(limit)s)."),
    "quota_near": _lt(
        "The mailbox is %(percent)s %% full (%(used)s of %(limit)s). When it is full, customers'"
        " mail is refused. Let fetched mail be deleted or moved (“After Fetching”), empty its"
        " folders, or buy space."
    ),
    "quota_full": _lt(
        "The mailbox is full (%(used)s of %(limit)s): mail of customers is being refused. Delete"
        " mail in it now; what was fetched is kept in Odoo."
    ),
    # --- certificate
    "certificate_ok": _lt("The certificate of %(host)s is valid until %(end)s."),
    "certificate_ends": _lt(
        "The certificate of %(host)s ends on %(end)s. Whoever runs the server must renew it until"
        " then, or programs that check it no longer connect."
    ),
    "certificate_ends_strict": _lt(
        "The certificate of %(host)s ends on %(end)s. Whoever runs the server must renew it until"
        " then: this account checks it, so that no mail leaves afterwards."
    ),
    "certificate_ended": _lt(
        "The certificate of %(host)s ended on %(end)s. Whoever runs the server must renew it now."
    ),
    "certificate_none": _lt(
        "The connection to %(host)s is not encrypted: the password and all mail can be read on"
        " the way. Choose SSL/TLS on the account."
    ),
    "certificate_none_offered": _lt(
        "The connection to %(host)s is not encrypted, although the server could: the password and"
        " all mail can be read on the way. Choose SSL/TLS on the account, with the port for it."
    ),
    # --- capabilities that matter with these settings
    "capability_no_move": _lt(
        "Without MOVE mails are copied to the folder and then deleted. That works, and takes"
        " longer."
    ),
    "capability_no_uidplus": _lt(
        "Without UIDPLUS what is fetched can only be marked as deleted, and fills the mailbox"
        " until a mail program empties it. “Mark as read” may be the better choice."
    ),
    "capability_no_uidl": _lt(
        "Without UIDL mails cannot be told apart, so this account cannot be fetched by POP3. Use"
        " IMAP."
    ),
}

# Per kind of server: what a capability is good for where it is there, and what its lack means.
CAPABILITIES: dict[str, dict[str, tuple[str, str]]] = {
    "imap": {
        "IDLE": (
            _lt("The server could announce new mail. Odoo fetches at intervals all the same."),
            _lt("The server cannot announce new mail. Nothing is lost: Odoo asks at intervals."),
        ),
        "MOVE": (
            _lt("Fetched mails are moved in one step."),
            _lt("Mails are copied and then deleted where they are to be moved."),
        ),
        "UIDPLUS": (
            _lt("Exactly those mails are deleted that are safe in Odoo."),
            _lt("Mails can only be marked as deleted; they fill the mailbox until it is emptied."),
        ),
        "QUOTA": (
            _lt("The server says how full the mailbox is."),
            _lt("Nobody knows how full the mailbox is until mail is refused. Ask the provider."),
        ),
        "STATUS=SIZE": (
            _lt("The server tells the size of a folder at once."),
            _lt("The size of a folder is not told. Sizes of single mails always are."),
        ),
        "SPECIAL-USE": (
            _lt("The Junk folder is found by its mark, whatever it is called."),
            _lt("The Junk folder is only found if it has a usual name, such as “Junk”."),
        ),
        "STARTTLS": (
            _lt("An unencrypted connection can be made a safe one."),
            _lt("Encryption is there from the start (SSL/TLS), or not at all."),
        ),
    },
    "pop": {
        "UIDL": (
            _lt("Each mail has a name of its own, so that none is fetched twice."),
            _lt("Mails cannot be told apart: this account cannot be fetched. Use IMAP."),
        ),
        "TOP": (
            _lt("Headers can be read alone, so that old mail can be left out (“Fetch From”)."),
            _lt("Old mail cannot be told from new without fetching it (“Fetch From”)."),
        ),
        "STLS": (
            _lt("An unencrypted connection can be made a safe one."),
            _lt("Encryption is there from the start (SSL/TLS), or not at all."),
        ),
    },
    "smtp": {
        "SIZE": (
            _lt("The server says how large a mail may be."),
            _lt("How large a mail may be is found out only when one is refused."),
        ),
        "STARTTLS": (
            _lt("The connection can be encrypted."),
            _lt("Encryption is there from the start (SSL/TLS), or not at all."),
        ),
        "AUTH": (
            _lt("The server asks for a login, so that nobody else sends in your name."),
            _lt("The server takes no login: it knows Odoo by its network address, or anybody."),
        ),
        "DSN": (
            _lt("The server reports in a standard form what could not be delivered."),
            _lt("Reports about undelivered mail may come in a form of the server's own."),
        ),
        "SMTPUTF8": (
            _lt("Addresses with letters such as ü before the @ can be written to."),
            _lt("Addresses with letters such as ü before the @ cannot be written to."),
        ),
        "8BITMIME": (
            _lt("Texts with accents leave as they are."),
            _lt("Texts with accents are encoded, which makes mails a little larger."),
        ),
        "PIPELINING": (
            _lt("Several commands go in one step."),
            _lt("Each command waits for its answer, so that many mails take longer."),
        ),
    },
}
