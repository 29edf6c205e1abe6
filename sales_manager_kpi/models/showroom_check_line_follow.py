from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .showroom_check_line import WORN

ENDABLE = ("on_display", "to_replace")


class ShowroomCheckLine(models.Model):
    """What a finished check tells the samples that were looked at."""

    # What follows has a file of its own.
    _inherit = "showroom.check.line"  # pylint: disable=consider-merging-classes-inherited

    def _check_photos(self):
        """
        :raise UserError: where the type wants a photo of what is worn, and has none
        """
        bare = self.filtered(
            lambda line: (
                line.result == "found"
                and line.condition in WORN
                and line.sample_type_id.check_photo
                and not line.photo
            )
        )
        if bare:
            raise UserError(
                self.env._(
                    "Take a photo of what is worn or unfit: %s.",
                    ", ".join(bare.sample_id.mapped("barcode")),
                )
            )

    def _tell_samples(self, today):
        """Write what was seen to the samples, and mark those that failed.

        In the name of who finishes the check, as pieces that are lost move;
        ``is_stale`` of the lines is decided on the way, before the samples count as
        looked at.

        :param today: the day in the branch
        """
        lines = self.filtered("sample_id")
        found = lines.filtered(lambda line: line.result == "found")
        # sudo: conditions and dates of samples, for who finishes the check
        samples = found.sudo().sample_id
        found._tell_conditions()
        found._mark_stale()
        samples.write({"last_check_on": today})
        found._show_again()
        lines.filtered("is_failed")._mark_failed()

    def _tell_conditions(self):
        for condition, lines in self.grouped("condition").items():
            # sudo: see _tell_samples
            samples = lines.sudo().sample_id.filtered(
                lambda sample, told=condition: told and sample.condition != told
            )
            samples.write({"condition": condition})

    def _mark_stale(self):
        """Stale: those on display as the norm of samples says, and what is to go."""
        # sudo: see _tell_samples
        Sample = self.env["showroom.sample"].sudo()
        stale = Sample.search(
            Sample._stale_domain() & Domain("id", "in", self.sample_id.ids)
        )
        lines = self.filtered(
            lambda line: line.sample_id in stale or line.was_to_replace
        )
        lines.sudo().write({"is_stale": True})  # sudo: the system's to write

    def _show_again(self):
        """What an earlier check did not find is there after all."""
        self.filtered(
            lambda line: (
                line.condition not in WORN
                and line.sample_id.state == "to_replace"
                and line.sample_id.replace_reason == "not_found"
            )
        ).sample_id.action_redisplay()

    def _mark_failed(self):
        """Lost ones go, the others wait for their replacement.

        Whatever was lent, sold or taken out since the check began is left alone.
        """
        lost = self.filtered(
            lambda line: line.is_lost and line.sample_id.state in ENDABLE
        )
        for check, lines in lost.grouped("check_id").items():
            lines.sample_id._end("lost", check.display_name)
        for reason, lines in (self - lost).grouped(lambda line: line._reason()).items():
            lines.sample_id.filtered(
                lambda sample: sample.state == "on_display"
            )._mark_to_replace(reason)

    def _reason(self):
        """In words of ``showroom.sample.replace_reason``."""
        if self.result == "missing":
            return "not_found"
        return "damaged" if self.condition == "d" else "worn"
