"""What will prove a colleague's email, said before one comes that nothing proves."""

from ....domain_check.facts import Facts, Signature
from ....domain_check.sentences import WORDING
from ....domain_check.staff import check_staff
from ....findings import Level
from ....providers.detect import find_by_account
from ...kit.good_domain import DOMAIN, GOOD
from ...kit.memory_dns import MemoryDns
from ...kit.pure import PureCase


class TestStaff(PureCase):
    def test_by_the_signatures_of_our_own_mail(self):
        default = "example-com.20230601.gappssmtp.com"
        for signers, code, level in (
            (["example.com"], "staff_signed", Level.OK),
            (["relay.test", "example.com"], "staff_signed", Level.OK),
            ([default], "staff_default_signer", Level.WARNING),
            (["t.onmicrosoft.com"], "staff_default_signer", Level.WARNING),
            (["relay.test"], "staff_unproven", Level.WARNING),
            ([], "staff_unproven", Level.WARNING),
        ):
            signatures = tuple(Signature(name, "s1") for name in signers)
            with self.subTest(signers):
                (found,) = check_staff(Facts(DOMAIN, signatures=signatures), MemoryDns(GOOD))
                self.assertEqual((found.code, found.level), (code, level))
                self.assertTrue(WORDING.sentences[code] % found.values)

    def test_nothing_is_said_of_what_is_not_known(self):
        self.assertEqual(check_staff(Facts(DOMAIN), MemoryDns(GOOD)), [])
        microsoft = find_by_account("outlook.office365.com", "imap")
        facts = Facts(DOMAIN, signatures=(), incoming=microsoft)
        self.assertEqual(check_staff(facts, MemoryDns(GOOD)), [])
