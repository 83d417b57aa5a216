"""What an outcome is worth: compared with tests/mails/expected.json, in a few words.

Pure: outcomes come from odoo_sides.py as JSON, the words go into docs/mails.md.
"""

import re

_SIGNED = re.compile(rb"\breply-[a-z2-7]{20,}@", re.IGNORECASE)
# In the order of the page; what each means to the one who reads it.
WORDS = {
    "right": "the expected place and customer, and nothing sent to the sender",
    "lost": "nothing created, nobody told; the message is marked as read, the log has one line",
    "not fetched": "left in the Junk folder, where Odoo never looks",
    "bounced": "nothing created; the sender gets “your mail could not be delivered”",
    "partly": "one of several places was reached",
    "wrong place": "a message or record where it does not belong",
    "let in": "a record was created for what nobody wants, or what a person should have seen first",
    "wrong customer": "the right place, but a reply would go to another address, or to none",
    "impersonated": "posted in the name of a colleague who is not proved to have written it",
    "false bounce": "taken for a bounce, which it is not: nothing created, the address is marked",
    "answered": "the right place, but a program got an automatic reply",
    "no such address": "plain Odoo signs no addresses, so these messages are not for it",
}
# Outcomes that are told with the places that were reached.
SHOWN = {"partly", "wrong place", "let in"}


def problems(expected, wanted, outcome):
    """Return in which respects this addon's outcome is not the expected one, as codes.

    :param set wanted: the expected targets, users by their own address
    """
    found = [key for key in ("state", "reason") if outcome[key] != expected[key]]
    if outcome["state"] == "failed":
        return found
    if set(outcome["places"]) != wanted or len(outcome["places"]) != len(wanted):
        found.append("targets")
    if "contact" in expected and {expected["contact"]} != {
        outcome["contact"],
        *outcome["contacts"],
    }:
        found.append("contact")
    found += [
        key
        for key in ("author_check", "suggestions")
        if key in expected and outcome[key] != expected[key]
    ]
    if len(outcome["records"]) + outcome["inboxes"] != len(wanted):
        found.append("records")
    if outcome["bounced"]:
        found.append("bounced")
    if outcome["answered"] and not expected["human"]:
        found.append("answered")
    if outcome["internal_author"] and outcome["author_check"] != "verified":
        found.append("impersonated")
    if outcome["taken_for_bounce"] and expected["reason"] != "bounce":
        found.append("false bounce")
    return found


def expected_cell(expected):
    """What expected.json says, as docs/mails.md shows it."""
    targets = ", ".join(f"`{target}`" for target in expected["targets"])
    cell = f"{expected['state']}, {expected['reason']}"
    cell += f": {targets}" if targets else ""
    return f"{cell}, customer `{expected['contact']}`" if expected.get("contact") else cell


def judge_plain(source, expected, wanted, plain, author_check):
    """Return the word for what plain Odoo did.

    :param str author_check: what the headers prove about the author, as this addon reads them
    """
    if _SIGNED.search(source):
        return "no such address"
    if plain.get("not_fetched"):
        return "not fetched"
    places = set(plain["places"])
    if plain["bounced"] and not places:
        return "bounced"
    if plain["taken_for_bounce"] and expected["reason"] != "bounce":
        return "false bounce"
    if not wanted:
        return _judge_nothing(expected, plain)
    if not places:
        return "lost"
    if places != {item.partition(",")[0] for item in wanted}:
        return "partly" if places < wanted else "wrong place"
    if plain["internal_author"] and author_check != "verified":
        return "impersonated"
    if "contact" in expected and set(plain["contacts"]) != {expected["contact"]}:
        return "wrong customer"
    return "answered" if plain["answered"] and not expected["human"] else "right"


def _judge_nothing(expected, plain):
    """The word where no record should have been created."""
    if plain["places"]:
        return "let in"
    if expected["state"] == "quarantined":
        return "lost"
    noticed = plain["taken_for_bounce"] or expected["reason"] != "bounce"
    return "right" if noticed else "lost"
