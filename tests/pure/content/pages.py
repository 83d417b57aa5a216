"""Replies as programs write them, as HTML: the page, and the lines that are seen of it.

Made by hand after what the programs send; without a third item, the message answers another.
"""

_OLD = "<p>one</p><p>two</p>"
_LONG = "".join(f"<p>old {number}</p>" for number in range(9))

SEEN = {
    "Gmail": (
        '<div dir="ltr">Yes, please.</div><br><div class="gmail_quote gmail_quote_container">'
        '<div dir="ltr" class="gmail_attr">On Mon, Oct 5, 2026 at 9:12 AM Sales &lt;<a href='
        '"mailto:sales@example.com">sales@example.com</a>&gt; wrote:<br></div><blockquote class='
        f'"gmail_quote" style="margin:0px 0px 0px 0.8ex">{_OLD}</blockquote></div>',
        ["Yes, please."],
    ),
    "Gmail in a language that we do not know": (
        '<div dir="ltr">Já takk.</div><div class="gmail_quote"><div class="gmail_attr">Þann mán., 5'
        f'. okt. skrifaði Sala:<br></div><blockquote class="gmail_quote">{_OLD}</blockquote></div>',
        ["Já takk."],
    ),
    "Gmail, an answer below a long quotation": (
        '<div class="gmail_extra"><div class="gmail_quote">On Mon, Oct 5, 2026 at 9:12 AM Sales'
        f' wrote:<br><blockquote class="gmail_quote">{_LONG}</blockquote></div>Agreed.<br>Ben'
        "</div>",
        ["Agreed.", "Ben"],
    ),
    "Gmail, answers between short quotations": (
        '<div class="gmail_quote"><div class="gmail_attr">On Mon, Oct 5, 2026 at 9:12 AM Sales'
        ' wrote:<br></div><blockquote class="gmail_quote"><p>How many?</p></blockquote><div>Forty.'
        '</div><blockquote class="gmail_quote"><p>When?</p></blockquote><div>Friday.</div></div>',
        [
            *("On Mon, Oct 5, 2026 at 9:12 AM Sales wrote:", "How many?", "Forty."),
            *("When?", "Friday."),
        ],
    ),
    "Gmail, a signature": (
        '<div dir="ltr">Yes.<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- '
        '</span><br><div class="gmail_signature"><div>Ben<br>030 123456</div></div></div>',
        ["Yes."],
    ),
    "Gmail, sent on": (
        '<div dir="ltr">FYI<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        "---------- Forwarded message ---------<br>From: Jane<br>Subject: Chairs<br></div>"
        "<p>Forty, please.</p></div></div>",
        [
            *("FYI", "---------- Forwarded message ---------", "From: Jane", "Subject: Chairs"),
            "Forty, please.",
        ],
    ),
    "Gmail, sent on without a word": (
        '<div dir="ltr"><br><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded'
        " message ---------<br>From: Jane<br></div><blockquote>Forty, please.</blockquote></div>"
        "</div>",
        ["---------- Forwarded message ---------", "From: Jane", "Forty, please."],
    ),
    "Gmail, a paragraph moved to the right": (
        '<div>Ours:</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>Forty'
        " chairs</div></blockquote><div>Regards</div>",
        ["Ours:", "Forty chairs", "Regards"],
    ),
    "Outlook": (
        '<div class="WordSection1"><p class="MsoNormal">Agreed.<o:p></o:p></p><p class="MsoNormal">'
        '<o:p>&nbsp;</o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt'
        ' 0cm 0cm 0cm"><p class="MsoNormal"><b>Von:</b> Sales &lt;sales@example.com&gt;<br><b>'
        "Gesendet:</b> Montag, 5. Oktober 2026 09:12<br><b>An:</b> Ben<br><b>Betreff:</b> Stühle"
        f"</p></div>{_OLD}</div>",
        ["Agreed."],
    ),
    "Outlook in a language that we do not know": (
        '<p>Samþykkt.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>Frá:</b>'
        " Sala"
        " &lt;sales@example.com&gt;<br><b>Sent þann:</b> 5.10.2026 09:12<br><b>Viðtakandi:</b> Ben"
        f"<br><b>Efni:</b> Stólar</p></div>{_OLD}",
        ["Samþykkt."],
    ),
    "Outlook on the web": (
        '<div>Agreed.</div><div id="appendonsend"></div><hr tabindex="-1"><div id="divRplyFwdMsg">'
        "<b>From:</b> Sales<br><b>Sent:</b> Monday, October 5, 2026 09:12<br><b>To:</b> Ben<br>"
        f"<b>Subject:</b> Chairs</div><div>{_OLD}</div>",
        ["Agreed."],
    ),
    "Outlook, all that was written stands in the signature": (
        '<div id="Signature"><p>We take forty chairs.</p></div><div id="appendonsend"></div>',
        ["We take forty chairs."],
    ),
    "Outlook, sent on in a first message": (
        '<p>See this.</p><hr><div id="divRplyFwdMsg"><b>From:</b> Jane<br><b>Sent:</b> Monday<br>'
        "<b>To:</b> Ben<br><b>Subject:</b> Chairs</div><p>Forty, please.</p>",
        [
            *("See this.", "From: Jane", "Sent: Monday", "To: Ben", "Subject: Chairs"),
            "Forty, please.",
        ],
        False,
    ),
    "Hotmail": (
        '<div>Agreed.<br><hr id="stopSpelling">Date: Mon, 5 Oct 2026<br>From: sales@example.com<br>'
        f"To: ben@customer.example<br>Subject: Chairs<br>{_OLD}</div>",
        ["Agreed."],
    ),
    "Thunderbird": (
        '<p>Agreed.</p><div class="moz-cite-prefix">Am 05.10.26 um 09:12 schrieb Sales:<br></div>'
        f'<blockquote type="cite" cite="mid:1@a.example">{_OLD}</blockquote>'
        '<div class="moz-signature">-- <br>Ben</div>',
        ["Agreed."],
    ),
    "Apple Mail": (
        f'<div>Agreed.</div><br><div><blockquote type="cite"><div>On 5 Oct 2026, at 09:12, Sales'
        f" wrote:</div><br>{_OLD}</blockquote></div>",
        ["Agreed."],
    ),
    "Apple Mail, sent on": (
        "<div>Can you help?</div><div><blockquote type='cite'><div>Begin forwarded message:</div>"
        "<div><b>From:</b> Jane</div><div>Forty, please.</div></blockquote></div>",
        ["Can you help?", "Begin forwarded message:", "From: Jane", "Forty, please."],
    ),
    "Yahoo": (
        '<div class="yahoo-style-wrap"><div>Agreed.</div></div><div id="ydp1yahoo_quoted_1" class='
        f'"ydp1yahoo_quoted"><div>On Monday, Sales wrote:</div>{_OLD}</div>',
        ["Agreed."],
    ),
    "Proton": (
        '<div>Agreed.</div><div class="protonmail_signature_block"><div class='
        '"protonmail_signature_block-user">Ben</div></div><div class="protonmail_quote">On Monday,'
        f" Sales wrote:<blockquote class='protonmail_quote' type='cite'>{_OLD}</blockquote></div>",
        ["Agreed."],
    ),
    "Zoho": (
        '<div>Agreed.</div><div class="zmail_extra">---- On Mon, 05 Oct 2026 09:12:00 +0200'
        " <b>Sales</b> &lt;sales@example.com&gt; wrote ----<br><br>"
        f"<blockquote id='blockquote_zmail'>{_OLD}</blockquote></div>",
        ["Agreed."],
    ),
    "Notes": (
        "<font>Agreed.</font><br><br><table><tr><td>Von:</td><td>Sales</td></tr><tr><td>An:</td><td>"
        "Ben</td></tr><tr><td>Datum:</td><td>05.10.2026 09:12</td></tr><tr><td>Betreff:</td><td>"
        f"Stühle</td></tr></table><hr>{_OLD}",
        ["Agreed."],
    ),
    "Text that the router made HTML of": (
        "<p>Agreed.</p><p>On 5 Oct 2026, at 09:12, Sales wrote:</p>"
        f'<blockquote type="cite">{_OLD}</blockquote><p>-- <br>Ben</p>',
        ["Agreed."],
    ),
    "Odoo's box of plain text": (
        "<pre>Agreed.\n\nOn 5 Oct 2026, at 09:12, Sales wrote:\n&gt; one\n&gt; two\n\n-- "
        "\nBen\n</pre>",
        ["Agreed."],
    ),
    "A picture below a quotation": (
        f'<p>See:</p><blockquote type="cite">{_OLD}</blockquote><div><img src="cid:1"></div>',
        ["See:"],
    ),
    "Dashes between two texts": (
        "<div><p>First<br>--<br>" + "<br>".join(f"line {n}" for n in range(20)) + "</p></div>",
        ["First", "--", *(f"line {n}" for n in range(20))],
    ),
    "A passage of a page that somebody quotes": (
        '<p>Their terms say:</p><blockquote class="quote" cite="https://www.example.com/terms">'
        "<p>Within 14 days.</p></blockquote>",
        ["Their terms say:", "Within 14 days."],
    ),
    "A block of WordPress": (
        '<p>Our motto:</p><blockquote class="wp-block-quote"><p>Forty chairs.</p></blockquote>',
        ["Our motto:", "Forty chairs."],
    ),
    "Dashes above a signature, with the blank of a program": (
        "<div>See you.</div><div>--&nbsp;</div><div>Anna Weber is on holiday until Monday.</div>",
        ["See you."],
    ),
    "Dashes above a sentence": (
        "<div>See you.</div><div>--</div><div>Anna Weber is on holiday until Monday.</div>",
        ["See you.", "--", "Anna Weber is on holiday until Monday."],
    ),
    "A journey below a line": (
        '<p>Please book:</p><div style="border-top:solid #ccc 1px"><p>From: Berlin</p><p>To: Paris'
        "</p><p>Seat: window</p><p>Class: second</p></div>",
        ["Please book:", "From: Berlin", "To: Paris", "Seat: window", "Class: second"],
    ),
}
