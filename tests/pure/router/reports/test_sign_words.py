"""The words that bounces and auto-responders are known by: an example for every expression.

The examples stand in the order of the tables, so that a new expression needs one, and a dropped
one is missed. Each language is named: mail of a country is not lost by a slip in another's words.
"""

import re

from .....router.reports import bounce_words
from .....router.reports.bounce_text import is_delay, phrase_sign, subject_sign
from .....router.verdicts import auto_reply_words
from ....kit.pure import PureCase
from ....kit.verdict_kit import judge

SUBJECTS = {
    "en": (
        "Undeliverable: Offer", "Non-delivery report", "Returned e-mail: see transcript",
        "Mail returned", "Returned message to sender", "Failure notice", "Mail system error",
        "Processing error", "Error during delivery", "Nameserver error",
        "Delivery of your e-mail has failed", "Message delivery problem", "It was not delivered",
        "Message 1X2Y-3 delayed", "Delayed mail", "Address not found", "Rejected mail",
        "Message you sent blocked",
        "Mail delivery status",
    ),
    "de": (
        "Unzustellbar: Angebot", "Nachricht nicht zugestellt", "Zustellung ist fehlgeschlagen",
        "Zustellungsfehler", "Fehler bei der Zustellung",
    ),
    "fr": (
        "Non délivré : Offre", "Échec de la remise", "Distribution différée", "Retour de courrier",
        "Utilisateur inconnu",
    ),
    "es": (
        "No se ha podido entregar", "Fallo en la entrega", "Correo devuelto", "Entrega demorada",
    ),
    "pt": ("Não foi possível entregar", "Falha na entrega", "Mensagem devolvida"),
    "it": (
        "Mancata consegna", "Non recapitato", "Consegna non riuscita", "Errore di consegna",
    ),
    "nl": ("Onbestelbaar: offerte", "Niet bezorgd", "Aflevering mislukt"),
    "sv da nb": ("Kunde inte levereras", "Ikke leveret", "Olevererat", "Ulevert melding"),
    "fi": ("Ei voitu toimittaa", "Toimitus epäonnistui"),
    "pl": ("Niedostarczona wiadomość", "Niedoręczona", "Nie można dostarczyć"),
    "cs sk": ("Nedoručitelné: nabídka", "Nemožno doručiť"),
    "hu": ("Kézbesíthetetlen", "Kézbesítési hiba"),
    "ro": ("Nu a putut fi livrat", "Nelivrat: ofertă"),
    "tr": ("Teslim edilemedi: teklif", "İleti iletilemedi"),
    "ru uk bg": (
        "Недоставленное сообщение", "Письмо не было доставлено", "Ошибка доставки",
        "Не вдалося доставити", "Недоставено писмо",
    ),
    "el": ("Αδύνατη η παράδοση", "Δεν ήταν δυνατή η παράδοση", "Δεν παραδόθηκε"),
    "ja": ("配信不能", "配信できません", "送信できません", "未配達"),
    "zh": ("退信通知", "無法傳遞", "无法送达", "無法送達", "投递失败", "未送达", "傳送失敗"),
    "ko": ("배달되지 않음", "배달할 수 없음", "반송된 메일", "전송 실패"),
    "he ar": ("לא ניתן למסירה", "تعذر التسليم", "فشل التسليم"),
}  # fmt: skip

PHRASES = {
    "en": (
        "could not be delivered", "unable to deliver", "undeliverable", "deliveries have failed",
        "delivery attempt", "failed permanently to deliver", "did not receive your mail",
        "not yet been delivered", "returned to the sender", "following recipients were invalid",
        "failed address", "transcript of session follows", "permanent fatal error",
        "fatal errors", "account unknown", "unknown local part", "no such mailbox",
        "not our customer", "user not known", "mailbox has been disabled", "full mailbox",
        "mailbox space", "over quota", "exceeding the mailbox size", "unrouteable",
        "host not found", "recipient address rejected", "addresses were not found",
        "your message has been automatically refused", "not listed in the directory",
        "invalid final delivery", "giving up", "error description: none", "550-#5.1.1",
    ),
    "de": ("nicht zugestellt", "unzustellbar", "Zustellung ist fehlgeschlagen", "verzögert"),
    "fr": ("n’a pas pu être remis", "n'a pas été distribué", "non remis", "échec de la remise"),
    "es": ("no se ha podido entregar", "no ha sido entregado"),
    "pt": ("não pôde ser entregue", "falha na entrega"),
    "it": ("non è stato possibile recapitare", "non sarà consegnato"),
    "nl": ("kon niet worden bezorgd",),
    "sv da nb": ("kunde inte levereras",),
    "fi": ("ei voitu toimittaa",),
    "pl": ("nie można było dostarczyć",),
    "cs sk": ("nelze doručit", "nebyla doručena"),
    "hu": ("nem sikerült kézbesíteni",),
    "ro": ("nu a putut fi livrat",),
    "tr": ("teslim edilemedi", "iletilemedi"),
    "ru uk bg": ("не может быть доставлено", "недоставлено"),
    "el": ("δεν ήταν δυνατή η παράδοση",),
    "ja": ("配信できませんでした", "配信不能", "配送できません", "届けることができません"),
    "zh": ("无法送达", "無法送達", "退信", "退回", "未能送达", "投递失败", "无法投递"),
    "ko": ("배달되지 않았습니다", "전송되지 않았습니다", "배달할 수 없습니다"),
}  # fmt: skip

