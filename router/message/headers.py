"""Header names as constants, lower case, as the rest of the router compares them."""

RECEIVED = "received"
RETURN_PATH = "return-path"
FROM = "from"
SENDER = "sender"
REPLY_TO = "reply-to"
TO = "to"
CC = "cc"
RESENT_TO = "resent-to"
RESENT_CC = "resent-cc"
SUBJECT = "subject"
DATE = "date"
MESSAGE_ID = "message-id"
IN_REPLY_TO = "in-reply-to"
REFERENCES = "references"
X_ORIGINAL_FROM = "x-original-from"
X_ORIGINAL_SENDER = "x-original-sender"

LIST_ID = "list-id"
LIST_POST = "list-post"
LIST_UNSUBSCRIBE = "list-unsubscribe"

AUTHENTICATION_RESULTS = "authentication-results"
RECEIVED_SPF = "received-spf"
AUTO_SUBMITTED = "auto-submitted"
PRECEDENCE = "precedence"
CONTENT_TYPE = "content-type"
CONTENT_LANGUAGE = "content-language"
ACCEPT_LANGUAGE = "accept-language"
X_AUTO_RESPONSE_SUPPRESS = "x-auto-response-suppress"
X_FAILED_RECIPIENTS = "x-failed-recipients"
X_MS_INBOX_RULES_LOOP = "x-ms-exchange-inbox-rules-loop"
DKIM_SIGNATURE = "dkim-signature"
X_AUTHENTICATED_SENDER = "x-authenticated-sender"
X_AUTHENTICATED_ID = "x-authenticated-id"
X_GET_MESSAGE_SENDER_VIA = "x-get-message-sender-via"
X_MS_AUTH_AS = "x-ms-exchange-organization-authas"
X_CATCHALL_LOOP = "x-catchall-loop"

# What mail servers call the envelope recipient (RFC 5321 RCPT TO), when they keep it.
# The order has no meaning: among believed headers the newest, that is topmost, wins.
ENVELOPE_RECIPIENT = frozenset(
    """
    x-original-to x-gm-original-to envelope-to x-envelope-to x-delivered-to delivered-to
    x-forwarded-to x-forwarded-for x-rcpt-to x-apparently-to original-recipient
    """.split()
)

# Written by the sender's mail client: they name whom the author had in mind.
ADDRESSED = (TO, CC, RESENT_TO, RESENT_CC)
