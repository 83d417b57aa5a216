"""What is opened is opened in bounded time and memory, or stays closed."""

from ....content.reader import read
from ....router.message.limits import PARTS
from ....router.message.mail import ReceivedMail
from ...kit.container_bombs import KINDS
from ...kit.effort import cpu_seconds
from ...kit.pure import PureCase

SECONDS = 10.0  # of processor time: a few times what they take


class TestContainerBombs(PureCase):
    def test_each_is_read_soon_and_into_few_files(self):
        for name, make in KINDS.items():
            source = make()

            def work(source=source, name=name):
                found = read(ReceivedMail.from_bytes(source))
                self.assertLessEqual(len(found.files), 2 * PARTS.most, name)

            with self.subTest(name):
                self.assertLess(cpu_seconds(work, runs=1), SECONDS)
