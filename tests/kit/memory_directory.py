"""A company in memory: what the messages in tests/mails/ assume, as the router's Directory."""

import json
from functools import lru_cache
from pathlib import Path

from ...router.directory import Directory
from ...router.message.lists import is_under
from ...router.places import Alias, ReplyTarget, ThreadMessage, User
from ...router.policy import Policy
from ...router.sent import SentMessage

MAILS = Path(__file__).parent.parent / "mails"
EXPECTED = json.loads((MAILS / "expected.json").read_text(encoding="utf-8"))


class MemoryDirectory(Directory):
    """Answers from a dictionary of the form of tests/mails/world.json."""

    def __init__(self, world):
        self.world = world
        self.by_id = {item["id"]: Alias(**item) for item in world.get("aliases", ())}
        self._aliases = {}
        for alias in self.by_id.values():
            self._aliases.setdefault(alias.address, []).append(alias)
        self._users = {item["address"]: User(**item) for item in world.get("users", ())}
        self._messages = {
            item["message_id"]: ThreadMessage(item["id"], item["model"], item["res_id"])
            for item in world.get("messages", ())
        }
        self._partners = {item["id"]: item for item in world.get("partners", ())}
        self._records = {(item["model"], item["res_id"]): item for item in world.get("records", ())}
        self._models = {number: name for name, number in world.get("models", {}).items()}
        self._known = {}
        for address in (*self._aliases, *self._users, *world.get("archived", ())):
            self._known.setdefault(address.rpartition("@")[2], []).append(address)
        self._delivered = world.get("delivered", {})
        self._sent = world.get("sent", {})  # content: addresses in From
        self._sent_ids = world.get("sent_ids", ())

    def aliases(self, address):
        return self._aliases.get(address, ())

    def user(self, address):
        return self._users.get(address)

    def is_ours(self, address):
        domains = self.world.get("domains", ())
        return address in self._users or is_under(address.rpartition("@")[2], domains)

    def addresses_of_login(self, login):
        return frozenset({login})

    def familiar(self, model, res_id, address):
        record = self._records.get((model, res_id), {})
        known = (*record.get("correspondents", ()), *record.get("followers", ()))
        return address in known or address.rpartition("@")[2] in record.get("companies", ())

    def thread(self, message_ids):
        found = [self._messages[item] for item in message_ids if item in self._messages]
        return max(found, key=lambda item: item.id, default=None)

    def event(self, uid):
        found = self.world.get("events", {}).get(uid)
        return tuple(found) if found else None

    def delivered(self, mail):
        if mail.message_id not in self._delivered:
            return None
        addresses = self._delivered[mail.message_id]
        return frozenset(f"alias:{alias.id}" for name in addresses for alias in self.aliases(name))

    def sent(self, mail, content):
        senders = self._sent.get(content) if content else None
        if senders:
            return SentMessage(frozenset(senders))
        return SentMessage() if mail.message_id in self._sent_ids else None

    def reply_target(self, token, sender):
        model = self._models.get(token.model_id, "")
        record = self._records.get((model, token.res_id))
        if record is None:
            return None
        partner = self._partners.get(token.partner_id, {"address": ""})
        company = partner.get("company_domain")
        is_partner = bool(sender) and sender == partner["address"]
        return ReplyTarget(
            model,
            token.res_id,
            parent_id=token.parent_id,
            familiar=is_partner
            or sender in record.get("followers", ())
            or bool(company and sender.endswith(f"@{company}")),
            is_partner=is_partner,
            closed=record.get("closed", False),
            alias=self.by_id.get(record.get("alias")),
        )

    def known_addresses(self, domain):
        return self._known.get(domain, ())

    def rules(self):
        return ()

    def policy(self, account="default"):
        """The policy of an account of the world."""
        settings = dict(self.world["accounts"][account])
        settings.pop("comment", None)
        for name in ("own_hosts", "exclusive_hosts", "trusted_authserv_ids"):
            settings[name] = frozenset(settings.get(name, ()))
        settings["results_shown"] = frozenset(map(tuple, settings.get("results_shown", ())))
        return Policy(
            domains=frozenset(self.world["domains"]),
            own_addresses=frozenset(self.world["own_addresses"]),
            bounce_addresses=frozenset({"bounce@example.com"}),
            secret=self.world["secret"].encode(),
            database=self.world["database"],
            **settings,
        )


@lru_cache(maxsize=1)
def world_directory():
    """The company of tests/mails/world.json."""
    return MemoryDirectory(json.loads((MAILS / "world.json").read_text(encoding="utf-8")))


def describe(route):
    """A route as tests/mails/expected.json writes it."""
    if route.user_id:
        return route.address
    if route.continues:
        return f"{route.model}/new, continues {route.continues}"
    if route.alias and (not route.res_id or route.res_id == route.alias.force_thread_id):
        return route.alias.address
    where = f"{route.model}/{route.res_id or 'new'}"
    return f"{where}, internal note" if route.internal else where
