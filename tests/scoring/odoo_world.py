"""The company of tests/mails/world.json inside an Odoo database, with this addon or without.

Records get ids of Odoo's own; the world's numbers (``crm.lead/42``) are translated back when an
outcome is described, so that it compares with tests/mails/expected.json.
"""

import json
from difflib import get_close_matches
from pathlib import Path

MAILS = Path(__file__).parent.parent / "mails"
NOWHERE = 999_999_999  # the id of a record that is gone

# What makes the records of an alias in a real company, and brings the alias along.
OWNERS = {
    "crm.lead": ("crm.team", {}),
    "hr.applicant": ("hr.job", {}),
    "project.task": ("project.project", {}),
    "account.move": ("account.journal", {"type": "purchase"}),
}
SUBJECTS = {"crm.lead": "name", "project.task": "name", "hr.applicant": "partner_name"}


def world_json():
    """The world as the file has it."""
    return json.loads((MAILS / "world.json").read_text(encoding="utf-8"))


class OdooWorld:
    """The company, made in ``env``: as plain Odoo's administrator would set it up."""

    def __init__(self, env):
        self.env = env
        self.world = world_json()
        self.records = {}  # (model, number in the world) -> record
        self._clear()
        self.domains = {name: self._domain(name) for name in self.world["domains"]}
        env.company.alias_domain_id = next(iter(self.domains.values()))
        env.company.email = f"office@{self.world['domains'][0]}"
        self.users = {item["id"]: self._user(item["address"]) for item in self.world["users"]}
        for address in self.world["archived"]:
            self._user(address).active = False
        self.partners = {item["id"]: self._partner(item) for item in self.world["partners"]}
        self.aliases = {item["id"]: self._alias(item) for item in self.world["aliases"]}
        for item in self.world["records"]:
            self._describe_record(item)
        self.messages = {item["id"]: self._message(item) for item in self.world["messages"]}
        self.delivered = {key: self._deliver(key) for key in self.world["delivered"]}
        env.flush_all()

    def _clear(self):
        """Leave no address that the world does not know."""
        self.env["mail.alias"].search([("alias_name", "!=", False)]).alias_name = False

    def _domain(self, name):
        Domain = self.env["mail.alias.domain"]
        return Domain.search([("name", "=", name)]) or Domain.create(
            {"name": name, "catchall_alias": "catchall", "bounce_alias": "bounce"}
        )

    def _user(self, address):
        values = {"name": address.partition("@")[0], "login": address, "email": address}
        return self.env["res.users"].create({**values, "notification_type": "inbox"})

    def _partner(self, item):
        known = self.env["res.partner"].search([("email_normalized", "=", item["address"])])
        if known:
            return known
        parent = self.env["res.partner"]
        if company := item.get("company_domain"):
            values = {"name": company, "is_company": True, "email": f"info@{company}"}
            parent = parent.create(values)
        return parent.create(
            {
                "name": item["address"].partition("@")[0].title(),
                "email": item["address"],
                "parent_id": parent.id,
            }
        )

    def _alias(self, item):
        name, _at, domain = item["address"].partition("@")
        owner, values = OWNERS[item["model"]]
        if owner == "account.journal":
            values = {**values, "code": f"MAIL{item['id']}"}
        alias = self.env[owner].create({"name": name.title(), **values}).alias_id
        values = {
            "alias_name": name,
            "alias_domain_id": self.domains[domain].id,
            "alias_contact": "everyone" if item.get("public", True) else "partners",
        }
        if number := item.get("force_thread_id"):
            values["alias_force_thread_id"] = self.record(item["model"], number).id
        if "catchall_accepts_bulk" in alias._fields:
            values["catchall_accepts_bulk"] = item.get("accepts_bulk", False)
        alias.write(values)
        return alias

    def record(self, model, number):
        """The record of that number, made when it is first asked for."""
        key = (model, number)
        if key not in self.records:
            values = {SUBJECTS[model]: f"{model} {number}"}
            if model == "project.task":
                project = self.env["project.project"].search([], limit=1)
                values["project_id"] = project.id
            self.records[key] = self.env[model].create(values)
        return self.records[key]

    def _describe_record(self, item):
        record = self.record(item["model"], item["res_id"])
        for address in item.get("followers", ()):
            record.message_subscribe(self._partner({"address": address}).ids)
        known = [{"address": address} for address in item.get("correspondents", ())]
        known += [
            {"address": f"customer@{name}", "company_domain": name}
            for name in item.get("companies", ())
        ]
        for customer in known[:1]:  # whom the record knows is its customer, or their company
            record.partner_id = self._partner(customer)
        if item.get("closed"):
            record.active = False

    def _message(self, item):
        author = next(iter(self.users.values())).partner_id
        message = self.record(item["model"], item["res_id"]).message_post(
            body="How many chairs?",
            author_id=author.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        message.message_id = item["message_id"]
        return message

    def _deliver(self, message_id):
        """The message that an earlier copy of a message became."""
        lead = self.env["crm.lead"].create({"name": "Delivered before"})
        message = lead.message_post(
            body="Hello", message_type="email", author_id=False, email_from="lena@customer.test"
        )
        message.message_id = message_id
        return message

    # --- describing what came of a message

    def place(self, model, res_id, alias=None):
        """A place as expected.json writes it."""
        if alias and (not res_id or res_id == alias.alias_force_thread_id):
            return alias.alias_full_name
        numbers = {(name, record.id): number for (name, number), record in self.records.items()}
        forced = {item.alias_force_thread_id: item for item in self.aliases.values()}
        if res_id in forced and forced[res_id].alias_model_id.model == model:
            return forced[res_id].alias_full_name
        return f"{model}/{numbers.get((model, res_id), 'new')}"

    def expected_place(self, target):
        """A target of expected.json; a user's address as the user has it, not as it was written."""
        if "@" not in target or target in {item["address"] for item in self.world["aliases"]}:
            return target
        users = [item["address"] for item in self.world["users"]]
        name, _at, domain = target.partition("@")
        return get_close_matches(f"{name.partition('+')[0]}@{domain}", users, n=1)[0]
