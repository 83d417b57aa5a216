"""What the words of a refusal speak of: the login, the sender's limit, one recipient, the sender.

Codes alone do not say it: 550 and 5.7.1 mean a dozen things. Each row was seen in an answer of the
servers that are named beside it, or is the same sentence in another language. The order in which
they are asked is in ``refusals.Answer``.
"""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


LOGIN = _any(
    r"\b[45]\.7\.(?:8|9|57)\b",  # RFC 4954 §6; Microsoft: 5.7.57 Client was not authenticated
    r"authentication (?:is )?(?:required|needed|failed|failure|unsuccessful)",
    r"(?:must|please|need to) (?:first )?(?:authenticate|log ?in)\b(?! as)",
    r"must issue a starttls|starttls (?:command )?(?:is )?(?:first|required)",
    r"(?:client|user|session) (?:was |is )?not authenticated",
    r"not (?:yet )?logged in",  # Postfix: Sender address rejected: not logged in
    r"invalid (?:login|credentials)",
)

# SendGrid says it as "Authentication failed: Maximum credits exceeded".
CREDITS = _any(r"credits? exceeded")

# The limit of a sender, which passes by itself. What speaks of it without any doubt:
LIMIT = _any(
    r"\b5\.4\.5\b",  # Gmail: Daily user sending limit exceeded
    r"unusual sending activity",  # Zoho: 5.4.6
    r"submissionquota|\b5\.1\.90\b|\b5\.7\.705\b",  # Microsoft
    r"throttl",  # Amazon SES: Throttling failure: Daily message quota exceeded
    r"rate ?limit|rate overlimit|sending rate",  # Exim, Hestia, Amazon SES, Postfix
    r"too many (?:e-?)?(?:mails|messages)\b|too much mail\b",  # OVH: too many emails (#5.7.1)
    r"too many recipients from\b",  # Postfix: of one client
    # root-io: only 10 messages per day; web.de: limit of 400 rcpts per 24 hours; postfwd: in 3600 s
    r"\d{1,9} (?:e-?mails|mails|messages|rcpts|recipients) (?:per|an?|every|in) (?:the last )?"
    r"(?:\d{1,6} ?)?(?:second|minute|hour|day|week|month|h\b|s\b)",
    # Migadu; IONOS: Mail send limit exceeded
    r"(?:send|sending|outgoing|outbound|submission|sent)\b[^.;:]{0,40}\b(?:limits?|quota)\b",
    r"(?:message|mail|submission) rate\b[^.;]{0,50}\bexceed",  # Strato, Exchange
    r"message count quota|\bpolicy rejection\b[^.]{0,30}\bquota exceeded",  # policyd
    r"\bsender\b[^.;]{0,40}\bquota exceeded",  # netcup
    r"not allowed to send: recipient limit",  # Mailgun
    r"(?:hourly|daily|monthly|your) allowance|credits? exceeded",  # SMTP2GO, SendGrid
    # GoDaddy; QQ: Domain frequency limited
    r"\brelay (?:limit|quota)|exceed\w{0,3}\b[^.;]{0,30}\brelays\b|frequency limit",
    r"\b(?:limits?|quota)\b[^.;:]{0,40}\b(?:sending|outgoing|outbound|submission|sent)\b",  # Plesk
    r"(?:hour(?:ly)?|daily|day|24-hour|monthly)\b[^.;:]{0,30}\b(?:limit|quota)\b",  # GoDaddy
    r"max(?:imum)? (?:number of )?(?:defers and failures|(?:e-?mails|messages)) "
    r"(?:per|an|in an|sent)",  # cPanel: has exceeded the max emails per hour
    r"(?:exceed|reach)\w{0,6}\b[^.;]{0,40}\b(?:number|limit|quota|max\w*)\b[^.;]{0,30}"
    r"\b(?:e-?mails|messages|recipients)\b",
    r"(?:limite|quota|cuota) d.envoi|l[ií]mite (?:\w{1,15} )?(?:de|di|d.) ?(?:envi|invi|correo"
    r"|mensaj|mensage|messag|e-?mail)|limite (?:journali|quotidien|horaire)",
    r"trop de (?:messages|courriels|e-?mails)|demasiados (?:correos|mensajes)|troppi messaggi",
    r"(?:versand|sende|tages|stunden)(?:limit|kontingent|quota)|zu viele (?:e-?mails|nachrichten)",
    r"(?:e-?mails|nachrichten) pro (?:minute|stunde|tag)|verzendlimiet|te veel (?:berichten|e-?m)",
    r"przekrocz\w{1,6} [^.;]{0,30}limit|p[řr]ekro[čc]en\w? [^.;]{0,30}limit|g[öo]nderim limit",
    r"лимит|превышен|发送.{0,8}(?:上限|限制|超)|超[过出].{0,8}(?:上限|限制)|送信.{0,8}(?:上限|制限)|한도",
)
# The same words where they mean something that does not pass, or another session would help.
NO_LIMIT = _any(
    r"sendasdenied|\b5\.2\.252\b",  # Microsoft: not allowed to send as
    r"\bsize\b|\bbytes?\b|\blines?\b|\bhops?\b|\bloop|attachment",
    r"connections?\b|per (?:message|e-?mail)\b|sender thread",
    r"größe|groesse|taille|tamaño|tamanho|dimension|rozmiar|velikost|размер|大小|サイズ",
)
SESSION_OVER = _any(
    # Stalwart: 452 4.4.5 Maximum number of messages per session exceeded
    r"(?:per|(?:in|on) (?:this|one|a|the)|for (?:this|one)|this) (?:smtp )?"
    r"(?:session|connection)\b",
)
_FULL = (
    r"(?:postfach|boîte|buzón|casella|caixa postal|postvak|skrzynk|ящик|邮箱|郵箱)[^.;]{0,30}"
    r"(?:voll\b|pleine|llen|pien|cheia|vol\b|pełn|переполн|квот|已满|滿)|квот[^.;]{0,30}ящик"
)
RECIPIENT_LIMIT = _any(
    r"\b[45]\.2\.[12]\b",  # RFC 3463 §3.3; Gmail: 4.2.1 receiving mail at a rate
    r"(?:mailbox|inbox)\b[^.;]{0,40}\b(?:full|over ?quota|exceed)",
    r"over ?quota|quota exceeded \(mailbox",
    r"user you are trying to contact",
    r"recipients?\b[^.;]{0,40}\b(?:quota|limit|storage)",
    r"insufficient (?:system )?storage",
    _FULL,
)
# Recipients too: how many the account may write to.
OF_ACCOUNT = _any(r"sending|send limit|allowed to send|policy rejection")
MAILBOX_FULL = _any(
    r"\b[45]\.2\.2\b",
    r"(?:mailbox|inbox)\b[^.;]{0,40}\b(?:full|over ?quota)",
    r"over ?quota",
    _FULL,
)

