"""The words of bounces, by language: data for :mod:`bounce_text`.

Each entry is a regular expression without unbounded repetition, matched without regard to case.
``SUBJECTS`` are looked for in the subject, ``PHRASES`` in the notice (white space made single),
``DELAYS`` in both: they say "not yet", unless one of ``GIVEN_UP`` says "no more".
"""

import re

SUBJECTS: dict[str, tuple[str, ...]] = {
    "en": (
        r"undeliver",
        r"non-?deliver",
        r"returned (?:e-?)?mail",
        r"mail returned",
        r"return(?:ed|ing) (?:message )?to sender",
        r"fail(?:ure|ed) (?:notice|delivery|mail)",
        r"mail (?:failed|error|system error|warning)",
        r"processing error",
        r"error during delivery",
        r"nameserver error",
        r"deliver(?:y|ing)(?: of)?(?: your)?(?: e-?mail| message)?(?: has| have)?[ :]{0,3}"
        r"(?:fail|error|problem|incomplete|delay|status notification|notification|report|warning)",
        r"(?:mail|message|e-?mail) (?:delivery )?(?:fail|delay|warning|problem)",
        r"(?:not|n'?t|not yet) (?:been |be )?delivered",
        r"message (?:\S{1,60} )?delayed",
        r"delayed mail",
        r"(?:user unknown|unknown user|address not found)",
        r"rejected (?:e-?)?mail",
        r"(?:mail|message) (?:you sent )?(?:was )?(?:rejected|blocked|refused)",
        r"mail delivery status",
    ),
    "de": (
        r"unzustellbar",
        r"nicht (?:zustellbar|zugestellt|ausgeliefert)",
        r"zustellung (?:ist )?(?:fehlgeschlagen|verz)",
        r"zustellungs?(?:fehler|verz)",
        r"fehler bei der zustellung",
    ),
    "fr": (
        r"non (?:remis|distribu|d[ée]livr|livr)",
        r"[ée]chec (?:de |d')(?:la )?(?:remise|livr|distrib|envoi)",
        r"(?:remise|distribution) diff[ée]r",
        r"retour de courrier",
        r"utilisateur (?:inconnu|non recens)",
    ),
    "es": (
        r"no (?:se )?(?:ha )?(?:podido |pudo |puede )?(?:ser )?entrega",
        r"(?:fall[oa]|error) (?:en la|de) entrega",
        r"(?:correo|mensaje) devuelto",
        r"entrega (?:fallida|demorada|retrasada)",
    ),
    "pt": (
        r"n[ãa]o (?:foi )?(?:poss[íi]vel )?(?:ser )?entreg",
        r"falha (?:na|de) entrega",
        r"mensagem devolvida",
    ),
    "it": (
        r"mancat[ao] (?:recapito|consegna)",
        r"non recapita",
        r"consegna non riuscita",
        r"errore di consegna",
    ),
    "nl": (
        r"onbestelbaar",
        r"niet (?:worden )?(?:bezorgd|afgeleverd)",
        r"(?:bezorging|aflevering) mislukt",
    ),
    "sv da nb": (
        r"(?:kunde|kunne|kan|går) (?:ikke|inte) (?:att )?lever",
        r"(?:ej|ikke|inte) lever",
        r"olevere",
        r"ulevert",
    ),
    "fi": (r"ei voitu toimittaa", r"toimi(?:tus|ttaminen) (?:epäonnistui|ei onnistu)"),
    "pl": (r"niedostarcz", r"niedor[eę]cz", r"nie można dostarczyć"),
    "cs sk": (r"nedoruč", r"(?:nelze|nemožno) doruči[tť]"),
    "hu": (r"kézbesíthetetlen", r"kézbesítési hiba"),
    "ro": (r"nu a putut fi livrat", r"nelivrat"),
    "tr": (r"teslim edilemedi", r"iletilemedi"),
    "ru uk bg": (
        r"недоставлен",
        r"не (?:было |может быть )?доставлен",
        r"ошибка доставки",
        r"не вдалося доставити",
        r"недоставено",
    ),
    "el": (r"αδύνατη η παράδοση", r"δεν ήταν δυνατή η παράδοση", r"δεν παραδόθηκε"),
    "ja": (r"配信不能", r"配信でき", r"送信でき", r"未配達"),
    "zh": (r"退信", r"無法傳遞", r"无法送达", r"無法送達", r"投递失败", r"未送达", r"傳送失敗"),
    "ko": (r"배달되지 않", r"배달할 수 없", r"반송", r"전송 ?실패"),
    "he ar": (r"לא ניתן למסירה", r"تعذر (?:ال)?تسليم", r"فشل (?:ال)?تسليم"),
}

