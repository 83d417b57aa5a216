"""The exact bytes of a message, beside the ORM.

An ORM Binary holds base64, a third more, and a failing INSERT would write the whole message into
the log. So the bytes stand in a column that the ORM does not know, and are written by SQL alone.
"""

import psycopg2
from odoo import models
from odoo.tools import SQL


class CatchallSource(models.AbstractModel):
    _name = "mail.catchall.source"
    _description = "Row with the Exact Bytes of a Message"

    def init(self):
        super().init()
        if self._abstract:
            return
        # EXTERNAL: mail is mostly base64 and compressed files, compressing it again costs time.
        self.env.cr.execute(
            SQL(
                "ALTER TABLE %(table)s ADD COLUMN IF NOT EXISTS source bytea;"
                " ALTER TABLE %(table)s ALTER COLUMN source SET STORAGE EXTERNAL",
                table=SQL.identifier(self._table),
            )
        )

    def _read_source(self):
        """Return the exact bytes of this row's message, ``b""`` when they are not here."""
        self.ensure_one()
        table = SQL.identifier(self._table)
        self.env.cr.execute(SQL("SELECT source FROM %s WHERE id = %s", table, self.id))
        row = self.env.cr.fetchone()
        return bytes(row[0]) if row and row[0] is not None else b""

    def _insert_with_source(self, values, source, on_conflict):
        """Write one row by SQL; a failure is raised, and never logged with the message.

        :param dict values: of columns, as PostgreSQL takes them
        :param source: the bytes, or None where there are none to keep
        :param SQL on_conflict: what follows the VALUES
        """
        columns = SQL(", ").join(map(SQL.identifier, [*values, "source"]))
        row = (*values.values(), None if source is None else psycopg2.Binary(source))
        query = SQL(
            "INSERT INTO %s AS known (%s) VALUES %s %s",
            SQL.identifier(self._table),
            columns,
            row,
            on_conflict,
        )
        self.env.cr.execute(query, log_exceptions=False)
