"""Subjects of auto-responders, by language: data for the auto-reply verdict.

``PREFIXES`` are what Exchange, Outlook and others put before the original subject; each ends at a
colon, a bracket or the end of the subject. ``OPENINGS`` are what people write themselves; they
need a surer second sign, because people also write them into subjects of their own.
"""

import re

PREFIXES: dict[str, tuple[str, ...]] = {
    "en": (
        *("automatic reply", "automatic response", "automated reply", "automated response"),
        *("auto[ -]?reply", "auto[ -]?response", "auto[ -]?responder"),
        *("out of (?:the )?office(?: auto[ -]?reply| reply| message)?", "ooo"),
        "vacation (?:reply|response|message)",
    ),
    "de": (
        *("automatische antwort", "automatische r[üu]ckantwort", "autom\\. antwort"),
        *("automatische e-?mail-?antwort", "abwesenheitsnotiz", "abwesenheitsmeldung"),
        *("abwesenheitsnachricht", "abwesenheit", "abwesend", "außer haus"),
    ),
    "fr": (
        *("r[ée]ponse automatique", "message d['’]absence", "absence du bureau"),
        "absent(?:e)? du bureau",
    ),
    "es": (
        *("respuesta autom[áa]tica", "contestaci[óo]n autom[áa]tica", "fuera de (?:la )?oficina"),
        "ausencia de la oficina",
    ),
    "pt": ("resposta autom[áa]tica", "fora do escrit[óo]rio", "ausente do escrit[óo]rio"),
    "it": ("risposta automatica", "fuori (?:sede|ufficio)", "assenza dall['’]ufficio"),
    "nl": ("automatisch antwoord", "automatische reactie", "afwezigheidsbericht", "afwezig"),
    "sv": ("autosvar", "automatiskt svar", "frånvaromeddelande", "frånvarande"),
    "da": ("autosvar", "automatisk svar", "ikke på kontoret"),
    "nb": ("automatisk svar", "fraværsmelding", "fravær"),
    "fi": ("automaattinen vastaus", "poissaoloilmoitus", "poissa"),
    "is": ("sjálfvirkt svar",),
    "pl": (
        *("odpowied[źz] automatyczna", "automatyczna odpowied[źz]", "poza biurem"),
        "nieobecno[śs][ćc]",
    ),
    "cs": ("automatick[áa] odpov[ěe][ďd]", "mimo kancel[áa][řr]"),
    "sk": ("automatick[áa] odpove[ďd]", "mimo kancel[áa]rie"),
    "hu": ("automatikus v[áa]lasz", "h[áa]zon k[íi]v[üu]l"),
    "ro": ("r[ăa]spuns automat",),
    "hr sr bs": ("automatski odgovor", "аутоматски одговор"),
    "sl": ("samodejni odgovor", "samodejno sporočilo"),
    "lv": ("autom[āa]tisk[āa] atbilde",),
    "lt": ("automatinis atsakymas",),
    "et": ("automaatvastus", "automaatne vastus"),
    "ca": ("resposta autom[àa]tica",),
    "eu": ("erantzun automatikoa",),
    "ru": ("автоматический ответ", "автоответ(?:чик)?", "вне офиса"),
    "uk": ("автоматична відповідь",),
    "bg": ("автоматичен отговор",),
    "el": ("αυτόματη απάντηση", "εκτός γραφείου"),
    "tr": ("otomatik yan[ıi]t", "otomatik cevap", "ofis dışında"),
    "he": ("תשובה אוטומטית", "מענה אוטומטי"),
    "ar": ("رد تلقائي", "الرد التلقائي"),
    "fa": ("پاسخ خودکار",),
    "ja": ("自動応答", "自動返信", "不在通知"),
    "zh": ("自动答复", "自动回复", "自動回覆", "自動回复", "自動答覆"),
    "ko": ("자동 ?회신", "자동 ?응답", "부재 ?중"),
    "th": ("ตอบกลับอัตโนมัติ",),
    "vi": ("trả lời tự động",),
    "id": ("balasan otomatis", "respon otomatis"),
}

OPENINGS: dict[str, tuple[str, ...]] = {
    "en": (
        *("i am (?:currently )?(?:out of|away)", "i['’]m (?:out of|away)"),
        "on (?:vacation|holiday|leave)",
    ),
    "de": ("ich bin (?:im urlaub|nicht im b[üu]ro|abwesend)", "im urlaub", "nicht im b[üu]ro"),
    "fr": ("je suis (?:absent|en cong[ée])", "en cong[ée]s?", "absence"),
    "es": ("estoy (?:fuera|de vacaciones)", "de vacaciones", "ausente"),
    "pt": ("estou (?:fora|de f[ée]rias)", "de f[ée]rias", "ausente"),
    "it": ("sono (?:fuori|in ferie|assente)", "in ferie", "assente"),
    "nl": ("ik ben (?:afwezig|met vakantie|op vakantie)", "met vakantie", "op vakantie"),
    "sv da nb": ("på semester", "på ferie", "jag är (?:borta|ledig)"),
    "pl cs hu": ("urlop", "dovolená", "szabadság"),
    "ru": ("в отпуске", "меня нет"),
    "ja zh": ("不在", "休假", "外出"),
}


def _compiled(words: dict[str, tuple[str, ...]], end: str) -> re.Pattern[str]:
    entries = "|".join(item for items in words.values() for item in items)
    return re.compile(rf"^[\[(*\s]{{0,3}}(?:{entries}){end}", re.IGNORECASE)


PREFIX = _compiled(PREFIXES, r"(?=\s{0,2}(?:[:：\])*!.–—-]|$))")
OPENING = _compiled(OPENINGS, r"(?!\w)")
