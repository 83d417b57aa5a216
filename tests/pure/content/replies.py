"""Replies as programs write them, in plain text: ``~`` stands before each line that is folded.

Made by hand after what the programs send. ``~`` alone is an empty line.
"""

ANSWERS = {
    "Gmail": """
Yes, Tuesday is fine.
~
~On Mon, Oct 5, 2026 at 9:12 AM Anna Weber <anna@customer.example> wrote:
~
~> Would Tuesday suit you?
~>
~> Anna
""",
    "Gmail in German, the line broken": """
Passt.

Gruß, Ben
~
~Am Mo., 5. Okt. 2026 um 09:12 Uhr schrieb Anna Weber <
~anna@customer.example>:
~
~> Wie wäre es am Dienstag?
""",
    "Thunderbird, answer below a long quotation": """
~Am 05.10.26 um 09:12 schrieb Anna Weber:
~> eins
~> zwei
~> drei
~> vier
~> fünf
~> sechs
~> sieben
~> acht

Das sehe ich auch so.
""",
    "Thunderbird, answers between short quotations": """
Am 05.10.26 um 09:12 schrieb Anna Weber:
> Wie viele?
Vierzig.

> Bis wann?
Bis Freitag.
""",
    "Outlook, plain": """
Das Angebot nehmen wir an.

Mit freundlichen Grüßen
Anna Weber
~
~-----Ursprüngliche Nachricht-----
~Von: Vertrieb <sales@example.com>
~Gesendet: Montag, 5. Oktober 2026 09:12
~An: Anna Weber <anna@customer.example>
~Betreff: Angebot 17
~
~Guten Tag, anbei das Angebot.
""",
    "Outlook, of people in the same firm": """
Agreed.
~
~From: Weber, Anna
~Sent: Monday, 5 October 2026 09:12
~To: Sales
~Subject: Offer 17
~
~Hello, here it is.
""",
    "Outlook, French": """
C'est d'accord.
~
~De : Ventes <sales@example.com>
~Envoyé : lundi 5 octobre 2026 09:12
~À : Anna Weber <anna@customer.example>
~Objet : Devis 17
~
~Bonjour, voici le devis.
""",
    "Outlook, Dutch": """
Akkoord.
~
~Van: Verkoop <sales@example.com>
~Verzonden: maandag 5 oktober 2026 09:12
~Aan: Anna Weber <anna@customer.example>
~Onderwerp: Offerte 17
~
~Hierbij de offerte.
""",
    "Outlook on the web, Italian": """
Va bene.
~________________________________
~Da: Vendite <sales@example.com>
~Inviato: lunedì 5 ottobre 2026 09:12
~A: Anna Weber <anna@customer.example>
~Oggetto: Offerta 17
~
~Ecco l'offerta.
""",
    "iPhone": """
Ok, thanks!
~
~Sent from my iPhone
~
~> On 5 Oct 2026, at 09:12, Sales <sales@example.com> wrote:
~>
~> \N{ZERO WIDTH NO-BREAK SPACE}Is this right?
""",
    "iPhone, Spanish": """
De acuerdo.
~
~Enviado desde mi iPhone
~
~> El 5 oct 2026, a las 9:12, Ventas <sales@example.com> escribió:
~>
~> ¿Es correcto?
""",
    "Proton": """
Fine with me.
~
~Sent from Proton Mail for iOS.
~
~-------- Original Message --------
~On Monday, 10/05/26 at 09:12 Sales <sales@example.com> wrote:
~
~Is this right?
""",
    "Zoho": """
Fine with me.
~
~---- On Mon, 05 Oct 2026 09:12:00 +0200 Sales <sales@example.com> wrote ---
~
~Is this right?
""",
    "Notes": """
Einverstanden.
~
~
~Von: Vertrieb <sales@example.com>
~An: anna@customer.example
~Datum: 05.10.2026 09:12
~Betreff: Angebot 17
~
~Guten Tag
""",
    "GMX": """
Ja bitte.
~
~Gesendet: Montag, 05. Oktober 2026 um 09:12 Uhr
~Von: "Vertrieb" <sales@example.com>
~An: anna@customer.example
~Betreff: Angebot 17
~
~Guten Tag
""",
    "A signature, and a word after it": """
See you on Tuesday.
~
~--
~Anna Weber
~Phone 030 123456

PS: The parcel came.
""",
    "A signature above the quotation": """
See you on Tuesday.
~
~--
~Anna Weber
~
~On 5 Oct 2026 at 09:12, Sales wrote:
~> Tuesday?
""",
    "Polish, Portuguese and Swedish in a thread": """
Dobrze.
~
~pon., 5 paź 2026 o 09:12 Sales <sales@example.com> napisał(a):
~
~> Em seg., 5 de out. de 2026 às 09:12, Ana <ana@customer.example> escreveu:
~>
~>> Den mån 5 okt. 2026 kl 09:12 skrev Per <per@customer.example>:
~>>> Hej
""",
}
NOT_FOLDED = {
    "An answer that points below": """
Hello, my answers are in red below.

-----Original Message-----
From: Sales <sales@example.com>
Sent: Monday, October 5, 2026 09:12
To: Anna Weber
Subject: Questions

How many? FORTY
""",
    "Sent on, with a word": """
Please have a look.

---------- Forwarded message ---------
From: Jane <jane@other.example>
Date: Mon, Oct 5, 2026 at 9:12 AM
Subject: An order
To: <anna@customer.example>

Forty chairs, please.
""",
    "Sent on by Apple Mail": """
Can you help?

> Begin forwarded message:
>
> From: Jane <jane@other.example>
> Subject: An order
> Date: 5 October 2026 at 09:12:00 CEST
>
> Forty chairs, please.
""",
    "Nothing but a quotation": """
> Forty chairs, please.
""",
    "Nothing but a quotation and a signature": """
On 5 Oct 2026, at 09:12, Sales <sales@example.com> wrote:
> Forty chairs?

--
Anna
""",
    "Words of the writer's own, earlier": """
On 3 May 2026 at 10:00 I wrote:

Please send the invoice again.

It has not come.
""",
    "What a person says about a letter": """
Dear all,

on Monday, 5 October 2026, your colleague wrote:

the chairs would come on Friday. They did not.
""",
    "A line of dashes in a text": """
Prices
--
Chair 40
Table 120
Lamp 15
Sofa 300
Shelf 90
Bed 200
Desk 110
Stool 25
Bench 60
Rack 35
Mat 9
Rug 70
Clock 20
Vase 12
Pot 5
All without tax.
""",
    "Sent from a person": """
The parcel is here.

Sent from my accountant's office it took three weeks.
""",
    "A list of fields that a person wrote": """
Please correct our data:

To: Weber Ltd.
Date of birth: 5 May
Subject: unchanged
""",
}
NOT_FOLDED |= {
    "Dashes between two paragraphs": """
First, the chairs: we take all forty of them.

--

Then the tables. Please send us the drawings again.

Regards, Anna
""",
    "Dashes close above a paragraph": """
The chairs are fine.
--
Please send us the drawings of the tables again.
""",
    "Dashes above a list": """
We would like to order:
--
- red chairs
- tables
""",
    "A journey": """
Please book for me:

From: Berlin
To: Paris
Date: 12.05.2026
Subject: visit of the fair

A seat at the window, please.
""",
    "A journey with its times": """
Please book for me:

From: Berlin Hbf
To: Paris Est
Date: 12.05.2026 10:30

A seat at the window, please.
""",
    "A journey, in German and in another order": """
Bitte buchen:

Von: Berlin
An: Paris
Datum: 12.05.2026 um 10:30
Betreff: Messe

Fensterplatz.
""",
}
FIRST_MESSAGES = {
    "A form": """
Somebody wrote to you from the site.

From: Jane <jane@other.example>
Date: 2026-10-05 09:12
To: Sales
Subject: Chairs

Forty chairs, please.
""",
    "A failed delivery, shown to us": """
What is this?

> <sales@example.com>: host mx.example.com said: 550 5.1.1 User unknown
""",
}
