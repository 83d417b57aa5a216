"""A database of the version before, with data of every model, is updated and works on.

The old version comes out of the repository's own history. Its data is made by its own code
(`update_data.py`), and compared as it stands in PostgreSQL before and after `-u`. What is asked
of the new code is in `update_checks.py`. No mail server is needed: nothing is fetched or sent.
"""

import contextlib
import io
import json
import re
import subprocess
import tarfile
from pathlib import Path

import psycopg2
import pytest

from tools.environment import setup
from tools.installation.databases import fresh, install
from tools.installation.odoo_server import run_in_shell
from tools.paths import ADDON, CHECKOUT, LOGS

pytestmark = pytest.mark.timeout(1200)  # the first test installs, updates and asks
OLD = "dc37bc35867fe6e09df0af893651b539b4a1723f"  # 19.0.1.0.0
HERE = Path(__file__).parent
UPDATE_LOG = LOGS / "update.log"
# Beside the addon's own tables: those that it adds columns to, keeps its jobs and labels in, or
# makes records in. A condition leaves out what the files of modules own.
TABLES = {
    **dict.fromkeys(("fetchmail_server", "ir_mail_server", "mail_alias", "mail_alias_domain")),
    **dict.fromkeys(("mail_mail", "mail_message", "mail_notification", "mail_template")),
    **dict.fromkeys(("crm_lead", "hr_applicant", "project_task", "res_partner", "res_company")),
    **dict.fromkeys(("res_users", "ir_cron", "ir_rule", "ir_config_parameter")),
    "ir_act_server": "usage = 'ir_cron'",
    "ir_attachment": "res_model NOT LIKE 'ir.ui.%'",
}
# Applications are loaded after the addon, so Odoo does not see them when the addon is updated
# alone, and forgets that it saw the addon's fields of aliases on their models.
SEEN_THROUGH_ALIASES = "SELECT id FROM ir_model_fields WHERE related LIKE 'alias_id.%'"
# Choices that each database makes from its chain: Odoo keeps no rows of those. That every stored
# value is a choice still is asked of the new code.
MADE_CHOICES = (
    "SELECT s.id FROM ir_model_fields_selection s JOIN ir_model_fields f ON f.id = s.field_id"
    " WHERE (f.model, f.name) IN"
    " (('mail.catchall.shadow', 'reason'), ('mail.catchall.rule.condition', 'kind'))"
)
# What the migration changes on purpose, in records of the addon; it has tests of its own.
LABELS = {
    "ir_cron": {"cron_name", "write_date"},
    "ir_act_server": {"name"},
    "ir_rule": {"name"},
    "mail_template": {"name", "subject", "description", "body_html"},
}
# What a migration changes on purpose in everybody's records.
CHANGED = {("fetchmail_server", "verify_dkim")}
# The administrator's own words: for the job of an account, and for jobs by external id, where
# one of them is translated only.
ACCOUNT_JOB = "Reads our letters"
OWN_WORDS = {
    "ir_cron_catchall_health": {"en_US": "Watches our mailboxes", "de_DE": "Wacht"},
    "ir_cron_catchall_sent": {"en_US": None, "de_DE": "Kopien"},
}


class Snapshot:
    """What stands in a database: rows, columns, indexes, models, fields, external ids."""

    def __init__(self, database):
        with contextlib.closing(psycopg2.connect(dbname=database)) as self._connection:
            self._read_schema()
            self._read_registry()
            self._read_rows()

    def _read_schema(self):
        self.columns = {
            (table, column): kind
            for table, column, kind in self._query(
                "SELECT table_name, column_name, data_type FROM information_schema.columns"
                " WHERE table_schema = 'public'"
            )
        }
        self.indexes = self._set(
            "SELECT tablename, indexname FROM pg_indexes WHERE schemaname = 'public'"
        )
        self.constraints = self._set(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE conrelid <> 0"
        )

    def _read_registry(self):
        self.models = self._set("SELECT model FROM ir_model")
        self.fields = {
            (model, name): (kind, relation, stored)
            for model, name, *(kind, relation, stored) in self._query(
                "SELECT model, name, ttype, relation, store FROM ir_model_fields"
                f" WHERE id NOT IN ({SEEN_THROUGH_ALIASES})"
            )
        }
        self.selections = self._set(
            "SELECT f.model, f.name, s.value FROM ir_model_fields_selection s"
            f" JOIN ir_model_fields f ON f.id = s.field_id WHERE s.id NOT IN ({MADE_CHOICES})"
        )
        self.external_ids = {
            (module, name): (model, res_id)
            for module, name, *(model, res_id) in self._query(
                "SELECT module, name, model, res_id FROM ir_model_data"
                " WHERE model <> 'ir.model.inherit' AND NOT (model = 'ir.model.fields'"
                f" AND res_id IN ({SEEN_THROUGH_ALIASES}))"
                " AND NOT (model = 'ir.model.fields.selection'"
                f" AND res_id IN ({MADE_CHOICES}))"
            )
        }

    def _read_rows(self):
        tables = {table for table, _column in self.columns}
        ours = {table for table in tables if table.startswith(("mail_catchall_", "catchall_"))}
        self.rows = {table: self._rows(table) for table in {*ours, *TABLES} & tables}
        self.labelled = self._set(
            f"""
            WITH item AS (SELECT model, res_id FROM ir_model_data WHERE module = '{ADDON}')
            SELECT replace(model, '.', '_'), res_id FROM item UNION
            SELECT 'ir_act_server', ir_actions_server_id FROM ir_cron
              JOIN item ON model = 'ir.cron' AND res_id = ir_cron.id
            """
        )

    def _query(self, query):
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def _set(self, query):
        return set(self._query(query))

    def _rows(self, table):
        """All rows with all columns, the bytes of messages as well; by id, where there is one."""
        condition = TABLES.get(table) or "TRUE"
        rows = [
            row for (row,) in self._query(f"SELECT to_jsonb(t) FROM {table} t WHERE {condition}")
        ]
        return {row.get("id") or json.dumps(row, sort_keys=True): row for row in rows}