DELAYS = {
    "en": (
        "not yet been delivered", "has been postponed", "message to Bob was delayed",
        "delayed mail", "delivery is incomplete", "(delayed)", "still being retried",
        "will keep trying", "attempts will continue", "warning message only",
        "no need to resend",
    ),
    "de": ("verzögert",),
    "fr": ("différé", "retardée"),
    "es pt": ("retrasado", "demorado", "atrasada"),
    "it": ("in ritardo", "ritardata"),
    "nl": ("vertraagd",),
    "sv da nb": ("försenad", "forsinket"),
    "pl cs": ("opóźniona", "zpoždění"),
    "ru": ("задержано",),
    "ja zh ko": ("遅延", "延迟", "延遲", "지연"),
}  # fmt: skip

GIVEN_UP = {
    "en": (
        "given up", "permanent fatal error", "failed permanently", "delivery failed",
        "returned to sender", "will not be retried",
    ),
    "de": ("endgültig", "aufgegeben"),
}  # fmt: skip

PREFIXES = {
    "en": (
        "Automatic reply", "Automatic response", "Automated reply", "Automated response",
        "Auto-Reply", "Autoresponse", "Auto responder", "Out of the office message", "OOO",
        "Vacation reply",
    ),
    "de": (
        "Automatische Antwort", "Automatische Rückantwort", "Autom. Antwort",
        "Automatische E-Mail-Antwort", "Abwesenheitsnotiz", "Abwesenheitsmeldung",
        "Abwesenheitsnachricht", "Abwesenheit", "Abwesend", "Außer Haus",
    ),
    "fr": (
        "Réponse automatique", "Message d’absence", "Absence du bureau", "Absente du bureau",
    ),
    "es": (
        "Respuesta automática", "Contestación automática", "Fuera de la oficina",
        "Ausencia de la oficina",
    ),
    "pt": ("Resposta automática", "Fora do escritório", "Ausente do escritório"),
    "it": ("Risposta automatica", "Fuori sede", "Assenza dall'ufficio"),
    "nl": ("Automatisch antwoord", "Automatische reactie", "Afwezigheidsbericht", "Afwezig"),
    "sv": ("Autosvar", "Automatiskt svar", "Frånvaromeddelande", "Frånvarande"),
    "da": ("Autosvar", "Automatisk svar", "Ikke på kontoret"),
    "nb": ("Automatisk svar", "Fraværsmelding", "Fravær"),
    "fi": ("Automaattinen vastaus", "Poissaoloilmoitus", "Poissa"),
    "is": ("Sjálfvirkt svar",),
    "pl": (
        "Odpowiedź automatyczna", "Automatyczna odpowiedź", "Poza biurem", "Nieobecność",
    ),
    "cs": ("Automatická odpověď", "Mimo kancelář"),
    "sk": ("Automatická odpoveď", "Mimo kancelárie"),
    "hu": ("Automatikus válasz", "Házon kívül"),
    "ro": ("Răspuns automat",),
    "hr sr bs": ("Automatski odgovor", "Аутоматски одговор"),
    "sl": ("Samodejni odgovor", "Samodejno sporočilo"),
    "lv": ("Automātiska atbilde",),
    "lt": ("Automatinis atsakymas",),
    "et": ("Automaatvastus", "Automaatne vastus"),
    "ca": ("Resposta automàtica",),
    "eu": ("Erantzun automatikoa",),
    "ru": ("Автоматический ответ", "Автоответчик", "Вне офиса"),
    "uk": ("Автоматична відповідь",),
    "bg": ("Автоматичен отговор",),
    "el": ("Αυτόματη απάντηση", "Εκτός γραφείου"),
    "tr": ("Otomatik yanıt", "Otomatik cevap", "Ofis dışında"),
    "he": ("תשובה אוטומטית", "מענה אוטומטי"),
    "ar": ("رد تلقائي", "الرد التلقائي"),
    "fa": ("پاسخ خودکار",),
    "ja": ("自動応答", "自動返信", "不在通知"),
    "zh": ("自动答复", "自动回复", "自動回覆", "自動回复", "自動答覆"),
    "ko": ("자동 회신", "자동응답", "부재 중"),
    "th": ("ตอบกลับอัตโนมัติ",),
    "vi": ("Trả lời tự động",),
    "id": ("Balasan otomatis", "Respon otomatis"),
}  # fmt: skip

