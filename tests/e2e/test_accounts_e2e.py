"""Several accounts beside each other, and accounts that do not work."""

import socket

import pytest
from world import letter

from tools.installation.odoo_server import RpcError
from tools.processes import free_port, wait_until

pytestmark = pytest.mark.usefixtures("nobody_is_answered")


def refused(world, account):
    """What the button says."""
    with pytest.raises(RpcError) as caught:
        world.fetch(account)
    assert caught.value.name == "odoo.exceptions.UserError"
    return str(caught.value)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"password": "wrong"}, "Check the user name and the password"),
        ({"server_type": "pop", "password": "wrong"}, "Check the user name and the password"),
        ({"port": "closed"}, "nothing answers at 127.0.0.1, port"),
        ({"server": "nowhere.invalid"}, "nowhere.invalid"),
        ({"is_ssl": True}, "does not speak SSL/TLS"),
        ({"imap_folder": "No Such Folder"}, "has no folder “No Such Folder”"),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_a_wrong_setting_gives_one_clear_sentence(world, new_account, values, sentence):
    if values.get("port") == "closed":
        values = {"port": free_port()}
    account = new_account(**values)
    said = refused(world, account)
    assert sentence in said
    assert "\n" not in said.strip()
    assert "Traceback" not in said


def test_the_cron_keeps_the_error_and_never_switches_the_account_off(world, new_account):
    account = new_account(password="wrong")
    world.rpc("fetchmail.server", "write", [account], {"error_date": "2020-01-01 00:00:00"})
    run_fetch_job(world, account)
    [server] = world.rpc.read(
        "fetchmail.server", account, "state", "active", "error_message", "error_date"
    )
    assert (server["state"], server["active"]) == ("done", True)
    assert "Check the user name and the password" in server["error_message"]
    assert server["error_date"] == "2020-01-01 00:00:00"
    password = world.domain.passwords[world.domain.account]
    world.rpc("fetchmail.server", "write", [account], {"password": password})
    run_fetch_job(world, account)
    [server] = world.rpc.read("fetchmail.server", account, "error_message", "error_date")
    assert (server["error_message"], server["error_date"]) == (False, False)


def run_fetch_job(world, account):
    """Run the account's own job as Odoo's cron does."""
    [server] = world.rpc.read("fetchmail.server", account, "catchall_cron_id")
    world.rpc("ir.cron", "method_direct_trigger", [server["catchall_cron_id"][0]])


def fetch_job_turn(world):
    """Let the interval of Odoo's own fetch job be over."""
    cron = world.rpc.ref("mail.ir_cron_mail_gateway_action")
    world.sql("UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' WHERE id = %s", cron)
    world.wake()


def test_a_dead_account_does_not_hold_up_another(world, new_account):
    # accepts connections and never says a word: natively every account behind it waits a minute
    with socket.create_server(("127.0.0.1", 0)) as dead:
        account = new_account(port=dead.getsockname()[1], priority=1)
        alive = new_account(priority=9)
        world.domain.append(world.domain.account, letter("Beside a dead account"))
        fetch_job_turn(world)
        dead.settimeout(60)
        held, _address = dead.accept()
        wait_until(lambda: bool(world.rows(alive)), 30, "the account waits for the dead one")
        assert not world.rows(account)
        held.close()
    world.wait_routed(alive, 1)
    world.lead("Beside a dead account")


def test_an_ordinary_account_beside_it_works_as_ever(world, account):
    model = world.rpc.read("ir.model", [("model", "=", "crm.lead")], "id")[0]["id"]
    anna = world.account(
        user="anna@example.com", is_catchall=False, object_id=model, alias_domain_ids=False
    )
    world.domain.clear("anna@example.com")
    world.domain.append("anna@example.com", letter("Natively", "anna@example.com"))
    world.domain.append(world.domain.account, letter("By the router"))
    fetch_job_turn(world)
    wait_until(lambda: bool(world.leads("Natively")), 30, "the ordinary account was not fetched")
    world.wait_routed(account, 1)
    world.close(anna)
    world.lead("Natively")
    world.lead("By the router")
    assert not world.rows(anna)
    [flags] = world.domain.flags("anna@example.com").values()
    assert "\\Seen" in flags
