"""Domains whose mailboxes belong to people who have nothing to do with each other."""

from .message.addresses import split_sub_address

# The large ones, by country: whoever runs one of them is not the sender's company.
FREEMAIL = frozenset(
    """
    10minutemail.com 126.com 139.com 163.com 189.cn 1und1.de 21cn.com abv.bg aim.com alice.it
    aliceadsl.fr aliyun.com aol.com aol.de aon.at arcor.de atlas.cz att.net azet.sk bbox.fr bell.net
    bellsouth.net bigmir.net bigpond.com bigpond.net.au bk.ru bluemail.ch bluewin.ch
    blueyonder.co.uk bol.com bol.com.br bredband.net broadpark.no btinternet.com btopenworld.com
    byom.de casema.nl cegetel.net centrum.cz centrum.sk charter.net chello.at chello.nl citromail.hu
    club-internet.fr club.fr comcast.net comhem.se consultant.com cox.net daum.net dayrep.com
    dbmail.com dir.bg dispostable.com docomo.ne.jp duck.com earthlink.net eim.ae eircom.net
    elisanet.fi email.com email.cz email.de email.it engineer.com ewe.net ewetel.net ezweb.ne.jp
    fastmail.com fastmail.fm fastwebnet.it foxmail.com free.fr freemail.hu freenet.de frontier.com
    gazeta.pl globo.com gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.fr gmx.net gmx.org googlemail.com
    grr.la guerrillamail.com hanmail.net hetnet.nl hey.com hispeed.ch home.nl hot.ee hotmail.be
    hotmail.ca hotmail.co.th hotmail.co.uk hotmail.com hotmail.com.br hotmail.de hotmail.dk
    hotmail.es hotmail.fr hotmail.it hotmail.nl hotmail.no hotmail.se hushmail.com i.softbank.jp
    i.ua icloud.com ig.com ig.com.br iinet.net.au inbox.com inbox.lt inbox.lv inbox.ru indamail.hu
    interia.eu interia.pl internet.ru internode.on.net inwind.it jubii.dk juno.com kabelmail.de
    kakao.com kolumbus.fi kpnmail.nl laposte.fr laposte.net libero.it list.ru live.be live.ca
    live.cn live.co.uk live.com live.com.au live.com.mx live.com.pt live.de live.dk live.fr live.in
    live.it live.nl live.no live.se luukku.com lycos.com mac.com magenta.de mail.bg mail.com mail.dk
    mail.ee mail.ru mail.ua mailbox.org mailcatch.com maildrop.cc mailinator.com me.com meta.ua
    mozmail.com msn.com mvrht.com mynet.com myyahoo.com nate.com naver.com netcourrier.com
    netzero.net neuf.fr nifty.com ntlworld.com numericable.fr nwytg.com nwytg.net o2.pl one.lt
    onet.eu onet.pl online.de online.no op.pl opayq.com optonline.net optusnet.com.au orange.fr
    orbitalu.com outlook.at outlook.be outlook.com outlook.com.br outlook.cz outlook.de outlook.es
    outlook.fr outlook.it outlook.jp outlook.pt pandora.be planet.nl plus.net plusnet.com pm.me
    poczta.onet.pl post.cz posteo.at posteo.ch posteo.de posteo.eu posteo.net pp.inet.fi
    privaterelay.appleid.com prixgen.com prodigy.net.mx proton.me protonmail.ch protonmail.com
    proximus.be qq.com quicknet.nl r7.com rambler.ru rediffmail.com relay.firefox.com roadrunner.com
    rocketmail.com rogers.com sapo.pt saunalahti.fi sbcglobal.net scarlet.be seznam.cz sfr.fr
    sfr.net shaw.ca sina.cn sina.com sky.com skynet.be softbank.ne.jp sohu.com spray.se
    startmail.com stofanet.dk sunrise.ch sympatico.ca t-online.de t-online.hu talktalk.net
    tdcadsl.dk telefonica.net telenet.be teleworm.us telia.com telus.net tempmail.com terra.com.br
    terra.es tin.it tiscali.co.uk tiscali.it tlen.pl tom.com tpg.com.au trashmail.com trbvm.com
    trbvn.com tuta.com tuta.io tutamail.com tutanota.com tutanota.de twoomail.com ukr.net
    unitybox.de uol.com uol.com.br upcmail.nl usa.com useemlikefun.com verizon.net videotron.ca
    vip.qq.com virgilio.it virginmedia.com vodafone.de vodafonemail.de voila.fr volny.cz vp.pl
    wanadoo.fr web.de windowslive.com windstream.net wp.pl xs4all.nl xtra.co.nz ya.ru yahoo.ca
    yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.nz yahoo.co.th yahoo.co.uk yahoo.co.za yahoo.com
    yahoo.com.ar yahoo.com.au yahoo.com.br yahoo.com.hk yahoo.com.mx yahoo.com.ph yahoo.com.sg
    yahoo.com.tw yahoo.com.vn yahoo.de yahoo.dk yahoo.es yahoo.fr yahoo.gr yahoo.ie yahoo.in
    yahoo.it yahoo.no yahoo.pl yahoo.ro yahoo.se yandex.by yandex.com yandex.kz yandex.ru yandex.ua
    yeah.net ymail.com yopmail.com ziggo.nl zoho.com zohomail.com zohomail.eu zoznam.sk
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
