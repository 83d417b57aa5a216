"""Signatures are verified here wherever the provider added no trusted result about them.

*Verify Signatures Here* was off by default, and on it verified every signature. Now it is on by
default, and steps in where nothing else tells of a signature: for most it is what proves staff,
because results below our own hop count once the mailbox test has shown them. So it is switched on
everywhere; whoever does not want DNS to be asked switches it off again.
"""


def migrate(cr, version):
    cr.execute("UPDATE fetchmail_server SET verify_dkim = TRUE WHERE verify_dkim IS NOT TRUE")