PHRASES: dict[str, tuple[str, ...]] = {
    "en": (
        r"(?:could|can|was|were|has|have|is)(?: ?n['’]t| ?not)(?: yet)?(?: be(?:en)?)?"
        r"(?: able to(?: be)?)? (?:deliver|reach|sen[dt]|processed|received by)",
        r"unable to (?:be )?deliver",
        r"undeliver(?:able|ed)",
        r"deliver(?:y|ies)[^.]{0,80} (?:fail|postponed|delayed)",
        r"delivery (?:problem|error|attempt|status notification)",
        r"fail(?:ed|ing|ure)?(?: permanently)? (?:to|in|of) (?:be )?deliver",
        r"did not (?:reach|receive (?:a copy|your))",
        r"not (?:yet )?(?:been |be )?delivered",
        r"return(?:ed|ing) (?:message )?to (?:the )?sender",
        r"following (?:e-?mail )?(?:address|recipient)(?:es|s|\(es\)|\(s\))?"
        r"[^.]{0,60}(?:fail|had|invalid|reject|reach)",
        r"failed (?:recipient|address)",
        r"transcript of session follows",
        r"permanent (?:fatal )?error",
        r"fatal errors?",
        r"(?:user|recipient|address|account)(?: is)? unknown",
        r"unknown (?:user|recipient|local|address)",
        r"no such (?:user|mailbox|address|person|recipient|domain)",
        r"not (?:a valid|our) (?:user|customer|mailbox)",
        r"user not (?:known|found)",
        r"mailbox (?:is |has been )?(?:full|unavailable|not found|disabled)",
        r"full mailbox",
        r"mail ?box space",
        r"(?:over ?quota|quota exceeded)",
        r"exceed\w{0,3} (?:the |maximum )?(?:\w{1,20} )?(?:quota|limit|size)",
        r"unrouteable",
        r"host (?:unknown|not found)",
        r"recipient (?:address )?rejected",
        r"address(?:es)? (?:was |were )?(?:rejected|not found)",
        r"(?:mail|message)[^.]{0,60} (?:was |been |is |be )"
        r"(?:automatically )?(?:rejected|blocked|delayed|returned|refused)",
        r"not listed in",
        r"invalid (?:recipient|address|mailbox|final delivery)",
        r"giving up",
        r"error description:",
        r"[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}",
    ),
    "de": (
        r"nicht (?:zugestellt|zustellbar|ausgeliefert)",
        r"unzustellbar",
        r"zustellung[^.]{0,40} fehlgeschlagen",
        r"verzögert",
    ),
    "fr": (
        r"n['’]a(?: pas)? pu [eê]tre",
        r"n['’]a pas [eé]t[eé] (?:remis|distribu|d[ée]livr)",
        r"non remis",
        r"[ée]chec de",
    ),
    "es": (
        r"no (?:se )?(?:ha )?(?:podido|pudo|puede) (?:ser )?entrega",
        r"no (?:ha sido|fue) entrega",
    ),
    "pt": (r"n[ãa]o (?:foi|p[ôo]de)[^.]{0,30} entreg", r"falha na entrega"),
    "it": (
        r"non (?:è|e'|e’|e) stato possibile (?:consegnare|recapitare|inviare)",
        r"non [^.]{0,30}(?:consegnat|recapitat)",
    ),
    "nl": (r"(?:niet|kon niet)[^.]{0,30} (?:bezorgd|afgeleverd)",),
    "sv da nb": (r"(?:kunde|kunne|kan) (?:inte|ikke)[^.]{0,30} lever",),
    "fi": (r"ei (?:voitu|voida|pystytty) toimit",),
    "pl": (r"nie (?:został[ao]?|mogł[ao]|można)[^.]{0,30} dostarcz",),
    "cs sk": (r"(?:nelze|nemožno) doruči[tť]", r"nebyl[ao]? doručen"),
    "hu": (r"nem (?:lehetett|sikerült) kézbesíteni",),
    "ro": (r"nu a putut fi livrat",),
    "tr": (r"teslim edilemedi", r"iletilemedi"),
    "ru uk bg": (r"не (?:было |была |может быть |удалось |вдалося )?достав", r"недоставлен"),
    "el": (r"δεν (?:ήταν δυνατή|παραδόθηκε|μπόρεσε)",),
    "ja": (r"配信でき", r"配信不能", r"配送できま", r"届けることができ"),
    "zh": (r"无法送达", r"無法送達", r"退信", r"退回", r"未能送达", r"投递失败", r"无法投递"),
    "ko": (r"배달되지 않", r"전송되지 않", r"배달할 수 없"),
}

DELAYS: dict[str, tuple[str, ...]] = {
    "en": (
        r"not yet (?:been |be )?delivered",
        r"(?:has|have) been (?:delayed|postponed)",
        r"message[^.\n]{0,60} delayed",
        r"delayed mail",
        r"delivery (?:is )?(?:delayed|incomplete)",
        r"\(delay(?:ed)?\)",
        r"still being retried",
        r"will (?:continue|keep|be retried|retry|try again)",
        r"attempts will continue",
        r"warning message only",
        r"(?:do not|don['’]t|no) need to (?:re-?send|resubmit)",
    ),
    "de": (r"verzöger",),
    "fr": (r"diff[ée]r[ée]", r"retard[ée]"),
    "es pt": (r"retrasad", r"demorad", r"atrasad"),
    "it": (r"in ritardo", r"ritardat"),
    "nl": (r"vertraagd",),
    "sv da nb": (r"försenad", r"forsinket"),
    "pl cs": (r"opóźni", r"zpožd"),
    "ru": (r"задерж",),
    "ja zh ko": (r"遅延", r"延迟", r"延遲", r"지연"),
}

GIVEN_UP: dict[str, tuple[str, ...]] = {
    "en": (
        r"giv(?:en|ing) up",
        r"permanent(?:ly)?(?: fatal)? (?:error|fail)",
        r"failed permanently",
        r"delivery failed",
        r"returned to sender",
        r"will not be retried",
    ),
    "de": (r"endgültig", r"aufgegeben"),
}


def compiled(words: dict[str, tuple[str, ...]]) -> re.Pattern[str]:
    """All entries as one expression."""
    return re.compile("|".join(item for items in words.values() for item in items), re.IGNORECASE)