class Update:
    """A database before and after, the log of the update, and what the new code says of it."""

    def __init__(self, folder):
        addons = ",".join(map(str, (_old_addon(folder), *setup().odoo.addons)))
        self.database = fresh("update", addon=False)
        install(self.database, [ADDON], f"--addons-path={addons}")
        words = f"{ACCOUNT_JOB!r}, {OWN_WORDS!r}"
        _run(self.database, "update_data.py", f"fill(env, {words})", addons_path=addons)
        self.before = Snapshot(self.database)
        UPDATE_LOG.unlink(missing_ok=True)
        install(self.database, [], "-u", ADDON, f"--logfile={UPDATE_LOG}")
        self.log = UPDATE_LOG.read_text("utf-8")
        self.after = Snapshot(self.database)
        answer = _run(self.database, "update_checks.py", "check(env)")
        self.said = json.loads(answer.rpartition("\x1e")[2])

    def asked(self, name):
        """What the check of that name has returned."""
        answer = self.said[name]
        assert not (isinstance(answer, dict) and "error" in answer), answer["error"]
        return answer


def _old_addon(folder):
    """Take the old version out of the history, under the addon's technical name."""
    done = subprocess.run(
        ["git", "-C", str(CHECKOUT), "archive", OLD], capture_output=True, check=False
    )
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip()
        # In CI this counts as a failure, see tools/results.py.
        pytest.skip(f"the history has no commit {OLD[:7]}: a whole clone is needed ({why})")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder / ADDON)
    return folder


def _run(database, script, call, **options):
    source = (HERE / script).read_text("utf-8")
    code = f"exec(compile({source!r}, {script!r}, 'exec'), globals())\n{call}\n"
    return run_in_shell(database, code, **options)


@pytest.fixture(scope="module")
def update(tmp_path_factory):
    """One database for all tests of this file; no test changes it."""
    return Update(tmp_path_factory.mktemp("addons"))


# ------------------------------------------------------------ the update


def test_the_update_is_one_and_its_log_is_clean(update):
    assert f"module {ADDON}: Running migration" in update.log
    bad = re.findall(r"^.* (?:WARNING|ERROR|CRITICAL) .*$|^Traceback.*$", update.log, re.MULTILINE)
    assert not bad, "\n".join(bad)


def is_label(update, table, key, column):
    return column in LABELS.get(table, ()) and (table, key) in update.before.labelled


def test_every_row_and_value_is_as_it_was(update):
    assert sum(map(len, update.before.rows.values())) > 200
    different = []
    for table, rows in update.before.rows.items():
        after = update.after.rows.get(table, {})
        for key, row in rows.items():
            now = after.get(key)
            if now is None:
                different.append(f"{table} {key} is gone: {row}")
                continue
            different += [
                f"{table} {key}, {column}: {value!r} -> {now.get(column)!r}"
                for column, value in row.items()
                if value != now.get(column)
                and (table, column) not in CHANGED
                and not is_label(update, table, key, column)
            ]
    assert not different, "\n".join(different[:50])


def test_signatures_are_verified_wherever_nothing_else_tells_of_them(update):
    assert all(row["verify_dkim"] for row in update.after.rows["fetchmail_server"].values())


def test_no_row_was_added_to_the_addons_own_tables(update):
    added = {
        table: [row for key, row in update.after.rows[table].items() if key not in rows]
        for table, rows in update.before.rows.items()
        if "catchall" in table
    }
    assert not any(added.values()), added


def test_the_bytes_of_mails_are_as_they_were(update):
    for table in ("mail_catchall_message", "mail_catchall_shadow", "mail_catchall_sent"):
        kept = [row["source"] for row in update.before.rows[table].values() if row["source"]]
        assert kept, table
        # "Café" in Latin-1, which is no UTF-8, after the empty line of CRLF
        assert all(source.endswith(b"\r\n\r\nCaf\xe9\r\n".hex()) for source in kept), table
        assert kept == [row["source"] for row in update.after.rows[table].values() if row["source"]]


