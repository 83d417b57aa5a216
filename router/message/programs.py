"""What a message's header says about the program that wrote it: a person's, or a web site's."""

import re

from . import headers
from .mail import ReceivedMail

_PERSONS = re.compile(
    r"thunderbird|outlook|apple mail|iphone|ipad|android|k-9|mutt|evolution|kmail|roundcube|horde"
    r"|squirrelmail|zimbra|the bat|airmail|spark|foxmail|sogo|rainloop|snappymail|webmail|gnus"
    r"|claws|sylpheed|mailspring|emclient|em client|nextcloud|proton"
    r"|open-xchange|ox app|lotus notes|hcl notes|ibm notes|\bverse\b|yahoomail|ymail|zoho mail"
    r"|postbox|seamonkey|eudora|pegasus|tutanota|fairemail|bluemail|alpine|pine |mailmate|canary"
    r"|superhuman|hey\.com|poczta|mail\.ru mailer|yandex|groupwise|incredimail|becky|aquamail|gmx",
    re.IGNORECASE,
)
# Web mail writes no X-Mailer, but leaves these behind.
_PERSONS_HEADERS = (
    *("x-gm-message-state", "thread-index", "x-originating-ip", "x-ymail-osg", "x-provags-id"),
    *("x-ui-sender-class", "x-originating-client", "x-zohomailclient", "x-zoho-virus-status"),
    *("x-mailru-sender", "x-ox-marker"),
)
_WEB_SITES = re.compile(
    r"\b(?:php|wordpress|drupal|joomla|typo3|contao|swift ?mailer|symfony|laravel|zend\b|laminas"
    r"|nette|codeigniter|django|rails|actionmailer|formmail|form ?tools|contact ?form|wp ?forms"
    r"|gravity ?forms|ninja ?forms|elementor|jotform|typeform|shopware|magento|prestashop|oxid"
    r"|woocommerce|shopify|nodemailer|javamail|jakarta ?mail|mime::lite|mail::send|cgi\b|perl\b"
    r"|cdosys|cdo for|aspmail|aspnet|system\.net\.mail|mailkit|wix\b|jimdo|squarespace|webflow"
    r"|neos\b|redaxo|plone|concrete5|modx|silverstripe|craft ?cms|kirby|processwire)",
    re.IGNORECASE,
)
_WEB_SITES_HEADERS = (
    *("x-php-script", "x-php-originating-script", "x-php-originating-user", "x-script-name"),
    *("x-wpcf7-content-type", "x-form-id", "x-formmail", "x-typo3-mailer", "x-cgi-script"),
)
_SENT_ON = re.compile(
    r"^\s*(?:\[[^\]]{1,30}\]\s*)?\[?(?:fwd?|wg|wtr|tr|rv|enc|doorst|vs|vb|vl|pd|i|rif|ilt|továbbítás"
    r"|转发|轉寄|転送|전달|пересл?|weitergeleitet)\s?(?:\[\d+\])?[:：]",
    re.IGNORECASE,
)


def sent_on(mail: ReceivedMail) -> bool:
    """Whether the subject is as mail clients write it over what a person sends on."""
    return bool(_SENT_ON.match(mail.subject[:500]))


def program(mail: ReceivedMail) -> str:
    """How the program that wrote a message calls itself, ``""`` if it does not say."""
    return (mail.first("user-agent") or mail.first("x-mailer"))[:300]


def persons_sign(mail: ReceivedMail) -> str:
    """The mark of a mail client: its name, or a header it leaves behind, or ``""``."""
    found = _PERSONS.search(program(mail))
    if found:
        return found.group()
    return next((name for name in _PERSONS_HEADERS if mail.has(name)), "")


def web_sites_sign(mail: ReceivedMail) -> str:
    """The mark of a program that sends for a web site, a shop or a script, or ``""``.

    Such a program writes new messages; what replies to one was written by a person with it.
    """
    if mail.has(headers.IN_REPLY_TO):
        return ""
    found = _WEB_SITES.search(program(mail))
    if found:
        return found.group()
    return next((name for name in _WEB_SITES_HEADERS if mail.has(name)), "")
