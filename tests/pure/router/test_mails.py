"""Every message of tests/mails/ ends where the specification says (tests/mails/README.md)."""

import json

from ....router.chain import Chain
from ....router.message.mail import ReceivedMail
from ....translatable import Said
from ...kit.memory_directory import EXPECTED, MAILS, describe, world_directory
from ...kit.pure import PureCase
from ...kit.sources import has_words, marked

# What a person's message must never be taken for.
INHUMAN = {"bounce", "auto_reply", "receipt", "complaint", "bulk", "spam", "forged", "loop"}


def outcome(name, expected):
    """Decide about one message; return the decision, and what of it can be compared."""
    directory = world_directory()
    mail = ReceivedMail.from_bytes(
        (MAILS / name).read_bytes(), folder_is_junk=expected.get("junk", False)
    )
    decision = Chain().decide(mail, directory, directory.policy(expected.get("account", "default")))
    return decision, {
        "state": str(decision.state),
        "reason": str(decision.reason),
        "targets": sorted(describe(route) for route in decision.routes),
        "contact": decision.contact,
        "author_check": str(decision.author_check),
        "suggestions": decision.facts.get("suggestions", {}),
    }


class TestMails(PureCase):
    def test_every_mail_has_its_expectation_and_every_expectation_its_mail(self):
        self.assertEqual({path.name for path in MAILS.glob("*.eml")}, set(EXPECTED))
        self.assertGreaterEqual(len(EXPECTED), 150)
        shown = json.loads((MAILS / "content.json").read_text(encoding="utf-8"))
        self.assertLessEqual(set(shown), set(EXPECTED))
        phenomena = [item["phenomenon"] for item in EXPECTED.values()]
        self.assertEqual(len(phenomena), len(set(phenomena)), "one phenomenon per message")

    def test_each_mail_ends_as_expected(self):
        for name, expected in EXPECTED.items():
            with self.subTest(mail=name, phenomenon=expected["phenomenon"]):
                decision, found = outcome(name, expected)
                wanted = {key: expected[key] for key in found if key in expected}
                wanted["targets"] = sorted(expected["targets"])
                self.assertEqual({key: found[key] for key in wanted}, wanted, _trace(decision))

    def test_no_false_alarm_on_a_human_mail(self):
        human = {name: item for name, item in EXPECTED.items() if item["human"]}
        self.assertGreaterEqual(len(human), 100)
        for name, expected in human.items():
            with self.subTest(mail=name):
                decision, _found = outcome(name, expected)
                self.assertFalse(INHUMAN & {*decision.verdicts, str(decision.reason)})

    def test_every_decision_explains_itself(self):
        for name, expected in EXPECTED.items():
            with self.subTest(mail=name):
                decision, _found = outcome(name, expected)
                self.assertTrue(decision.trace)
                self.assertTrue(all(finding.text for finding in decision.trace))

    def test_every_text_of_a_decision_can_be_translated_or_is_quoted(self):
        known = marked()
        for name, expected in EXPECTED.items():
            decision, _found = outcome(name, expected)
            for line in decision.trace:
                with self.subTest(mail=name, text=line.text):
                    if isinstance(line.text, Said):
                        self.assertLessEqual(_templates(line.text), known)
                    else:
                        self.assertRegex(line.text, r"^[A-Za-z][\w-]+: \S")  # a header


def _templates(text):
    """The templates of a sentence and of those in it, as far as they say something."""
    inner = [_templates(value) for value in text.values.values() if isinstance(value, Said)]
    own = {text.template} if has_words(text.template) else set()
    return own.union(*inner)


def _trace(decision):
    return "\n".join(f"{item.step}: {item.text}" for item in decision.trace)
