"""What servers say in other languages than English: patterns for ``words``, in lower case.

Each is the sentence that mail programs and servers show for the trouble, in the languages in which
providers here write their own: German, French, Spanish, Italian, Portuguese, Dutch, Polish,
Russian, Chinese and Japanese.
"""

from .login_trouble import LoginTrouble

_NEAR = r"[^.;]{0,30}"

FOREIGN = {
    LoginTrouble.TOO_MANY: (
        r"zu viele (\w{1,20} )?verbindungen|trop de connexions|demasiadas conexiones"
        r"|troppe connessioni|muitas conex|te veel verbindingen|zbyt wiele połączeń"
        rf"|(слишком много|превышен){_NEAR}(соединени|подключени)|连接数?(过多|超)"
        r"|接続数?が?(超|多)"
    ),
    LoginTrouble.THROTTLED: (
        r"zu viele (\w{1,20} )?(anmelde|login|versuch|anfrage|fehl)|zu häufig"
        r"|trop de (tentatives|requêtes)|demasiad[oa]s (intentos|solicitudes)"
        r"|troppi (tentativi|accessi)|muitas tentativas|te veel (aanmeld|login|inlog|pogingen)"
        r"|zbyt wiele (prób|logowań)|слишком (много|часто)|频繁|頻繁|频率"
    ),
    LoginTrouble.OVER_QUOTA: (
        rf"postfach{_NEAR}voll|quota dépass|boîte{_NEAR}pleine|buzón{_NEAR}lleno"
        rf"|casella{_NEAR}piena|caixa{_NEAR}cheia|postvak{_NEAR}\bvol\b|skrzynka{_NEAR}pełna"
        rf"|ящик{_NEAR}переполнен|空间不足|邮箱已满|容量超"
    ),
    LoginTrouble.IN_USE: (
        r"wird (bereits|gerade) (verwendet|benutzt)|bereits geöffnet|déjà (utilisé|ouvert)"
        r"|\ben uso\b|\bin uso\b|\bem uso\b|in gebruik|уже (используется|открыт)|正在使用|使用中"
    ),
    LoginTrouble.SWITCHED_OFF: (
        rf"(imap|pop3?)\b{_NEAR}(nicht (aktiviert|freigeschaltet|erlaubt)|deaktiviert|désactivé"
        r"|desactivad|disabilitat|desativad|uitgeschakeld|wyłączon|отключ|выключ|未开|关闭|無効)"
    ),
    LoginTrouble.UNAVAILABLE: (
        r"später erneut|vorübergehend|plus tard|temporair|más tarde|temporalmente|più tardi"
        r"|temporane|mais tarde|later opnieuw|tijdelijk|później|позже|временно|稍后|暂时|後ほど"
    ),
    LoginTrouble.LOGIN: (
        rf"(passwort|kennwort|benutzername|zugangsdaten|anmeldedaten)\b{_NEAR}(falsch|ungültig"
        r"|nicht korrekt|fehlerhaft)|(falsche|ungültige|fehlerhafte)[sr]? (passwort|kennwort"
        r"|zugangsdaten|anmeldedaten)"
        rf"|(mot de passe|identifiants?){_NEAR}(incorrect|invalide|erron)"
        rf"|(contraseña|senha){_NEAR}(incorre|inválid|no válid|erróne|errad)"
        rf"|(password|credenziali){_NEAR}(errat|non corrett|non valid|sbagliat)"
        rf"|wachtwoord{_NEAR}(onjuist|ongeldig|verkeerd|fout)"
        rf"|(nieprawidłow|niepoprawn|błędn)\w{{0,4}}{_NEAR}(login|hasło|dane)"
        rf"|неверн\w{{0,4}}{_NEAR}(парол|логин|имя)|(парол|логин)\w{{0,3}}{_NEAR}неверн"
        r"|(密码|密碼|口令)(错误|錯誤|不正确)|パスワード(が|は)?(違|正しく|間違|誤)"
    ),
}
