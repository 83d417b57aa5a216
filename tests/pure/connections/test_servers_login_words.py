"""Refused logins as many providers word them, in their languages, and what each means."""

import imaplib

from ....connections import meaning_of, trouble_of
from ....connections.login_trouble import LoginTrouble
from ...kit.pure import PureCase

ANSWERS = {
    LoginTrouble.LOGIN: (
        "[AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled sc=aB3",  # Yandex
        "-ERR [AUTH] login failure or POP3 disabled, try later. sc=aB3",  # Yandex
        "[AUTHENTICATIONFAILED] Incorrect username, password or access token",  # Fastmail
        "[ALERT] Invalid credentials (Failure)",  # Gmail
        "no such user",  # Proton Bridge
        "-ERR Invalid user name or password.",  # hMailServer
        "Login failed: authentication failure",  # Cyrus
        "-ERR ERR.LOGIN.PASSERR",  # NetEase
        "Anmeldung fehlgeschlagen: Benutzername oder Passwort falsch",
        "Identifiant ou mot de passe incorrect",
        "Usuario o contraseña incorrectos",
        "Nome utente o password errati",
        "Usuário ou senha inválidos",
        "Gebruikersnaam of wachtwoord onjuist",
        "Nieprawidłowy login lub hasło",
        "Неверное имя пользователя или пароль",
        "用户名或密码错误",
        "パスワードが正しくありません",
    ),
    LoginTrouble.APP_PASSWORD: (
        "[AUTHENTICATIONFAILED] NEOBHODIM parol prilozheniya / Application password is REQUIRED",
        "Sorry, you need to create an app password to use this service",  # Fastmail
        "-ERR ERR.LOGIN.REQCODE 请使用授权码登录",  # NetEase
        "[ALERT] Please log in via your web browser: https://support.google.com",  # Gmail
    ),
    LoginTrouble.SWITCHED_OFF: (
        "[ALERT] You are yet to enable IMAP for your account.",  # Zoho
        "Your domain administrator has disabled IMAP access",
        "-ERR POP3 Abruf ist nicht aktiviert",  # GMX
        "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
    ),
    LoginTrouble.PLAIN_FORBIDDEN: (
        "[PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure connections.",
        "Login only available under a layer",  # Cyrus
        "[AUTHENTICATIONFAILED] no mechanism available",  # Cyrus
        "-ERR Command is not valid in this state.",  # Exchange before encryption
        "Command received in Invalid state.",  # Exchange
    ),
    LoginTrouble.THROTTLED: (
        "[LIMIT] LOGIN Rate limit hit",  # Yahoo
        "[AUTHENTICATIONFAILED] Too many invalid logon attempts.",  # hMailServer
        "-ERR too many unsuccessful logins, please wait",
        "[OVERQUOTA] Account exceeded bandwidth limits.",  # Gmail
        "Zu viele Anmeldeversuche",
        "Trop de tentatives de connexion",
        "Слишком много попыток входа",
        "登录过于频繁",
        "4.7.0 Authentication failed: Maximum credits exceeded",  # SendGrid
    ),
    LoginTrouble.TOO_MANY: (
        "-ERR Maximum connection limit reached for 192.0.2.1",  # Courier
        "Zu viele gleichzeitige Verbindungen",
        "Trop de connexions simultanées",
        "Demasiadas conexiones",
        "Превышено число соединений",
        "Слишком много одновременных подключений",
    ),
    LoginTrouble.IN_USE: (
        "-ERR Sorry, mailbox is locked by another POP3 session.",  # MDaemon
        "-ERR [IN-USE] Mailbox in use",
        "-ERR Postfach wird bereits verwendet",
    ),
    LoginTrouble.OVER_QUOTA: (
        "Postfach ist voll",
        "Quota dépassé",
        "Buzón lleno",
        "Почтовый ящик переполнен",
        "邮箱空间不足",
    ),
    LoginTrouble.UNAVAILABLE: (
        "-ERR Server Unavailable. 21",  # Exchange
        "[UNAVAILABLE] LOGIN Server error - Please try again later",  # Yahoo
        "-ERR mailserver unavailable",
        "[AUTHENTICATIONFAILED] Authentication failed: service temporarily unavailable",
    ),
    LoginTrouble.DENIED: (
        "[AUTHORIZATIONFAILED] No such authorization-ID",
        # Tencent: any of five
        "Login fail. Account is abnormal, service is not open, password is incorrect, login "
        "frequency limited, or system is busy. More information at https://help.mail.qq.com/",
        "Login error user suspended",  # NetEase
        "LOGIN failed: account is disabled",
        "-ERR [AUTH] Account locked due to suspicious activity",
    ),
    None: ("-ERR Unable to log on", "Ваш аккаунт заблокирован"),
}


class TestServersLoginWords(PureCase):
    def test_servers_logins_of_many_providers(self):
        """Server: refuses a login in the words of its provider and its language → what it means is
        told apart (Foundry376/Mailspring#2111).
        """
        for trouble, answers in ANSWERS.items():
            for said in answers:
                with self.subTest(said):
                    self.assertEqual(meaning_of(said), trouble)

    def test_servers_an_answer_that_leaves_it_open(self):
        """Server: names five possible reasons at once, or an account that is blocked → its words
        are told, and nobody is sent to look for another password.
        """
        for said in ANSWERS[None] + ANSWERS[LoginTrouble.DENIED]:
            with self.subTest(said):
                self.assertEqual(trouble_of(imaplib.IMAP4.error(said)), LoginTrouble.DENIED)
