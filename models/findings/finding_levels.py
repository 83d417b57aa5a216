"""How serious a finding is, on all screens with findings (``domain_check.finding.Level``)."""

LEVELS = [("ok", "OK"), ("note", "Info"), ("warning", "Warning"), ("bad", "Needs fixing")]
