"""What is honest, and what must go on working: functions of (test, judge) -> what went wrong."""


def _differs(*pairs):
    """Words for each (what, is, should be) that is not as it should be."""
    return [
        f"{what} is {found!r}, not {wanted!r}" for what, found, wanted in pairs if found != wanted
    ]


def _message(judge):
    """The message on the record, else the one in an inbox; None for none."""
    posts = [post for post in judge.judged.posts if post.kind in ("email", "user_notification")]
    return max(posts, key=lambda post: bool(post.model), default=None)


def colleague_is_author(test, judge):
    """A proved colleague opens a record by the employees-only alias, as its author."""
    message = _message(judge)
    author = judge.judged.rows[0].sender
    return _differs(
        ("author", message and message.author, author),
        ("alias", [record.alias for record in judge.judged.records], ["staff@example.com"]),
        ("author check", judge.judged.rows[0].author_check, "verified"),
    )


def public_reply(test, judge):
    """A reply that the customer and everybody who follows may read, with its contact as author."""
    message = _message(judge)
    if message is None:
        return [f"no message: {judge.judged.rows[0]}"]
    return _differs(
        ("on the record", message.on_old_record, True),
        ("public", message.public, True),
        ("author", message.author, judge.judged.rows[0].sender),
        # not a second time, if the customer wrote to the boss as well
        (
            "told the boss",
            any(test.boss.email in post.notified for post in judge.judged.posts),
            True,
        ),
        ("left to others outside", judge.left(), []),
    )


def public_reply_of_a_follower(test, judge):
    """The same of somebody else outside who follows; the customer is told as well."""
    message = _message(judge)
    if message is None:
        return [f"no message: {judge.judged.rows[0]}"]
    return _differs(
        ("public", message.public, True),
        ("author", message.author, "follower@partner.test"),
        ("told outside", [address for address, _from in judge.left()], [test.customer.email]),
    )


def visitor_is_contact(_test, judge):
    """A form's visitor stands in Reply-To, and is the new record's contact."""
    return _differs(
        ("alias", [record.alias for record in judge.judged.records], ["sales@example.com"]),
        ("contact", [record.contact for record in judge.judged.records], ["visitor@private.test"]),
    )


def whole_message(test, judge):
    """A message of many recipients and files is routed with all of them."""
    files = test.rows.route_ids.mail_message_id.attachment_ids
    return _differs(
        ("alias", [record.alias for record in judge.judged.records], ["sales@example.com"]),
        ("files", len(files), 20),
        ("left", judge.left(), []),
    )


HONEST = {
    "0a": colleague_is_author,
    "0c": public_reply,
    "0e": visitor_is_contact,
    "0-follower": public_reply_of_a_follower,
    "0g": colleague_is_author,
    "0i": whole_message,
}
