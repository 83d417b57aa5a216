"""Variants of kinds 4, 5, 6 and 13: who knows a Message-ID or a reply address of ours."""

from .letters import (
    BANK,
    PROVED,
    THREAD,
    case,
    exchange,
    exim,
    letter,
    postfix,
    qmail,
    results,
    sendmail,
)

CATCHALL = "catchall@example.com"
BOSS = "Boss <boss@example.com>"
OUTSIDER = "x@evil.test"


def _reply(trace, sender, *more, to=CATCHALL):
    return letter(trace, sender, to, *(more or (THREAD,)), body=BANK)


COLLEAGUES = (
    case("4-In-Reply-To-alone", "a colleague, In-Reply-To alone, Exim",
         _reply(exim(), BOSS, "In-Reply-To: @KNOWN@")),
    case("4-token-of-the-Message-ID", "the offer is gone: the token in its Message-ID finds it",
         _reply(sendmail(), "remote@gmail.test"), prepare="forget_offer"),
    case("4-upper-case", "a colleague in capitals, qmail", _reply(qmail(), "BOSS@EXAMPLE.COM")),
    case("4-among-others", "the offer last among unknown Message-IDs, spf=none",
         _reply((results("spf=none smtp.mailfrom=evil.test"), exchange()), "colleague@example.com",
                "References: <a@b.test> <c@d.test> @KNOWN@")),
    case("4-proved-stranger-as-Sender", "a proved stranger in Sender, a colleague in From",
         _reply((results("dkim=pass header.d=evil.test"), postfix()), BOSS,
                "Sender: x@evil.test", THREAD)),
    case("4-to-an-alias", "a colleague, a known Message-ID, to an alias of the same model",
         _reply(postfix(), BOSS, to="sales@example.com")),
)  # fmt: skip

OURS = (
    case("5-archived", "an archived user of our domain", _reply(exim(), "former@example.com")),
    case("5-archived-foreign", "an archived user with a foreign address",
         _reply(sendmail(), "Leaver <leaver@gmail.test>")),
    case("5-sub-address", "a sub-address of a colleague",
         _reply(exchange(), "boss+new@example.com", "In-Reply-To: @KNOWN@")),
    case("5-robot", "OdooBot's address", _reply(qmail(), "OdooBot <odoobot@example.com>")),
    case("5-catch-all", "the catch-all address itself", _reply(postfix(), CATCHALL)),
    case("5-company-B", "the address of another company of ours, to a colleague",
         _reply(postfix(), "office@b-company.test", "X-Mailer: none", to="colleague@example.com")),
    case("5-by-reply-address", "a contact of ours with the customer's reply address",
         _reply(exim(), "ceo@example.com", "X-Mailer: none", to="@TOKEN_CUSTOMER@")),
    case("5-new-record", "an invented address of ours opens a record",
         _reply(sendmail(), "ceo.office@example.com", "X-Mailer: none", to="sales@example.com")),
)  # fmt: skip

TOKENS = (
    case("6-colleague-with-the-customers", "a colleague with the customer's reply address",
         _reply(exim(), "colleague@example.com", "X-Mailer: none", to="@TOKEN_CUSTOMER@")),
    case("6-another-colleague-with-the-boss-s", "remote with the boss's reply address",
         _reply(qmail(), "remote@gmail.test", "X-Mailer: none", to="@TOKEN_BOSS@")),
    case("6-sub-address-of-the-boss", "a sub-address of the boss with the boss's reply address",
         _reply(sendmail(), "boss+x@example.com", "X-Mailer: none", to="@TOKEN_BOSS@")),
    case("6-employees-in-Cc", "the customer's token, the employees-only alias in Cc",
         letter(exchange(), "@CUSTOMER@", "@TOKEN_CUSTOMER@", "Cc: staff@example.com"),
         same_as="6c"),
    case("6-followers-in-To", "the customer's token behind an alias for followers",
         letter(exim(), "@CUSTOMER@", "followers@example.com, @TOKEN_CUSTOMER@", THREAD),
         same_as="6c", prepare="customer_follows_team"),
    case("6-boss-and-an-alias", "the boss's token, From the boss, the employees-only alias in Cc",
         letter(postfix(), BOSS, "@TOKEN_BOSS@", "Cc: staff@example.com", body=BANK)),
)  # fmt: skip

STRANGERS = (
    case("13-In-Reply-To", "a stranger, In-Reply-To alone, Exim",
         _reply(exim(), OUTSIDER, "In-Reply-To: @KNOWN@")),
    case("13-token-of-the-Message-ID", "the offer is gone: the token in its Message-ID finds it",
         _reply(sendmail(), OUTSIDER), prepare="forget_offer"),
    case("13-Reply-To", "Reply-To is the customer",
         _reply(exchange(), OUTSIDER, "Reply-To: @CUSTOMER@", THREAD)),
    case("13-proved-stranger", "a stranger whose own domain is proved",
         _reply((PROVED, qmail()), "Ann <ann@evil.test>")),
    case("13-longer-domain", "a domain that begins with the customer's",
         _reply(postfix(), "x@cust.example.org.evil.test")),
    case("13-Sender", "Sender is the customer", _reply(exim(), OUTSIDER, "Sender: @CUSTOMER@",
                                                       THREAD)),
    case("13-victims-in-Cc", "strangers in Cc become no followers",
         _reply(postfix(), OUTSIDER, "Cc: victim@bank.test, other@bank.test", THREAD)),
    case("13-two-From", "the customer in a first From, a checked stranger in a second",
         letter((PROVED, postfix()), "@CUSTOMER@", CATCHALL, "From: x@evil.test", THREAD)),
    case("13-two-mailboxes", "the customer, and a stranger, in one From",
         letter((PROVED, exim()), "@CUSTOMER@, x@evil.test", CATCHALL, THREAD)),
    case("13-alias-of-the-record", "an alias whose messages all stand on the customer's record",
         letter(sendmail(), OUTSIDER, "fixed@example.com", "Comments: @KNOWN@"),
         prepare="fix_alias"),
    case("13-alias-of-the-record-failed", "the customer at such an alias, but DMARC fails",
         letter((results("dmarc=fail header.from=cust.example.org"), qmail()), "@CUSTOMER@",
                "fixed@example.com", "Comments: @KNOWN@"), prepare="fix_alias"),
    case("13-SPF-and-DMARC-fail", "the customer, but SPF and DMARC fail",
         _reply((results("spf=fail smtp.mailfrom=cust.example.org; dkim=none;\n"
                         "\tdmarc=fail action=none header.from=cust.example.org"), exchange()),
                "@CUSTOMER@")),
)  # fmt: skip