# The account may not send as this author.
SENDER = _any(
    "not owned by",  # Postfix, mailcow, Yandex: Sender address rejected: not owned by user
    "sender address rejected",  # Postfix, Zoho
    "sender address (?:is )?not allowed",  # GMX, Ionos
    "sender is not allowed to relay|relaying disallowed as",  # Zoho
    "sendasdenied",  # Microsoft 365: 5.2.252
    "not allowed to send as",  # Microsoft 365
    "permissions to send as this sender",  # Exchange: 5.7.60
    "not (?:permitted|authori[sz]ed) to send as",
    "send from this header address",  # Fastmail: Not authorised to send from this header address
    "is not one of your addresses",  # iCloud: From address is not one of your addresses
    "match a verified sender identity",  # SendGrid
    "email address is not verified",  # Amazon SES
    "not allowed to use (?:this|the) sender",
    "envelope from address is not authorised",  # AuthSMTP
    "not local sender over smtp",  # mail.ru
    "(?:sender|from) address must match",
    "from header must match",
    "from address is not allowed",
    "unconfigured sending domain",  # SparkPost
    "domain is not verified",  # Resend
    r"(?<![\d.])5\.(?:7\.60|2\.252)(?![\d.])",
)
# Of what a server speaks that refuses MAIL, or the whole message, for the sender's sake.
OF_SENDER = _any(
    r"\bfrom\b|\bsenders?\b|\bheaders?\b|\bidentit|\bauthenticat|\bauthori[sz](?:ed|ation) user",
    r"\bsend(?:ing)? (?:as|on behalf|mail as|domain)\b|\baliases\b|domain is not verified",
    "absender|exp[ée]diteur|remitente|remetente|mittente|afzender|nadawc|odes[ií]latel|felad[óo]",
    "avs[äa]nd|afsender|l[äa]hett[äa]j|g[öo]nderen|отправител|відправник|заголов|αποστολ",
    "发件人|發件|寄件|差出人|送信者|보낸|발신|المرسل|השולח",
)
# The same words about somebody else: a recipient's SPF check, a domain without DNS, the content.
NOT_SENDER = _any(
    r"\b(?:spf|dkim|dmarc)\b|domain not found|quota|rate limit|too many",
    r"\brecipients?\b|user unknown|no such user|\bspam|\bvirus|malware|phish|\bcontent",
    r"attachment|\burls?\b|blacklist|blocklist|spamhaus|unsolicited|suspicious|reputation",
    r"\bsize\b|too large|too big",
)
# The same words about where it comes from, or about how the message is written.
OF_NETWORK = _any(
    r"\bfrom (?:this|your|that|the) (?:ip|host|network|client|server|address range)\b",
    r"\bfrom \[?\d{1,3}\.\d{1,3}\.|\bip address\b|\bptr\b|reverse dns|\b(?:helo|ehlo)\b",
    r"client host|\b5\.6\.\d|invalid header|does not (?:exist|resolve)",
)
