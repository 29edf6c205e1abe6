from collections import defaultdict
from datetime import timedelta

from odoo import fields, models

# Answers that were given before another one was committed show up a moment later.
OVERLAP = timedelta(seconds=5)
AGAIN = ("lost",)


class ShowroomCheck(models.Model):
    """What the screen for the phone reads and calls: short calls, line by line."""

    # The screen has a file of its own.
    _inherit = "showroom.check"  # pylint: disable=consider-merging-classes-inherited

    def get_data(self):
        """All the screen shows of this check.

        :return: as `_changes`, with every line
        :raise AccessError: for who may not read it
        """
        self.ensure_one()
        return {**self._changes(), "lines": self._shown_lines(self.line_ids)}

    def get_changes(self, since):
        """What has changed since an earlier answer, also by colleagues."""
        self.ensure_one()
        return self._changes(since)

    def _changes(self, since=None):
        """``{check, lines, since}``: the head, lines that changed, the moment of it.

        :param since: what was given under that name before; None for no lines
        """
        moment = fields.Datetime.to_datetime(since) if since else None
        lines = self.env["showroom.check.line"]
        if moment:
            lines = lines.search(
                [("check_id", "=", self.id), ("write_date", ">=", moment)]
            )
        return {
            "check": self._shown_head(),
            "lines": self._shown_lines(lines),
            "since": fields.Datetime.to_string(self.env.cr.now() - OVERLAP),
        }

    def _shown_head(self):
        """The check as it stands; two queries beside its own."""
        counts = self._counts()
        sums = self._completeness()
        return {
            "id": self.id,
            "name": self.display_name,
            "branch": self.branch_id.name,
            "state": self.state,
            "can_answer": self.state == "in_progress" and self.branch_id.is_kept,
            "all": counts["found"] + counts["missing"] + counts["todo"],
            "worn": counts["worn"],
            "found": counts["found"],
            "missing": counts["missing"],
            "todo": counts["todo"],
            "due": sums.due,
            "completeness": sums.share,
            "weighted": sums.weighted,
        }

    def _counts(self):
        """Samples by result; those that are found and failed also as worn."""
        counts = defaultdict(int)
        for result, failed, count in self.env["showroom.check.line"]._read_group(
            [("check_id", "=", self.id), ("sample_id", "!=", False)],
            ["result", "is_failed"],
            ["__count"],
        ):
            counts[result] += count
            if failed and result == "found":
                counts["worn"] += count
        return counts

    def _shown_lines(self, lines):
        return [line._shown() for line in lines.with_context(bin_size=True)]

    # ------------------------------------------------------------------
    # Scanned
    # ------------------------------------------------------------------

    def scan(self, barcode, place=None, since=None):
        """The sample with this barcode is there.

        :param place: where the one who scans is; the sample is moved there
        :param since: see `_changes`
        :return: `_changes` with ``kind`` (success or warning), ``message`` and
            ``line_id``; what is not of this showroom changes nothing
        :raise AccessError: for who does not work in the branch
        :raise UserError: where the check is over
        """
        self.ensure_one()
        self._check_keeping()
        self._check_state("in_progress")
        sample = self._scanned(barcode)
        refusal = self._refuse_scanned(sample, barcode)
        if refusal:
            return self._answer_scan("warning", refusal, since=since)
        line = self._line_of(sample)
        if line.result == "on_loan":  # it came back since the check began
            line.sudo().result = "todo"  # sudo: by hand nobody answers for a loan
        if line.result != "found":
            line.write({"result": "found"})
        words = self.env._("Found: %s", sample.product_id.display_name)
        if line.is_again:
            words = self.env._(
                "Found again: %s was thought to be lost.", sample.display_name
            )
        elif place and line.place != place:
            words = self.env._(
                "Found: %(product)s, moved from %(old)s to %(new)s.",
                product=sample.product_id.display_name,
                old=line.place or self.env._("no place"),
                new=place,
            )
        if place and line.place != place:
            sample.place = place
            line.sudo().place = place  # sudo: where it was found, by the system
        return self._answer_scan("success", words, line, since)

    def _answer_scan(self, kind, message, line=None, since=None):
        line = line or self.env["showroom.check.line"]
        changes = self._changes(since)
        if line and line.id not in [shown["id"] for shown in changes["lines"]]:
            changes["lines"] += self._shown_lines(line)
        return {**changes, "kind": kind, "message": message, "line_id": line.id}

    def _scanned(self, barcode):
        code = (barcode or "").strip()
        return self.env["showroom.sample"].search(
            [("company_id", "=", self.company_id.id), ("barcode", "=", code)], limit=1
        )

    def _refuse_scanned(self, sample, barcode):
        """Why what was scanned is not in this check; None where it is or may be."""
        if not sample:
            return self.env._(
                "No sample has the barcode %s. Print its label again, or make a sample "
                "of it.",
                (barcode or "").strip() or "?",
            )
        if sample.branch_id != self.branch_id:
            return self.env._(
                "%(sample)s belongs to %(branch)s. Bring it back there.",
                sample=sample.display_name,
                branch=sample.branch_id.display_name,
            )
        if sample.state == "on_loan":
            return self.env._(
                "%s is on loan. Take it back first; then it can be checked.",
                sample.display_name,
            )
        if sample.state not in ("on_display", "to_replace", *AGAIN):
            labels = dict(sample._fields["state"]._description_selection(self.env))
            return self.env._(
                "%(sample)s is %(state)s: it should not be in the showroom.",
                sample=sample.display_name,
                state=labels[sample.state].lower(),
            )
        return None

    def _line_of(self, sample):
        """The line of ``sample``; made where it is new here, or thought to be lost."""
        line = self.env["showroom.check.line"].search(
            [("check_id", "=", self.id), ("sample_id", "=", sample.id)]
        )
        if line:
            return line
        again = sample.state in AGAIN
        if again:
            sample.action_redisplay()
        secret = self.sudo()  # sudo: lines are the system's to make
        norms = secret._norms(sample.product_id)
        shown = sample.sudo()  # sudo: as above
        line = secret.line_ids.create(
            secret._prepare_line(shown, norms, is_again=again)
        )
        secret._fill_gap(line)
        # written on the check, so that whoever finishes it just now counts it too
        secret.added_count += 1
        return line.sudo(False)

    def _fill_gap(self, line):
        """One less of this product is missing; in sudo."""
        gap = self.line_ids.filtered(
            lambda one: (
                not one.sample_id
                and one.product_id == line.product_id
                and one.sample_type_id == line.sample_type_id
            )
        )
        if gap.expected_qty > 1:
            gap.expected_qty -= 1
        else:
            gap.unlink()
