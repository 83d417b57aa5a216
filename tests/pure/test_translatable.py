"""Every text that findings and presets show is one literal that Odoo's export finds."""

import ast
import copy
import json
import re
from dataclasses import fields

from ...domain_check.sentences import WORDING as DOMAIN_CHECK
from ...health.sentences import WORDING as HEALTH
from ...probe.sentences import WORDING as PROBE
from ...providers.detect import PRESETS
from ...providers.relays import RELAYS
from ...router.decision import TraceLine
from ...router.steps import STEPS
from ...router.verdicts import VERDICTS
from ...translatable import listed, said
from ..kit.pure import PureCase
from ..kit.sources import PURE, files, has_words, marked, tree

# Of a preset, everything else is a name or a value that is the same in every language.
SHOWN = {"pop_refused", "catch_all", "catch_all_refused", "envelope_note", "notes"}


PLACEHOLDER = re.compile(r"%\((\w+)\)s")
# What takes a line of the trace: its argument, which is the text.
TOLD = {"Evidence": 0, "Found": 0, "note": 1, "said": 0}


def calls(*names):
    """Yield path, node and name of every call of these in the pure packages."""
    for path in files(*PURE):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in names:
                    yield path, node, name


def literals(node):
    """Yield what stands literally in an expression, except in the arguments of calls."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif not isinstance(node, ast.Call):
        for child in ast.iter_child_nodes(node):
            yield from literals(child)


class TestTranslatable(PureCase):
    def test_sentences_and_subjects(self):
        known = marked()
        for wording in (DOMAIN_CHECK, HEALTH, PROBE):
            for code, text in {**wording.sentences, **wording.subjects}.items():
                with self.subTest(code=code):
                    self.assertIn(text, known)

    def test_verdicts_and_steps(self):
        known = marked()
        for item in (*VERDICTS, *(row.step for row in STEPS)):
            with self.subTest(item.name):
                self.assertIn(item.label, known)

    def test_presets(self):
        known = marked()
        for preset in (*PRESETS.values(), *RELAYS):
            for name in SHOWN & {field.name for field in fields(preset)}:
                value = getattr(preset, name)
                for text in (value,) if isinstance(value, str) else value:
                    with self.subTest(preset=preset.code, field=name):
                        self.assertIn(text, {"", *known})

    def test_the_trace_is_told_in_marked_texts(self):
        seen = set()
        for path, node, name in calls(*TOLD):
            given = [*node.args, *(item.value for item in node.keywords if item.arg == "text")]
            if len(given) <= TOLD[name]:
                continue
            seen.add(name)
            with self.subTest(file=path.name, line=node.lineno):
                self.assertFalse([text for text in literals(given[TOLD[name]]) if has_words(text)])
        self.assertEqual(seen, set(TOLD))

    def test_each_sentence_gets_the_values_that_it_names(self):
        count = 0
        for path, node, _name in calls("said"):
            template, *_rest = node.args
            keywords = {item.arg for item in node.keywords}
            if not isinstance(template, ast.Call) or None in keywords:
                continue
            count += 1
            with self.subTest(file=path.name, line=node.lineno):
                self.assertEqual(set(PLACEHOLDER.findall(template.args[0].value)), keywords)
        self.assertGreater(count, 50)


class TestSaid(PureCase):
    def test_it_is_its_text(self):
        text = said("reply to %(record)s", record="crm.lead 7")
        self.assertEqual(text, "reply to crm.lead 7")
        self.assertEqual(copy.deepcopy(text).as_json(), text.as_json())
        self.assertEqual(said("after %(days)s days", days=31), "after 31 days")

    def test_strangers_percent_signs_are_text(self):
        for value in ("100 %", "%s", "%(x)s", "%", "%%", "%(value)s"):
            with self.subTest(value):
                self.assertEqual(said("sent to %(value)s", value=value), f"sent to {value}")
                self.assertEqual(said(value), value)

    def test_a_line_keeps_how_its_text_was_made(self):
        sign = said("null return path")
        text = said("subject “%(words)s” with %(sign)s", words="Re: 5 %", sign=sign)
        line = TraceLine("auto_reply", text, decided=True).as_json()
        self.assertEqual(
            json.loads(json.dumps(line)),
            {
                "step": "auto_reply",
                "text": "subject “Re: 5 %” with null return path",
                "decided": True,
                "template": "subject “%(words)s” with %(sign)s",
                "values": {
                    "words": "Re: 5 %",
                    "sign": {"template": "null return path", "values": {}},
                },
            },
        )
        self.assertIs(type(line["text"]), str)  # XML-RPC knows no other text

    def test_a_list_has_nothing_to_translate_but_its_items(self):
        text = listed([said("null return path"), "From: 5 %"], ", ")
        self.assertEqual(text, "null return path, From: 5 %")
        self.assertFalse(has_words(text.template))
        self.assertEqual(listed([], "; "), "")

    def test_a_sentence_of_another_addon_names_it(self):
        class Lazy:
            _source, _module = "plural of %(address)s", "catchall_example"

            def __str__(self):
                raise AssertionError("in whose language?")

        text = said(Lazy(), address="jobs@")
        self.assertEqual(text, "plural of jobs@")
        self.assertEqual(text.as_json()["module"], "catchall_example")
