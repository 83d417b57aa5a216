"""Record work that commits, fails or races: one record each, one contact, no lane stops."""

import pytest
from world import World, letter

from tools.installation.odoo_server import OdooServer
from tools.testing import TEST_MODULES

LEADS = "leads@example.com"

CHART = """
company = env["res.company"].search([], limit=1)
env["account.chart.template"].try_loading("generic_coa", company)
journal = env["account.journal"].search([("type", "=", "purchase")], limit=1)
journal.write({"alias_name": "bills"})
print(journal.alias_id.alias_full_name)
env.cr.commit()
"""

UBL = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
 <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
 <cbc:ID>{number}</cbc:ID>
 <cbc:IssueDate>2026-11-02</cbc:IssueDate>
 <cbc:DueDate>2026-12-02</cbc:DueDate>
 <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
 <cbc:DocumentCurrencyCode>USD</cbc:DocumentCurrencyCode>
 <cac:AccountingSupplierParty><cac:Party>
  <cac:PartyName><cbc:Name>Supplies Ltd</cbc:Name></cac:PartyName>
  <cac:PostalAddress><cac:Country><cbc:IdentificationCode>US</cbc:IdentificationCode></cac:Country>
  </cac:PostalAddress>
  <cac:PartyLegalEntity><cbc:RegistrationName>Supplies Ltd</cbc:RegistrationName>
  </cac:PartyLegalEntity>
 </cac:Party></cac:AccountingSupplierParty>
 <cac:AccountingCustomerParty><cac:Party>
  <cac:PartyName><cbc:Name>YourCompany</cbc:Name></cac:PartyName>
  <cac:PartyLegalEntity><cbc:RegistrationName>YourCompany</cbc:RegistrationName>
  </cac:PartyLegalEntity>
 </cac:Party></cac:AccountingCustomerParty>
 <cac:LegalMonetaryTotal>
  <cbc:LineExtensionAmount currencyID="USD">120.00</cbc:LineExtensionAmount>
  <cbc:TaxExclusiveAmount currencyID="USD">120.00</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="USD">120.00</cbc:TaxInclusiveAmount>
  <cbc:PayableAmount currencyID="USD">120.00</cbc:PayableAmount>
 </cac:LegalMonetaryTotal>
 <cac:InvoiceLine>
  <cbc:ID>1</cbc:ID>
  <cbc:InvoicedQuantity unitCode="C62">4</cbc:InvoicedQuantity>
  <cbc:LineExtensionAmount currencyID="USD">120.00</cbc:LineExtensionAmount>
  <cac:Item><cbc:Name>Paper</cbc:Name></cac:Item>
  <cac:Price><cbc:PriceAmount currencyID="USD">30.00</cbc:PriceAmount></cac:Price>
 </cac:InvoiceLine>
</Invoice>
"""

FAILING = """
CREATE FUNCTION fail_here() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name LIKE '%fail here%' THEN
        RAISE EXCEPTION 'this record cannot be made';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fail_here BEFORE INSERT ON crm_lead FOR EACH ROW EXECUTE FUNCTION fail_here();
