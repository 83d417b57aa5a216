"""The words by which mail programs announce what they quote, in the languages people write in.

Known from the programs' own translations and from messages they delivered. ``quotes.py`` gives
each the beginning of one line, or of a few that belong together: no text is searched as a whole.
"""

import re


def _any(*words: str) -> str:
    return "|".join(re.escape(word) for some in words for word in some.split("/"))


# "On Monday, Anna <anna@a.example> wrote:". Scripts without blanks have no ends of words.
WROTE = re.compile(
    r"\b(?:"
    + _any(
        "wrote/writes/schrieb/geschrieben/a écrit/a ecrit/escribió/escribio/ha escrito/ha scritto",
        "scrive/escreveu/schreef/napisał/napisała/pisze/skrev/kirjoitti/napsal/napsala/napísal",
        "napísala/írta/a scris/yazdı/έγραψε/написал/написала/пишет/пише/написав/написа/napisao je",
        "napisala je/je napisao/je napisala/je napisal/kirjutas/rašė/rakstīja/va escriure/đã viết",
    )
    + r")(?!\w)|"
    + _any("写道/寫道/のメール/書きました/작성/כתב/كتب/เขียนว่า"),
    re.IGNORECASE,
)
# What an attribution begins with where it does not begin with a name or a date.
SINCE = re.compile(
    r"(?:"
    + _any("on/am/le/el/il/em/op/dnia/w dniu/den/dne/dňa/pe/la/в/у/at/a/в/tarihinde/στις/på")
    + r")\b|\d|在|(?:mon|tue|wed|thu|fri|sat|sun)",
    re.IGNORECASE,
)
# Who quotes their own earlier words goes on with new ones: "On 3 May I wrote:".
MYSELF = re.compile(r"\b(?:I|we|ich|wir|je|nous|yo|ik|wij|eu|jeg|jag)\b")

