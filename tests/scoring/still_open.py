"""Messages of tests/mails that do not end yet as they should: each change takes its rows out.

A test fails when one of them turns right, so that no row outlives its reason.
"""

# By tests/mails/expected.json: where a message goes.
PLACES: dict[str, str] = {}
# The same, but the pure core is right: it fails on the way to a record.
PLACES_IN_ODOO = {**PLACES}
# By tests/mails/content.json: what stands on the record.
CONTENT = {}