"""
MENDED = "DROP TRIGGER fail_here ON crm_lead; DROP FUNCTION fail_here()"


@pytest.fixture(scope="module")
def office(mail_domain, new_module_odoo):
    """A world with accounting, where two lanes run in each of two Odoos."""
    odoo = new_module_odoo("office", extra_modules=TEST_MODULES)
    world = World(odoo, mail_domain)
    assert "bills@example.com" in odoo.shell(CHART)
    world.calm_crons()
    world.alias("leads")  # sales@ belongs to a journal here
    env = {"SSL_CERT_FILE": str(mail_domain.ca_file)}
    with OdooServer(odoo.database, env=env, name=f"{odoo.name}_second"):
        yield world


@pytest.fixture
def office_account(office):
    """An account of that world on an empty mailbox."""
    office.domain.clear(office.domain.account)
    account = office.account()
    yield account
    office.close(account)


def bill(number):
    """A message with an invoice that accounting reads, and commits while it does."""
    return letter(
        f"Invoice {number}",
        "bills@example.com",
        sender=f"Supplies <billing{number}@supplier.test>",
        attachments=[(f"{number}.xml", UBL.format(number=number).encode())],
    )


def test_vendor_bills_that_commit_while_they_are_read(office, office_account):
    numbers = ["INV-1", "INV-2", "INV-3"]
    mails = [
        letter("Before the bills", LEADS),
        *map(bill, numbers),
        letter("After the bills", LEADS),
    ]
    office.domain.append_many(office.domain.account, mails)
    rows = office.fetch_and_route(office_account, 5, timeout=90)
    assert {row["state"] for row in rows} == {"routed"}, str(rows)
    moves = office.rpc.read(
        "account.move", [("move_type", "=", "in_invoice")], "ref", "amount_total", order="ref"
    )
    assert [(move["ref"], move["amount_total"]) for move in moves] == [
        (number, 120.0) for number in numbers
    ]
    office.lead("Before the bills")
    office.lead("After the bills")
    for move in moves:
        count = office.value(
            "SELECT count(*) FROM mail_message WHERE model = 'account.move' AND res_id = %s"
            " AND message_type = 'email'",
            move["id"],
        )
        assert count == 1


def test_a_broken_bill_makes_its_record_all_the_same(office, office_account):
    broken = UBL.format(number="INV-BROKEN").replace("</Invoice>", "").encode()
    mail = letter("Broken bill", "bills@example.com", attachments=[("broken.xml", broken)])
    office.domain.append_many(office.domain.account, [mail, letter("After the broken bill", LEADS)])
    rows = office.fetch_and_route(office_account, 2)
    assert {row["state"] for row in rows} == {"routed"}, str(rows)
    office.lead("After the broken bill")


def test_new_senders_get_one_contact_each_whichever_lane_takes_their_mails(office, office_account):
    job = office.rpc.create("hr.job", name="Baker", alias_name="baker")
    senders = [f"applicant{number}@customer.test" for number in range(6)]
    office.domain.append_many(
        office.domain.account,
        [
            letter(f"{turn} of {sender}", "baker@example.com", sender=f"A <{sender}>")
            for turn in ("First", "Second", "Third")
            for sender in senders
        ],
    )
    rows = office.fetch_and_route(office_account, 18, timeout=90)
    assert {row["state"] for row in rows} == {"routed"}, str(rows)
    assert all(len(row["route_ids"]) == 1 for row in rows)
    found = office.sql(
        "SELECT email_normalized, count(*) FROM res_partner"
        " WHERE email_normalized LIKE 'applicant%@customer.test' GROUP BY 1"
    )
    assert sorted(found) == [(sender, 1) for sender in senders]
    applicants = office.rpc("hr.applicant", "search_count", [("job_id", "=", job)])
    assert applicants == 18


def test_a_failing_mail_on_a_new_alias_holds_up_nobody(office, office_account):
    office.alias("never-used")
    subjects = ["Fine before", "Please fail here", "Fine after"]
    office.domain.append_many(
        office.domain.account, [letter(subject, "never-used@example.com") for subject in subjects]
    )
    office.sql(FAILING)
    try:
        office.fetch(office_account)
        office.wait_tried(office_account, 3)
    finally:
        office.sql(MENDED)
    office.lead("Fine before")
    office.lead("Fine after")
    row = office.row(office_account, "Please fail here")
    assert (row["state"], row["attempts"]) == ("received", 1)
    assert "this record cannot be made" in row["error"]
    office.sql("UPDATE mail_catchall_message SET next_try_date = NULL WHERE id = %s", row["id"])
    office.lanes_turn()
    office.wait_routed(office_account, 3)
    office.lead("Please fail here")
    [alias] = office.rpc.read("mail.alias", [("alias_name", "=", "never-used")], "alias_status")
    assert alias["alias_status"] == "valid"


def test_a_mail_that_fails_three_times_waits_for_a_person(office, office_account):
    office.domain.append_many(office.domain.account, [letter("Always fail here", LEADS)])
    office.sql(FAILING)
    try:
        office.fetch(office_account)
        for attempt in (1, 2, 3):
            office.wait_tried(office_account, 1, attempt)
            office.sql("UPDATE mail_catchall_message SET next_try_date = NULL")
            office.lanes_turn()
        office.wait_routed(office_account, 1)
    finally:
        office.sql(MENDED)
    row = office.row(office_account, "Always fail here")
    assert (row["state"], row["reason"], row["attempts"]) == ("failed", "error", 3), str(row)
    assert "this record cannot be made" in row["error"]
    office.rpc("mail.catchall.message", "action_replay", [row["id"]])
    office.wait_routed(office_account, 1)
    office.lead("Always fail here")
