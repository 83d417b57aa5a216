"""No regular expression of the product takes more than linear time, whatever it is given.

Every call of ``re`` is found in the source; what is not in the table makes the test fail. Each is
held against texts that its own repetitions take, against common ones, and against texts that
almost match, at two sizes.
"""

import re

from ..kit.effort import assert_in_proportion
from ..kit.expressions import COMMON, expressions, kept_patterns, worst_units
from ..kit.pure import PureCase
from ..kit.sources import PURE, ROOT

SIZE = 8_000
# File -> the names that expressions are kept under, or of functions and classes that use one.
KNOWN = {
    "connections/quota.py": "_LIST",
    "connections/trouble.py": "_ENDED _BYE",
    "connections/words.py": "_CODE _PATTERNS _SMTP_LOGIN _OUTAGE _ELSE _BLOCKED",
    "content/announcements.py": "_TIME _DATE _OLD_GMAIL _NEXT_SENTENCE",
    "content/file_names.py": "_PATH _EXTENSION safe_name",
    "content/files.py": "_ADDRESS _IN_BRACKETS",
    "content/folding.py": "_WHOLE",
    "content/odoo_marks.py": "_BY_NAME _BY_TEXT _SHAPED",
    "content/page_lines.py": "_PRE _TOP_LINE _KNOWN _CITING",
    "content/pages.py": "_DECLARATION _WRAPPERS",
    "content/tags.py": "_BEGIN _ATTRIBUTE _UNQUOTED",
    "content/opened/in_text.py": "_UU_BEGIN _YENC_BEGIN _SIZE _YENC_ESCAPED",
    "content/opened/rtf.py": "_TOKEN",
    "content/opened/tnef.py": "_UNSAFE",
    "content/pictures.py": "_PLAIN_ID _WEB _ON_DISK _PARTS",
    "content/plain.py": "_LINK _ADDRESS _COLUMNS _BLANKS _BREAKS _INDENTED _ENRICHED_PARAM",
    "content/quote_words.py": ("WROTE SINCE MYSELF FIELD ORIGINAL FORWARDED POINTS_BELOW DEVICE"),
    "content/quotes.py": "_AFTERWARDS _TEXT _ANSWERS _ITEM",
    "content/signature_pictures.py": "_MARK _QUOTE _CLOSING _SOURCE",
    "credentials/login_links.py": "_SHAPE _BEGUN _SIX_DIGITS _CODE _NO_ADDRESS _FIELD_END Logins",
    "credentials/redact.py": "Redactor",
    "credentials/unescape.py": (
        "_WORD _SPLIT_PARAMETER _SOFT_BREAK _BEYOND_ASCII _QUOTED _PERCENT _ENTITY"
        " _BACKSLASH _ATTRIBUTE _NOT_SHOWN _TAG _URLDEFENSE _BASE64"
    ),
    "dns_lookup/client.py": "_LABEL",
    "domain_check/dmarc_record.py": "_VERSION _LOOKS_LIKE _MAILTO",
    "domain_check/spf_macros.py": "_MACRO _NOT_SIGHT expand",
    "domain_check/spf_record.py": "_TERM _CIDR _LABEL _VISIBLE _parse_network",
    "incoming/answers.py": "_UID _SIZE _RECEIVED _DATE",
    "incoming/fingerprint.py": "_LINE _BLANKS _BOUNDARY",
    "incoming/folders.py": "_LIST _LITERAL _ESCAPED _PREFIX",
    "models/inbox/mail_catchall_where.py": "_FIELD _QUOTED",
    "models/inbox/note_actions.py": "_WHY",
    "models/inbox/safe_body.py": "_LINKS _REMOTE_PICTURE _PICTURE_DATA _STYLE_LOADS",
    "models/routing/parsing.py": "_BETWEEN_WORDS",
    "outgoing/calendar.py": "_UID _ORGANIZER _ANY_LINE _FOLD organizers without_addresses",
    "outgoing/header_text.py": (
        "_UNSAFE _ADDRESS _LONE_AT _EMPTY_BRACKETS _SPACE _SPECIALS format_address"
        " mailboxes_as_written"
    ),
    "outgoing/provider_words.py": "_any",
    "outgoing/references.py": "_MESSAGE_ID",
    "outgoing/wire.py": "_ATOM",
    "probe/answers.py": "_CODE",
    "probe/hop_dates.py": "_CLIENT_IP",
    "providers/powershell.py": "microsoft_commands _quoted",
    "providers/preset.py": "Server",
    "router/contact.py": "_NO_REPLY _FORM_WORDS _FORMS _VIA _IN_QUOTES",
    "router/message/addresses.py": (
        "_SIMPLE _EMPTY _PLAIN _SPECIAL _PARENTHESIS _QUOTED _ESCAPED _ADDR_SPEC"
        " _NEEDS_NO_QUOTES _NOT_IN_ADDRESS _ANGLE _INNER_BLANKS _SCHEME _INVISIBLE"
        " _IDEOGRAPHIC_STOPS _NOT_IN_BARE_NAME"
    ),
    "router/message/automatic.py": "_RETRIEVED",
    "router/message/bounded.py": "_PLAIN_ENTRY _PLAIN_PARAMETERS _TOKEN",
    "router/message/brief.py": "_LINK _DOT _TAG _shortener",
    "router/message/calendar.py": "_FOLD _METHOD _UID _PARTSTAT",
    "router/message/charsets.py": (
        "_CODE_PAGE _META _ESCAPE _ISO _BESIDE_NAME _CONTROLS _THREE_OCTETS _NOT_EUC"
        " _WORD_OF_TWO_OCTETS"
    ),
    "router/message/encoded_words.py": "_WORD _UNSAFE",
    "router/message/fields.py": "_END_OF_HEADER _LINE_BREAK _NAME",
    "router/message/mail.py": "_MESSAGE_ID _BETWEEN_BARE_IDS",
    "router/message/markup_limits.py": (
        "_QUOTED _MARKS _ANGLES _QUOTES_AND_BLANKS _ATTRIBUTE _NAME"
    ),
    "router/message/mime.py": (
        "_BEYOND_ASCII _TYPE _HEADER_LINE _BLANKS_BEFORE_HEADER _BOUNDARY_LINE _Walk"
    ),
    "router/message/parameters.py": "_CHUNK _ESCAPED _NAME _NO_SEMICOLON _COMMENT _EXTENDED",
    "router/message/programs.py": "_PERSONS _WEB_SITES _SENT_ON",
    "router/message/raw_text.py": "_CONTROLS _KANA",
    "router/message/transfer.py": (
        "_NOT_ALNUM _BASE64 _BASE64_LINE _LONG_RUN _GOES_ON _SOFT_BREAK _LINE _BEGIN"
    ),
    "router/message/repair.py": "_JUNK _ENCODED_WORD _UNSAFE",
    "router/own_copy.py": "_OWN_FORM",
    "router/reports/bounce_text.py": "_MAIL _ORIGINAL _QUOTED_LINE _ADDRESS _LETTERS _LONG_LINE",
    "router/reports/bounce_words.py": "compiled",
    "router/reports/domain_report.py": "_NAME _NAMED _SUBJECT",
    "router/reports/report.py": "_MACHINE_PART _MESSAGE_ID TRACE_FIELD _EMPTY_LINES _TAG _ANY_TAG",
    "router/reports/status.py": "_IN_FIELD _IN_TEXT _REPLY _CAUSE",
    "router/tokens/loop_mark.py": "_VALUE",
    "router/tokens/probe_mark.py": "_TOKEN",
    "router/tokens/tokens.py": "_LOCAL_PART _MESSAGE_ID",
    "router/trust/authres.py": "_TOKEN _BARE_TOKEN _ESCAPED _POLICY _METHOD _MAILBOX",
    "router/trust/received.py": (
        "_EXIM_PEER _PARENTHESIS _IP _BARE_IP _HOST _PROTOCOL _LOGIN _SENDMAIL_AUTH _FROM_NETWORK"
    ),
    "router/trust/signers.py": "_BLANKS",
    "router/trust/spf.py": "_ENVELOPE",
    "router/verdicts/auto_reply.py": "_DOMINO _RETURNS",
    "router/verdicts/auto_reply_words.py": "_compiled",
    "router/verdicts/bounce.py": (
        "_DAEMON _DAEMON_NAME _POSTMASTER _POSTMASTER_NAME _PERHAPS _PERHAPS_NAME"
    ),
    "router/verdicts/report.py": "_REPORTERS _AWS _AWS_CHORES",
    "router/verdicts/spam.py": "_SIGNS",
    "sent_copies/sent_folder.py": "_quoted",
    "signatures/dkim.py": "_LONG_BLANK _BLANKS _LONE_LF _check_tags",
}
# Applied at one place of a text and never searched for: ``match`` and ``fullmatch`` alone.
AT_ONE_PLACE = {
    "content/announcements.py": "_OLD_GMAIL",
    "content/pages.py": "_DECLARATION",
    "content/plain.py": "_ADDRESS _INDENTED",
    "content/quote_words.py": "SINCE FIELD ORIGINAL FORWARDED DEVICE",
    "content/quotes.py": "_AFTERWARDS _ANSWERS",
    "content/tags.py": "_ATTRIBUTE _UNQUOTED",
    "domain_check/dmarc_record.py": "_LOOKS_LIKE",
    "domain_check/spf_record.py": "_LABEL",
    "incoming/answers.py": "_DATE",
    "incoming/folders.py": "_LIST",
    "models/inbox/mail_catchall_where.py": "_FIELD",
    "probe/answers.py": "_CODE",
    "router/contact.py": "_IN_QUOTES",
    # _entries and _Scanner go on behind what was matched, and try nothing twice that never ends
    "router/message/addresses.py": "_SIMPLE _EMPTY _PLAIN _QUOTED _ADDR_SPEC",
    "router/message/bounded.py": "_PLAIN_ENTRY",
    "router/message/charsets.py": "_CODE_PAGE _ISO",
    "router/message/fields.py": "_NAME",
    "router/message/markup_limits.py": "_ATTRIBUTE _NAME",
    "router/message/mime.py": "_TYPE _HEADER_LINE _BLANKS_BEFORE_HEADER",
    # _pieces leaves _CHUNK at the first quote that never ends
    "router/message/parameters.py": "_CHUNK _NAME _EXTENDED",
    "router/message/transfer.py": "_BASE64 _BASE64_LINE _LONG_RUN _LINE",
    # _tokens leaves it at the first quote that never ends
    "router/trust/authres.py": "_TOKEN _MAILBOX",
    "router/trust/received.py": "_BARE_IP",
}
# Not linear where searched for, of texts that are cut before: how many characters there are.
CUT_BEFORE = {
    "connections/words.py: _PATTERNS": 1_000,  # of a server's answer
    "signatures/dkim.py: _check_tags": 200,  # blanks in a row: _LONG_BLANK
}
# Put together where they are used: those that words are made into are held as what they become.
MADE_IN_PLACE = {
    "outgoing/calendar.py: without_addresses": "an escaped address",
    "outgoing/header_text.py: mailboxes_as_written": "an escaped address",
    "outgoing/provider_words.py: _any": "bounded words, of answers of at most 4,000 characters",
    "credentials/login_links.py: Logins": "the characters of a token that was found, in order",
    "credentials/redact.py: Redactor": "alternatives of escaped secrets",
    "domain_check/spf_macros.py: expand": "one class of characters",
    "providers/preset.py: Server": "a host name of ours with a gap",
    "router/message/brief.py: _shortener": "escaped words of a text of 1,000 characters",
    "router/message/mime.py: _Walk": "a boundary, escaped",
    "router/reports/bounce_words.py: compiled": "kept in bounce_text.py",
    "router/verdicts/auto_reply_words.py: _compiled": "kept beside it",
}


