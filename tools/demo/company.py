"""The demo's company, set up over RPC as its administrator would do it in the web client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..console import Failure
from ..environment import setup
from ..installation.odoo_server import OdooServer, Rpc, RpcError
from ..mail_servers.mail_domain import ACCOUNT, DOMAIN, MailDomain
from .mails import LIMIT_MB

COMPANY = "Example Furniture"
ROUTER_USER = "mail_catchall_router.group_catchall_user"
SELLS = ("sales_team.group_sale_salesman_all_leads",)
HIRES = ("hr_recruitment.group_hr_recruitment_user",)
BUILDS = ("project.group_project_user",)
# They ask Odoo's own servers, which a demo without network need not wait for.
OUTSIDE_JOBS = (
    "mail.ir_cron_module_update_notification",
    "crm_iap_enrich.ir_cron_lead_enrichment",
)


@dataclass(frozen=True)
class Company:
    """What the rest of the demo needs: clients of two users, and the incoming account."""

    admin: Rpc
    anna: Rpc
    account_id: int


def quiet_jobs(database: str) -> None:
    """Switch off scheduled jobs that call the internet; done before Odoo starts."""
    names = ", ".join(f"'{name}'" for name in OUTSIDE_JOBS)
    setup().postgres.query(
        database,
        "UPDATE ir_cron SET active = false WHERE id IN (SELECT res_id FROM ir_model_data"
        f" WHERE model = 'ir.cron' AND module || '.' || name IN ({names}))",
    )


def set_up(server: OdooServer, domain: MailDomain) -> Company:
    """Create users, aliases and both accounts; press the buttons that test the accounts."""
    admin = server.rpc()
    _company(admin)
    people = _people(admin)
    _aliases(admin, people)
    _outgoing(admin, domain)
    account_id = _incoming(admin, domain)
    return Company(admin, server.rpc("anna", "anna"), account_id)


def _company(admin: Rpc) -> None:
    """Name it and its domain; Odoo gives the first alias domain to every company and alias."""
    company = {"name": COMPANY, "email": f"info@{DOMAIN}"}
    admin("res.company", "write", [admin.ref("base.main_company")], company)
    admin.create(
        "mail.alias.domain",
        name=DOMAIN,
        catchall_alias=ACCOUNT.partition("@")[0],
        bounce_alias="bounce",
        default_from="notifications",
    )
    admin("res.users", "write", [admin.uid], {"email": f"admin@{DOMAIN}"})


def _people(admin: Rpc) -> dict[str, int]:
    """Anna and the boss have mailboxes of their own; Tom and Rita live in Odoo alone."""
    people = {
        "anna": ("Anna Lindqvist", (*SELLS, *BUILDS, ROUTER_USER)),
        "rita": ("Rita Rossi", HIRES),
        "tom": ("Tom Adeyemi", BUILDS),
        "boss": ("Beatrice Boss", (*SELLS, *HIRES, *BUILDS)),
    }
    values: list[dict[str, Any]] = [
        {
            "name": name,
            "login": login,
            "password": login,
            "email": f"{login}@{DOMAIN}",
            "notification_type": "inbox",
            "group_ids": [(4, admin.ref(group)) for group in groups],
        }
        for login, (name, groups) in people.items()
    ]
    ids = admin("res.users", "create", values, context={"no_reset_password": True})
    return dict(zip(people, ids, strict=True))


def _aliases(admin: Rpc, people: dict[str, int]) -> None:
    # Odoo's accounting, where it is installed, has taken this name for its journal of sales.
    taken = admin("mail.alias", "search", [("alias_name", "=", "sales")])
    if taken:
        admin("mail.alias", "write", taken, {"alias_name": False})
    team_id = admin.ref("sales_team.team_sales_department")
    admin("crm.team", "write", [team_id], {"alias_name": "sales"})
    _give_to(admin, "crm.team", team_id, {"team_id": team_id, "user_id": people["anna"]})
    admin.create("hr.job", name="Workshop", alias_name="jobs", user_id=people["rita"])
    for name, alias in (("Website", "website"), ("After-sales care", "care")):
        project_id = admin.create("project.project", name=name, alias_name=alias)
        values = {"project_id": project_id, "user_ids": [(4, people["tom"])]}
        _give_to(admin, "project.project", project_id, values)


def _give_to(admin: Rpc, model: str, res_id: int, defaults: dict[str, Any]) -> None:
    """Let what an alias makes belong to somebody."""
    alias_id = admin.read(model, res_id, "alias_id")[0]["alias_id"][0]
    admin("mail.alias", "write", [alias_id], {"alias_defaults": repr(defaults)})


def _outgoing(admin: Rpc, domain: MailDomain) -> None:
    server_id = admin.create(
        "ir.mail_server",
        name="Catch-all",
        smtp_host="localhost",
        smtp_port=domain.submission_port,
        smtp_encryption="starttls_strict",
        smtp_authentication="login",
        smtp_user=ACCOUNT,
        smtp_pass=domain.passwords[ACCOUNT],
        is_catchall=True,
        catchall_from_policy="keep",
        catchall_reply_policy="signed",
    )
    _press(admin, "ir.mail_server", "test_smtp_connection", server_id)


def _incoming(admin: Rpc, domain: MailDomain) -> int:
    account_id = admin.create(
        "fetchmail.server",
        name="Catch-all",
        server_type="imap",
        server="localhost",
        port=domain.imaps_port,
        is_ssl=True,
        user=ACCOUNT,
        password=domain.passwords[ACCOUNT],
        is_catchall=True,
        own_hosts="mx.example.com",
        trusted_authserv_ids="mx.example.com",
        max_message_mb=LIMIT_MB,
    )
    wizard_id = admin.create("mail.catchall.activate", fetchmail_server_id=account_id, start="all")
    _press(admin, "mail.catchall.activate", "action_activate", wizard_id)
    job_id = admin.ref("mail.ir_cron_mail_gateway_action")
    every_minute = {"interval_number": 1, "interval_type": "minutes"}
    admin("ir.cron", "write", [job_id], every_minute)
    return account_id


def _press(admin: Rpc, model: str, method: str, res_id: int) -> None:
    """Press a button; a person gets to read what it refused."""
    try:
        admin(model, method, [res_id])
    except RpcError as problem:
        raise Failure(f"{model}.{method} refused: {problem}") from problem
