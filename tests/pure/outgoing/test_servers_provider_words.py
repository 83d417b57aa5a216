"""Refusals as many providers word them, in their languages, and what each is about."""

from ...kit.server_answers import AnswersCase, answer

# A limit of the account: the queue waits.
LIMITS = (
    "450 Requested mail action not taken: mailbox unavailable: Mail send limit exceeded.",  # IONOS
    "421 Domain shop.example is not allowed to send: recipient limit exceeded. Try again after 9",
    "421 4.4.2 Message submission rate for this client has exceeded the configured limit",
    "554 5.7.1 Policy rejection; Message count quota exceeded",  # Zimbra's policyd
    "450 4.7.1 <x@c.test>: Recipient address rejected: Policy Rejection- Quota Exceeded.",
    "450 4.7.1 Error: too much mail from 192.0.2.1",  # Postfix
    "450 4.7.1 Error: too many recipients from 192.0.2.1",  # Postfix
    "451 4.7.1 Message rate exceeded, please try later",  # Strato
    "452 4.3.1 You have exceeded your hourly allowance",  # SMTP2GO
    "550 You have exceeded your SMTP relays per day",  # GoDaddy
    "550 SMTP relay limit exceeded",
    "451 4.7.1 Authentication failed: Maximum credits exceeded",  # SendGrid
    "421 4.7.1 Sorry, exceeded 500 messages in 3600 seconds",  # postfwd
    "450 4.7.1 sorry, max 100 recipients per 24h for this user reached",  # postfwd
    '451 4.7.1 Ratelimit "user" exceeded',  # Rspamd, mailcow
    "550 Domain frequency limited",  # QQ
    "550 Sender frequency limited",  # QQ
    "451 MI:DMC 当前发送的邮件数量超出限制",  # NetEase
    "550 MI:SFQ 发信人在15分钟内的发信数量超过限制",  # NetEase
    "550 5.7.1 Daily SMTP relay limit exceeded for customer.",  # Gmail
    "550 5.7.705 Access denied, tenant has exceeded threshold",  # Microsoft
    "554 5.7.0 Too many messages from your account",
    "451 Ratelimit exceeded for mailbox a@d.example. Try again later.",  # Mail.ru
    "550 Mail quota exceeded: 1440 mails per 24h",  # Infomaniak
    "450 4.7.1 <a@d.example>: Sender address rejected: mail quota exceeded",  # netcup
    "452 Account sending limit reached",  # MDaemon
    "420 4.7.0 Exceed Sending Limit (hourly)",  # SparkPost
    "454 Throttling failure: Maximum sending rate exceeded.",  # Amazon SES
    "550 Vous avez atteint la limite journalière d'envoi",
    "550 Quota d'envoi dépassé",
    "550 Ha superado el límite de correos por hora",
    "550 Superato il limite giornaliero di messaggi",
    "550 Limite diário de envios excedido",
    "550 Sie haben Ihr Sendekontingent ausgeschöpft",
    "550 Maximale Anzahl an E-Mails pro Stunde erreicht",
    "550 Verzendlimiet bereikt",
    "550 Przekroczono dzienny limit wysłanych wiadomości",
    "550 5.7.1 Překročen limit odeslaných zpráv",
    "550 Günlük gönderim limitini aştınız",
    "550 Превышен лимит отправки писем",
    "550 일일 발송 한도를 초과했습니다",
    "550 送信数の上限に達しました",
)
# Another From may help.
SENDERS = (
    "550 5.7.1 relaying denied: unconfigured sending domain <d.example>",  # SparkPost
    "550 The d.example domain is not verified. Please, add and verify your domain",  # Resend
    "550 Sending from a@d.example is not allowed: the sender is not valid",  # Brevo
    "554 Message rejected: Email address is not verified. The following identities failed",  # SES
    "550 The 'From' address you supplied is not a Sender Signature on your account",  # Postmark
    "550 The from address does not match a verified Sender Identity",  # SendGrid
    "550 5.7.60 SMTP; Client does not have permissions to send as this sender",  # Exchange
    "550 5.1.0 Sender identity does not match authenticated identity",  # MDaemon
    "553 5.7.1 <a@d.example>: Sender address rejected: not owned by user c",  # Zimbra
    "550 Requested action not taken: mailbox unavailable. Sender address is not allowed.",  # GMX
    "554 5.7.0 Die Absender-Adresse ist nicht registriert",
    "550 adresse d'expéditeur inconnue",
    "553 5.7.1 Адрес отправителя не принадлежит пользователю",
    "550 5.7.1 El remitente no coincide con el usuario autenticado",
)
# Neither: a network, one recipient, the content, the session, or just not now.
OTHERS = (
    "550 5.7.708 Access denied, traffic not accepted from this IP",  # Microsoft
    "550 5.7.25 The IP address sending this message does not have a PTR record",  # Gmail
    "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
    "550 Mail from 192.0.2.1 refused, see https://d.example",
    "554 5.7.1 Helo command rejected: Host not found",
    "450 4.2.0 <x@c.test>: Recipient address rejected: Greylisted for 300 seconds",
    "451 4.3.0 Greylisted, please try again in 5 minutes",
    "452 4.3.1 Insufficient system storage",
    "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded",  # Microsoft: at once
    "452 4.5.3 Error: too many recipients",  # of one message
    "452 Too many messages this session",
    "421 Connection closed by server. Maximum message count per session reached.",  # Amazon SES
    "421 4.7.0 Too many messages on this connection",
    "550 Connection frequency limited",
    "421 4.7.0 Too many concurrent connections",
    "550 5.6.0 Message contains an invalid header",
    "552 5.2.2 <x@c.test>: Recipient mailbox quota exceeded",
    "450 4.2.1 The recipient has exceeded their message rate limit. Try again later.",  # Yandex
    "550 5.1.1 User unknown",
    "554 5.7.1 Refused by local policy. Sending of SPAM is not permitted!",  # Strato
    "550 5.7.1 The email was rejected for its content",
    "553 5.1.8 Domain of sender address a@d.example does not exist",  # Sendmail
    "554 Sending paused for this account",  # Amazon SES: by its people
)


class TestServersProviderWords(AnswersCase):
    def test_servers_limits_of_many_providers(self):
        """Any provider: a limit in its own words and its language → the queue waits, nothing is
        learned (mailcow/mailcow-dockerized#1693).
        """
        self.check_limits(*LIMITS)

    def test_servers_senders_of_many_providers(self):
        """Any provider: refuses the author in its own words → goes as the account."""
        for line in SENDERS:
            with self.subTest(line=line):
                self.assertTrue(answer(line, "data").names_sender)
                self.assertFalse(answer(line, "data").is_limit)

    def test_servers_what_is_neither(self):
        """Any provider: refuses a network, a recipient, a content → the queue goes on, and nothing
        is learned of the author.
        """
        for line in OTHERS:
            for stage in ("rcpt", "data"):
                with self.subTest(line=line, stage=stage):
                    said = answer(line, stage)
                    self.assertFalse(said.is_limit)
                    self.assertFalse(said.names_sender)