@pytest.mark.parametrize(
    "what", ["columns", "indexes", "constraints", "models", "fields", "selections", "external_ids"]
)
def test_nothing_of_the_old_version_is_gone(update, what):
    before, after = getattr(update.before, what), getattr(update.after, what)
    gone = sorted(map(str, before - after if isinstance(before, set) else before.keys() - after))
    assert not gone, "\n".join(gone)
    if isinstance(before, dict):
        changed = [
            f"{key}: {was} -> {after[key]}" for key, was in before.items() if was != after[key]
        ]
        assert not changed, "\n".join(changed)


# ------------------------------------------------------------ labels


def test_labels_that_nobody_changed_are_those_of_a_fresh_installation(update):
    """What fails here is missing in the OLD_LABELS of the migration, or has another text there."""
    labels, fresh_labels = update.asked("labels"), update.asked("fresh_labels")
    assert labels.keys() == fresh_labels.keys()
    wrong = {
        name: (label, fresh_labels[name])
        for name, label in labels.items()
        if label != fresh_labels[name]
        and not OWN_WORDS.get(name.partition(".")[0], {}).get("en_US")
    }
    assert not wrong, wrong


def test_an_administrators_own_words_stay(update):
    fresh_labels, rows = update.asked("fresh_labels"), update.after.rows
    for name, words in OWN_WORDS.items():
        job = rows["ir_cron"][update.after.external_ids[ADDON, name][1]]
        source = words["en_US"] or fresh_labels[f"{name}.name"]
        action = rows["ir_act_server"][job["ir_actions_server_id"]]
        assert action["name"] == {**words, "en_US": source}
        assert job["cron_name"] == source
    account_jobs = {job["cron_name"] for job in rows["ir_cron"].values()}
    assert {ACCOUNT_JOB, "Catch-all: fetch Catch-all"} <= account_jobs


def test_how_the_migration_replaces_a_label(update):
    found = update.asked("migration")
    assert found["left"] == ["Lane", "Lane"]
    assert found["changed"] == ["Ours", "Ours"]
    assert found["translated"] == {"en_US": "Copies", "de_DE": "Kopien", "fr_FR": "Copies"}
    assert found["copied"] == "Copies"
    assert found["rules"] == ["Rule", "Ours as well"]
    assert found["tidied"], "the body of the test is stored as it is, so it proves nothing"
    assert "New" in found["body"]


# ------------------------------------------------------------ it works on


def test_every_stored_code_is_known_still(update):
    assert update.asked("codes") == []


def test_every_field_of_every_row_can_be_read(update):
    counts = update.asked("shown")
    rows = update.before.rows
    [setup_row] = rows["mail_catchall_setup"].values()
    [checkup] = rows["mail_catchall_checkup"].values()
    [probe] = rows["mail_catchall_probe"].values()
    assert counts["mail.catchall.setup.shown_checks"] == len(setup_row["checks"])
    # a finding of every code, and a line of every code
    assert counts["mail.catchall.checkup.shown_findings"] == len(checkup["findings"])
    assert counts["mail.catchall.probe.shown_lines"] == len(probe["lines"])
    for table in ("mail_catchall_message", "mail_catchall_shadow"):
        name = table.replace("_", ".")
        for field, column in (("trace_html", "trace"), ("recipients_html", "recipients")):
            known = sum(bool(row[column]) for row in rows[table].values())
            assert counts[f"{name}.{field}"] == known > 0, field
        kept = sum(bool(row["source"]) for row in rows[table].values())
        assert counts[f"{name}.body"] == counts[f"{name}.header_text"] == kept


def test_every_view_and_action_opens(update):
    views, actions = update.asked("views")
    assert views > 40
    assert actions > 10


def test_every_job_of_the_old_version_finds_its_method(update):
    found = update.asked("jobs")
    assert found["count"] > 8
    assert not found["missing"]


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ("Waits for a lane", "alias"),
        ("Of a process that died", "alias"),
        ("Original that fails", "alias"),
        ("Waits for its original", "reply"),
        ("Fails for good", "alias"),
        ("Sorted after the update", "alias"),
    ],
)
def test_a_mail_of_the_old_version_is_routed(update, subject, reason):
    row = update.asked("goes_on")[subject]
    assert (row["state"], row["reason"]) == ("routed", reason), row
    assert [model for model, _res_id in row["records"]] == ["crm.lead"]


def test_a_reply_that_waited_reaches_the_record_of_its_original(update):
    rows = update.asked("goes_on")
    assert rows["Waits for its original"]["records"] == rows["Original that fails"]["records"]


def test_rules_of_the_old_version_go_on(update):
    rows = update.asked("goes_on")
    row = rows["Another application"]
    assert (row["state"], row["reason"]) == ("routed", "rule"), row
    assert [model for model, _res_id in row["records"]] == ["hr.applicant"]
    assert "Applications" in row["rules"]
    lead = rows["Waits for a lane"]
    assert "What leads get" in lead["rules"]
    assert lead["priority"] == ["3"]


def test_what_was_settled_stays_so(update):
    rows = update.asked("goes_on")
    assert rows["Put aside"]["state"] == "ignored"
    assert rows["Robots are held"]["state"] == "quarantined"
    assert rows["From Junk"]["state"] == "quarantined"
