"""Documents of draft decisions that are shown, kept with what was shown."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Of versions before the one that is shown the documents may be others by now."""
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    shown = [("shown_version_id", "!=", False), ("attachment_ids", "!=", False)]
    for decision in env["sales.draft.decision"].search(shown):
        if decision._fingerprint() == decision.text_hash:
            decision.shown_version_id.attachment_ids = decision._copied_files()