class TestRegularExpressions(PureCase):
    def found(self):
        """{where: patterns}."""
        found = {}
        for where, literal, path in expressions((*PURE, "models")):
            patterns = found.setdefault(where, [])
            in_models = (ROOT / "models") in path.parents
            kept = [] if in_models else kept_patterns(path, where.partition(": ")[2])
            patterns += kept or ([re.compile(literal)] if literal is not None else [])
        return found

    def test_each_is_known(self):
        found = self.found()
        self.assertEqual(set(found), listed(KNOWN))
        self.assertLessEqual(listed(AT_ONE_PLACE) | set(CUT_BEFORE), set(found))
        self.assertEqual(
            {where for where, patterns in found.items() if not patterns}, set(MADE_IN_PLACE)
        )

    def test_each_takes_linear_time(self):
        for where, patterns in self.found().items():
            for text, pattern in {item.pattern: item for item in patterns}.items():
                with self.subTest(where, pattern=text):
                    size = CUT_BEFORE.get(where, SIZE)
                    self.hold(pattern, at_one_place=where in listed(AT_ONE_PLACE), size=size)

    def test_those_made_of_words_take_linear_time(self):
        words = {
            "router/verdicts/auto_reply_words.py": "PREFIX OPENING",
            "router/reports/bounce_text.py": "_SUBJECT _PHRASE _DELAY _GIVEN_UP",
        }
        for path, names in words.items():
            for name in names.split():
                for pattern in kept_patterns(ROOT / path, name):
                    with self.subTest(name):
                        self.hold(pattern, at_one_place=False)

    def hold(self, pattern, *, at_one_place, size=SIZE):
        def work(texts):
            for text in texts:
                if at_one_place:
                    pattern.match(text)
                    pattern.fullmatch(text)
                else:
                    for _found in pattern.finditer(text):
                        pass

        def make(size):
            return [
                hostile(pattern, lead, unit, tail, size) for lead, unit in units for tail in "!\n"
            ]

        units = {*(("", unit) for unit in COMMON), *worst_units(pattern)}
        assert_in_proportion(self, make, work, size)

    def test_the_measure_finds_what_is_not_linear(self):
        for pattern in (r'"(?:[^"\\]|\\.)*"', r"\s+x", r"\([^)]*\) y", r"<[^>]*\sencoding="):
            with self.subTest(pattern), self.assertRaises(AssertionError):
                self.hold(re.compile(pattern), at_one_place=False)


def listed(table):
    return {f"{file}: {name}" for file, names in table.items() for name in names.split()}


def hostile(pattern, lead, unit, tail, size):
    text = lead + unit * (size // len(unit)) + tail
    return text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")
