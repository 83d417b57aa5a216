"""What must hold of each kind of attack, and of what is honest.

:func:`wrong` plays a case and returns what went wrong, in words.
"""

import re
from email import message_from_string

from .honest import HONEST
from .judge import Judge

ACTIVE = re.compile(r"<script|<[^>]*\son\w+\s*=|javascript:", re.IGNORECASE)
MARKUP = re.compile(rf"<svg|<img|{ACTIVE.pattern}", re.IGNORECASE)


def wrong(test, case):
    """Play a case; return what went wrong, in words; nothing means that it held."""
    judge = Judge(test.env, test.play(case))
    if case.kind == "0":
        return HONEST[case.like](test, judge)
    return MUST.get(case.like, MUST.get(case.kind, forged))(test, judge, case)


def forged(_test, judge, _case):
    """A note or To Sort; nothing in anybody's name, nothing outside."""
    return judge.forged()


def by_customer(test, judge, _case):
    """The customer's token: public on its own record, and nothing anywhere else."""
    proved = all(row.sender == test.customer.email for row in judge.judged.rows)
    return [words for words in judge.forged() if not (proved and words.startswith("public"))]


def acknowledged(_test, judge, case):
    """What leaves by itself to the senders, counted."""
    left = len(judge.left())
    counted = f"{left} acknowledgements left, {case.may_leave} may"
    return ([] if left == case.may_leave else [counted]) + judge.lost()


def by_login(_test, judge, case):
    """The login is proved, not From: nobody is the author but the login's own user."""
    login = case.login
    return [
        words
        for words in judge.forged()
        if words not in (f"author {login}", f"record made as {login}")
    ]


def only_where_it_was_sent(_test, judge, _case):
    """Delivery fields of strangers name no recipient."""
    made = [record.alias for record in judge.judged.records]
    places = [] if made == ["sales@example.com"] else [f"records by {made}"]
    inboxes = [post for post in judge.judged.posts if not post.model]
    return judge.forged() + places + ["in a user's inbox"] * bool(inboxes)


def waits(_test, judge, _case):
    """A person decides: nothing is made, and nothing is lost."""
    states = {row.state for row in judge.judged.rows} - {"quarantined"}
    made = [f"made {record.model}" for record in judge.judged.records]
    return made + [f"state {state}" for state in states]


def makes_nothing(_test, judge, _case):
    """An automatic reply to an alias makes no record, and gets no reply."""
    made = [f"made {record.model}" for record in judge.judged.records]
    return made + [f"mailed to {address}" for address, _sender in judge.left()]


def customer_counts_as_reachable(test, judge, _case):
    """Bounces that strangers wrote count against nobody, and tell nobody outside.

    They may mark the notification of the offer (models/routing/bounce.py says why).
    """
    test.customer.invalidate_recordset()
    words = ["the customer counts as bounced"] * bool(test.customer.message_bounce)
    return words + [f"mailed to {address}" for address, _sender in judge.left()]


def relays_no_header(_test, judge, _case):
    """What is hidden in a header stays text in what we send on."""
    words = set()
    for sent in judge.judged.sent:
        message = message_from_string(sent.raw)
        words |= {f"{name} relayed" for name in ("Bcc", "X-Planted") if message[name]}
        words |= {f"mailed to {address}" for address in sent.to if "planted" in address}
    return sorted(words)


def shows_no_markup(test, judge, _case):
    """What the ledger and records show of a message runs nothing; of its headers nothing at all."""
    row = test.rows
    fields = [name for name, field in row._fields.items() if field.type == "html"]
    shown = [(name, MARKUP if "body" not in name else ACTIVE, row[name]) for name in fields]
    shown.append(("the record's message", ACTIVE, row.route_ids.mail_message_id.body))
    found = {(name, pattern.search(str(text or ""))) for name, pattern, text in shown}
    words = sorted(f"markup in {name}: {match[0][:60]}" for name, match in found if match)
    return words + judge.lost()


def not_swallowed(test, judge, _case):
    """The customer's message stands on the record, though its Message-ID was used before."""
    customer = test.customer.email
    posts = [post for post in judge.judged.posts if post.author == customer and post.on_old_record]
    return ([] if posts else ["the customer's message is not on the record"]) + judge.lost()


MUST = {
    "6c": by_customer,
    "11": acknowledged,
    "19": by_login,
    "N-replay": waits,
    "Ni": only_where_it_was_sent,
    "Nk": makes_nothing,
    "Nm": customer_counts_as_reachable,
    "No": relays_no_header,
    "Nr": shows_no_markup,
    "Nt": not_swallowed,
}
