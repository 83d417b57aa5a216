"""The fetch job of a catch-all account: one of its own, so that no account waits for another."""

from odoo import api, fields, models


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    catchall_cron_id = fields.Many2one("ir.cron", "Fetch Job", readonly=True, copy=False)

    def _catchall_jobs(self):
        return self.catchall_cron_id.sudo()  # sudo: they exist for these accounts alone

    def _catchall_keep_job(self):
        for server in self.filtered("is_catchall"):
            if not server.catchall_cron_id:
                server.catchall_cron_id = server._catchall_create_job()
        for server in self.filtered("catchall_cron_id"):
            active = server.is_catchall and server.active and server.state == "done"
            name = server._catchall_job_name()
            cron = server._catchall_jobs()
            if cron.active == active and cron.name == name:
                continue
            # One that is running may not be changed; it asks the account before it fetches.
            if cron.try_lock_for_update(allow_referencing=True):
                cron.write({"active": active, "name": name})

    def _catchall_create_job(self):
        # sudo: whoever may set up an account gets its job. Its own interval is only a safety net:
        # Odoo's fetch job wakes it, so that the interval is set in one place.
        jobs = self.env["ir.cron"].sudo()
        return jobs.create(
            {
                "name": self._catchall_job_name(),
                "model_id": self.env["ir.model"]._get_id(self._name),
                "state": "code",
                "code": f"model.browse({self.id})._cron_catchall_fetch()",
                "user_id": self.env.ref("base.user_root").id,
                "interval_number": 1,
                "interval_type": "hours",
                "active": False,
            }
        )

    def _catchall_job_name(self):
        return self.env._("Catch-all: fetch %(account)s", account=self.name)

    @api.model
    def _fetch_mails(self, **kw):
        """Let Odoo's cron only wake the jobs of catch-all accounts, so that none waits for another.

        A single account has nothing to wait for: it is fetched here, as in plain Odoo.
        """
        servers = self.search([("state", "=", "done"), ("server_type", "!=", "local")])
        catchall = servers.filtered("is_catchall")
        if len(servers) > 1 and catchall:
            for server in catchall:
                server._catchall_jobs()._trigger()
            self = self.with_context(catchall_dispatched=True)
        return super()._fetch_mails(**kw)

    def _cron_catchall_fetch(self):
        self.exists().filtered(lambda s: s.active and s.state == "done")._fetch_mail()
