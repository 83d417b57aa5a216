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

    def _read_sources(self, length=None):
        """Yield (row, bytes) of those of these rows that have some, in their order.

        :param length: how much of each is read; all of it by default
        """
        bytes_ = SQL("substring(source FROM 1 FOR %s)", length) if length else SQL("source")
        table = SQL.identifier(self._table)
        self.env.cr.execute(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s) AND source IS NOT NULL",
                bytes_,
                table,
                list(self.ids),
            )
        )
        found = dict(self.env.cr.fetchall())
        for row in self:
            if row.id in found:
                yield row, bytes(found[row.id])

    def _write_with_source(self, values, source):
        """Write the bytes of this row and other columns; values as PostgreSQL takes them."""
        self.ensure_one()
        assignments = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value)
            for name, value in [*values.items(), ("source", psycopg2.Binary(source))]
        )
        table = SQL.identifier(self._table)
        query = SQL("UPDATE %s SET %s WHERE id = %s", table, assignments, self.id)
        self.env.cr.execute(query, log_exceptions=False)
        self.invalidate_recordset()

    def _drop_sources(self):
        """Forget the bytes of these rows; what else says that they are there is the caller's."""
        table = SQL.identifier(self._table)
        self.env.cr.execute(
            SQL("UPDATE %s SET source = NULL WHERE id = ANY(%s)", table, list(self.ids))
        )

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