OPENINGS = {
    "en": ("I am currently away", "I’m away", "On holiday"),
    "de": ("Ich bin im Urlaub", "Im Urlaub", "Nicht im Büro"),
    "fr": ("Je suis en congé", "En congés", "Absence"),
    "es": ("Estoy de vacaciones", "De vacaciones", "Ausente"),
    "pt": ("Estou de férias", "De férias", "Ausente"),
    "it": ("Sono in ferie", "In ferie", "Assente"),
    "nl": ("Ik ben afwezig", "Met vakantie", "Op vakantie"),
    "sv da nb": ("På semester", "På ferie", "Jag är ledig"),
    "pl cs hu": ("Urlop", "Dovolená", "Szabadság"),
    "ru": ("В отпуске", "Меня нет"),
    "ja zh": ("不在", "休假", "外出"),
}  # fmt: skip


class TestSignWords(PureCase):
    def check(self, words, examples, holds):
        """Each expression of a table finds its example, and the function that reads it does."""
        self.assertEqual(list(words), list(examples))
        for language, expressions in words.items():
            self.assertEqual(len(expressions), len(examples[language]), language)
            for expression, example in zip(expressions, examples[language], strict=True):
                with self.subTest(language=language, expression=expression):
                    self.assertRegex(example, re.compile(expression, re.IGNORECASE))
                    self.assertTrue(holds(example))

    def test_subjects_of_bounces(self):
        self.check(bounce_words.SUBJECTS, SUBJECTS, subject_sign)

    def test_phrases_of_bounces(self):
        self.check(bounce_words.PHRASES, PHRASES, phrase_sign)

    def test_words_of_a_delay(self):
        self.check(bounce_words.DELAYS, DELAYS, is_delay)

    def test_a_delay_that_was_given_up_is_none(self):
        self.assertIs(is_delay("It has been delayed; sorry."), True)
        self.check(
            bounce_words.GIVEN_UP,
            GIVEN_UP,
            lambda example: not is_delay(f"It has been delayed; {example}."),
        )
        self.assertIs(is_delay("given up"), False)

    def test_words_are_found_in_upper_and_lower_case(self):
        self.assertEqual(subject_sign("UNZUSTELLBAR"), "UNZUSTELLBAR")
        self.assertEqual(subject_sign("Hello"), "")
        self.assertEqual(phrase_sign("Hello"), "")

    def test_prefixes_of_auto_responders_end_at_a_sign(self):
        found = auto_reply_words.PREFIX.match
        ends = ("{}", "{}: Offer", "[{}] Offer", "({}) Offer", "{} - Offer")
        self.check(
            auto_reply_words.PREFIXES,
            PREFIXES,
            lambda name: all(found(end.format(name)) for end in ends),
        )
        for other in ("Re: {}", "{}x: Offer", "{} of our Offer"):
            with self.subTest(other):
                self.assertFalse(found(other.format("Automatic reply")))

    def test_openings_of_auto_responders_end_with_a_word(self):
        found = auto_reply_words.OPENING.match
        self.check(auto_reply_words.OPENINGS, OPENINGS, lambda name: found(f"{name} until Monday"))
        for other in ("Re: {}", "{}s"):
            with self.subTest(other):
                self.assertFalse(found(other.format("On holiday")))

    def test_an_opening_needs_more_than_in_reply_to(self):
        for subject, line, verdict in (
            ("On holiday until Monday", "In-Reply-To: <x@domain.com>", ()),
            ("On holiday until Monday", "Precedence: bulk", ("auto_reply",)),
            ("Automatic reply: x", "In-Reply-To: <x@domain.com>", ()),
        ):
            with self.subTest(subject=subject, line=line):
                self.assertEqual(judge(f"Subject: {subject}", line).verdicts, verdict)
