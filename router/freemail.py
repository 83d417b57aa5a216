"""Domains whose mailboxes belong to people who have nothing to do with each other."""

from .message.addresses import split_sub_address

# The large ones, by country: whoever runs one of them is not the sender's company.
FREEMAIL = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com windowslive.com outlook.de
    outlook.fr outlook.es outlook.it outlook.jp outlook.be outlook.at outlook.com.br hotmail.de
    hotmail.fr hotmail.es hotmail.it hotmail.co.uk hotmail.be hotmail.ca hotmail.nl live.de live.fr
    live.nl live.it live.be live.ca live.co.uk live.com.mx live.com.au live.cn yahoo.com ymail.com
    rocketmail.com yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.co.uk yahoo.co.in yahoo.in yahoo.ca
    yahoo.co.jp yahoo.co.id yahoo.com.br yahoo.com.mx yahoo.com.ar yahoo.com.au yahoo.com.hk
    yahoo.com.sg yahoo.com.tw yahoo.com.vn yahoo.com.ph yahoo.gr yahoo.pl aol.com aol.de aim.com
    verizon.net icloud.com me.com mac.com proton.me protonmail.com protonmail.ch pm.me tutanota.com
    tuta.io tuta.com fastmail.com hey.com zoho.com zohomail.com zohomail.eu mail.com email.com
    usa.com gmx.de gmx.net gmx.at gmx.ch gmx.com gmx.fr web.de freenet.de t-online.de magenta.de
    arcor.de vodafonemail.de online.de posteo.de mailbox.org 1und1.de kabelmail.de aon.at chello.at
    bluewin.ch hispeed.ch sunrise.ch orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr
    numericable.fr club-internet.fr aliceadsl.fr netcourrier.com skynet.be telenet.be scarlet.be
    proximus.be ziggo.nl xs4all.nl kpnmail.nl planet.nl home.nl libero.it virgilio.it alice.it
    tin.it tiscali.it inwind.it email.it fastwebnet.it telefonica.net terra.es sapo.pt
    btinternet.com sky.com virginmedia.com ntlworld.com talktalk.net blueyonder.co.uk eircom.net
    telia.com bredband.net comhem.se online.no mail.dk jubii.dk luukku.com seznam.cz centrum.cz
    email.cz post.cz azet.sk wp.pl o2.pl op.pl onet.pl interia.pl gazeta.pl freemail.hu citromail.hu
    abv.bg mail.bg inbox.lv mail.ru bk.ru list.ru inbox.ru yandex.ru yandex.com ya.ru rambler.ru
    ukr.net i.ua meta.ua mynet.com comcast.net att.net sbcglobal.net bellsouth.net cox.net
    charter.net earthlink.net optonline.net rogers.com shaw.ca sympatico.ca videotron.ca bigpond.com
    optusnet.com.au iinet.net.au xtra.co.nz uol.com.br bol.com.br terra.com.br ig.com.br
    prodigy.net.mx rediffmail.com qq.com vip.qq.com foxmail.com 163.com 126.com yeah.net 139.com
    189.cn 21cn.com sina.com sina.cn sohu.com aliyun.com naver.com hanmail.net daum.net nate.com
    docomo.ne.jp ezweb.ne.jp softbank.ne.jp nifty.com
    """.split()
)
_WITHOUT_DOTS = frozenset({"gmail.com"})
_SAME = {"googlemail.com": "gmail.com"}


def is_freemail(domain: str) -> bool:
    """Whether anybody may have a mailbox there."""
    return domain in FREEMAIL


def mailbox(address: str) -> str:
    """The mailbox behind a normalised address: without sub-address, and Gmail's without dots.

    Google delivers ``a.b+c@googlemail.com`` to ``ab@gmail.com``. Others keep dots apart.
    """
    local, _at, domain = (split_sub_address(address) or address).rpartition("@")
    domain = _SAME.get(domain, domain)
    if domain in _WITHOUT_DOTS:
        local = local.replace(".", "")
    return f"{local}@{domain}" if local else address
