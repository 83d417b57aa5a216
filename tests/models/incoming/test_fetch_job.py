"""The fetch job that each catch-all account has."""

from odoo.tests import tagged

from ...kit.common import CatchallCase


@tagged("post_install", "-at_install")
class TestFetchJob(CatchallCase):
    def test_an_account_that_is_deleted_takes_its_job_along(self):
        job = self.server.catchall_cron_id
        self.assertTrue(job)
        self.server.unlink()
        self.assertFalse(job.exists())
