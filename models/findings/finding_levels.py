"""How grave a finding is, on every screen that has findings (``router.checkup.finding.Level``)."""

LEVELS = [("ok", "In order"), ("note", "Note"), ("warning", "Warning"), ("bad", "To be mended")]