_SENDER = _any(
    "from/von/de/da/van/från/fra/od/от/від/lähettäjä/kimden/από",
    "发件人/寄件者/差出人/보낸 사람",
)
_WHEN = _any(
    "sent/date/gesendet/datum/envoyé/date d'envoi/enviado/enviado el/enviada em/enviado em/data",
    "fecha/inviato/data invio/verzonden/verzonden op/wysłano/data/skickat/sendt/dato/отправлено",
    "дата/надіслано/odesláno/odoslané/lähetetty/gönderildi/elküldve/trimis/送信日時/日付/发送时间",
    "日期/寄件日期/보낸 날짜/στάλθηκε",
)
_TO = _any(
    "to/an/à/para/a/aan/do/till/til/pro/komu/кому/vastaanottaja/kime/címzett/către/προς",
    "收件人/宛先/받는 사람",
)
_ABOUT = _any(
    "subject/betreff/objet/asunto/assunto/oggetto/onderwerp/temat/ämne/emne/předmět/predmet",
    "тема/aihe/konu/tárgy/subiect/θέμα/主题/主旨/件名/제목",
)
_OTHER = _any(
    "cc/bcc/reply-to/importance/attachments/kopie/antwort an/wichtigkeit/anlagen/priorität/cópia",
    "répondre à/importance/pièces jointes/responder a/importancia/risposta/rispondi a/priorità",
    "kopia/dw/kopi/копия/копія/抄送",
)
# A line of the header that Outlook and others copy above what they quote; the group that matched
# says which.
FIELD = re.compile(
    rf"(?:(?P<sender>{_SENDER})|(?P<when>{_WHEN})|(?P<to>{_TO})|(?P<about>{_ABOUT})|(?:{_OTHER}))"
    r"\s?[:：]",
    re.IGNORECASE,
)
ORIGINAL = re.compile(
    r"(?:"
    + _any(
        "original message/original appointment/ursprüngliche nachricht/originalnachricht",
        "original-nachricht/message d'origine/message d’origine/message original/mensaje original",
        "messaggio originale/mensagem original/oorspronkelijk bericht/wiadomość oryginalna",
        "oryginalna wiadomość/originalmeddelande/ursprungligt meddelande/opprinnelig melding",
        "oprindelig meddelelse/исходное сообщение/původní zpráva/pôvodná správa",
        "alkuperäinen viesti",
        "eredeti üzenet/mesaj original/orijinal mesaj/αρχικό μήνυμα/原始邮件/原始郵件/原邮件",
        "元のメッセージ/원본 메시지",
    )
    + r")[-\s_*]*:?$",
    re.IGNORECASE,
)
FORWARDED = re.compile(
    r"(?:"
    + _any(
        "forwarded message/begin forwarded message/forwarded by/weitergeleitete nachricht",
        "anfang der weitergeleiteten nachricht/anfang der weitergeleiteten e-mail",
        "message transféré",
        "début du message transféré/début du message réexpédié/mensaje reenviado/mensaje remitido",
        "inicio del mensaje reenviado/messaggio inoltrato/inizio messaggio inoltrato",
        "mensagem encaminhada/início da mensagem reencaminhada/início da mensagem encaminhada",
        "doorgestuurd bericht/begin doorgestuurd bericht/wiadomość przekazana",
        "przesłana dalej wiadomość/początek przekazywanej wiadomości/vidarebefordrat meddelande",
        "vidarebefordrat brev/videresendt melding/videresendt meddelelse/videresendt besked",
        "пересылаемое сообщение/пересланное сообщение/начало переадресованного сообщения",
        "přeposlaná zpráva/preposlaná správa/välitetty viesti/továbbított üzenet",
        "mesaj redirecționat",
        "iletilen mesaj/προωθημένο μήνυμα/转发的邮件/轉寄的郵件/転送メッセージ/전달된 메시지",
    )
    + r")\b",
    re.IGNORECASE,
)
# "See below": what stands below is then part of what the person says.
POINTS_BELOW = re.compile(
    r"(?:^|\W)(?:"
    + _any(
        "below/inline/in-line/in red/in blue/in green/in capitals/in bold/between the lines",
        "unten/nachfolgend/untenstehend/s. u./s.u./in rot/in blau/in grün/im text",
        "rot markiert/ci-dessous/ci-après/en rouge/en bleu/dans le texte/abajo/más abajo",
        "a continuación/en rojo/en azul/sotto/di seguito/qui sotto/in rosso/in blu/abaixo",
        "em baixo/em vermelho/hieronder/onderstaand/in het rood/beneden/poniżej/na czerwono",
        "nedan/nedenfor/i rött/ниже/níže/alább/aşağıda/mai jos",
    )
    + r")(?:\W|$)",
    re.IGNORECASE,
)
# "Sent from my iPhone": what a device adds by itself, known by the name of a device or a program.
_SENT = _any(
    "sent/get outlook/from my/gesendet/von meinem/von meiner/diese nachricht wurde/outlook für",
    "envoyé/télécharger outlook/obtenir outlook/obtenez outlook/enviado/obtener outlook",
    "obter o outlook/inviato/scarica outlook/ottieni outlook/verzonden/outlook voor/wysłane",
    "wysłano/pobierz outlook/skickat/hämta outlook/sendt/hent outlook/отправлено/надіслано",
    "odesláno/odoslané/lähetetty/gönderildi/从我/發自我/发自我/從我",
    "iphoneから送信/someone from mobile",
)
_DEVICE = _any(
    "iphone/ipad/ipod/ios/android/samsung/galaxy/huawei/xiaomi/pixel/outlook/mail/mobile/handy",
    "smartphone/phone/tablet/blackberry/windows/yahoo/gmx/web.de/aol/nokia/htc/sony/alcatel",
    "airmail/mailbox/proton/telefon/móvil/movil/celular/cell/device/mobilgerät/mobilteil",
    "appareil/téléphone/portable/dispositivo/telefoon/apparaat/телефон/айфон/mobil/手机/手機",
)
# "Sent the samples by mail": somebody's own words.
_BY_MAIL = r"(?!.{0,90}\b(?:by|per|por|par|e)[ -]e?-?mail\b)"
DEVICE = re.compile(
    rf"{_BY_MAIL}[<(\[]*(?:{_SENT})(?:\b|(?<=[^\x00-\x7f])).{{0,60}}?(?:{_DEVICE})", re.I
)
