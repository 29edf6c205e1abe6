from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine.showroom import Completeness
from .showroom_check_line import WORN

CHECK_ACTIVITY = "sales_manager_kpi.mail_activity_type_showroom_check"
FAILED_ACTIVITY = "sales_manager_kpi.mail_activity_type_showroom_failed"
KEY = ("product_id", "sample_type_id")


class ShowroomCheck(models.Model):
    """The steps of a check: started, finished or cancelled, and what follows of it."""

    # The steps have a file of their own.
    _inherit = "showroom.check"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Started
    # ------------------------------------------------------------------

    def action_start(self):
        """Begin, and open the screen for the phone.

        :raise AccessError: for who does not work in the branch
        :raise UserError: where a check of the branch is in progress
        """
        self.ensure_one()
        self._start()
        return self.action_open()

    def action_open(self):
        """Open the screen for the phone."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.showroom_check_screen_action"
        )
        action["params"] = {"check_id": self.id}
        action["display_name"] = self.display_name
        return action

    def _start(self):
        self._check_keeping()
        self._check_state("planned")
        self._check_alone()
        self._check_branch()
        secret = self.sudo()  # sudo: the steps are the system's to write
        secret.write(
            {
                "state": "in_progress",
                "started_at": fields.Datetime.now(),
                "started_by_id": self.env.uid,
                "acting_for_id": self._stood_in_for().id,
            }
        )
        # two people start at once: the second is told here
        secret.flush_recordset(["state"])
        # sudo: lines are the system's to make
        self.env["showroom.check.line"].sudo().create(secret._prepare_lines())

    def _check_alone(self):
        """
        :raise UserError: where somebody checks the same showroom now
        """
        other = self.search(
            [("branch_id", "=", self.branch_id.id), ("state", "=", "in_progress")],
            limit=1,
        )
        if other:
            raise UserError(
                self.env._(
                    "%(user)s is checking the showroom of %(branch)s already. Continue "
                    "that check together, or cancel it.",
                    user=other.started_by_id.name,
                    branch=self.branch_id.display_name,
                )
            )

    def _stood_in_for(self):
        """Whom the current user stands in for here: a ``res.users`` or none."""
        branch = self.branch_id
        Branch = self.env["sales.branch"]
        acting = self.env["sales.substitution"]._acting().get(self.company_id.id, {})
        # sudo: who keeps a showroom is no secret
        people = self.user_id | branch._showroom_keeper() | branch.sudo().director_id
        principal = people.filtered(lambda user: user.id in acting)[:1].sudo(False)
        if principal or not acting:
            return principal
        principals = self.env["res.users"].browse(acting)
        homes = Branch._branch_by_user(
            principals | self.env.user, self.company_id, branch._local_today()
        )
        if homes.get(self.env.uid) == branch:
            return principal
        return principals.filtered(lambda user: homes.get(user.id) == branch)[:1]

    # ------------------------------------------------------------------
    # Its lines
    # ------------------------------------------------------------------

    def _prepare_lines(self):
        """A line for each sample to look at, and for each product that lacks some.

        In three queries; in sudo.
        """
        norms = self._norms()
        samples = self._samples_to_see()
        there = defaultdict(int)
        for sample in samples:
            there[sample.product_id.id, sample.sample_type_id.id] += 1
        return [
            *(self._prepare_line(sample, norms) for sample in samples),
            *(
                self._prepare_gap(norm, norm.min_qty - there[key])
                for key, norm in norms.items()
                if norm.min_qty > there[key]
            ),
        ]

    def _norms(self, product=None):
        """``{(product id, type id): showroom.norm.line}`` of the branch; in sudo."""
        domain = Domain("branch_id", "=", self.branch_id.id)
        if product:
            domain &= Domain("product_id", "=", product.id)
        lines = self.env["showroom.norm.line"].search_fetch(
            domain, [*KEY, "min_qty", "weight"]
        )
        return {(line.product_id.id, line.sample_type_id.id): line for line in lines}

    def _samples_to_see(self):
        """Samples in the showroom, and those on loan that count; in sudo."""
        Sample = self.env["showroom.sample"]
        counted = Domain(Sample._present_domain()) & Domain("state", "=", "on_loan")
        return Sample.search_fetch(
            Domain("branch_id", "=", self.branch_id.id)
            & (Domain("state", "in", ("on_display", "to_replace")) | counted),
            [*KEY, "place", "condition", "state", "replace_reason"],
        )

    def _prepare_line(self, sample, norms, **values):
        norm = norms.get((sample.product_id.id, sample.sample_type_id.id))
        return {
            "check_id": self.id,
            "sample_id": sample.id,
            "product_id": sample.product_id.id,
            "sample_type_id": sample.sample_type_id.id,
            "place": sample.place,
            "condition": sample.condition,
            "expected_qty": 1,
            "min_qty": norm.min_qty if norm else 0,
            "weight": norm.weight if norm else 0.0,
            "was_to_replace": sample.state == "to_replace"
            and sample.replace_reason != "not_found",
            "result": "on_loan" if sample.state == "on_loan" else "todo",
            **values,
        }

    def _prepare_gap(self, norm, lacking):
        return {
            "check_id": self.id,
            "product_id": norm.product_id.id,
            "sample_type_id": norm.sample_type_id.id,
            "expected_qty": lacking,
            "min_qty": norm.min_qty,
            "weight": norm.weight,
            "result": "missing",
        }

    # ------------------------------------------------------------------
    # Finished
    # ------------------------------------------------------------------

    def action_finish(self):
        """Close a check all of whose samples were looked at, see `finish`."""
        self.ensure_one()
        self.finish()
        return True

    def action_finish_rest(self):
        """Close it; what was not looked at counts as missing."""
        self.ensure_one()
        self.finish(rest_missing=True)
        return True

    def finish(self, rest_missing=False):
        """Close the check: samples, tasks and figures follow.

        :param rest_missing: what nobody looked at is missing; refused otherwise
        :raise UserError: where something was not looked at, or lacks its photo
        """
        self.ensure_one()
        self._check_keeping()
        self._check_state("in_progress")
        # sudo: answers were given; what follows is the system's to write
        lines = self.sudo().line_ids
        rest = lines.filtered(lambda line: line.result == "todo")
        if rest and not rest_missing:
            raise UserError(
                self.env._(
                    "%(rest)s of %(all)s samples were not looked at. Look at them, or "
                    "finish and count them as missing.",
                    rest=len(rest),
                    all=len(lines.sample_id),
                )
            )
        lines._check_photos()
        rest.write({"result": "missing"})
        self.line_ids._tell_samples(self.branch_id._local_today())
        self._close(lines)
        return True

    def _close(self, lines):
        now = fields.Datetime.now()
        secret = self.sudo()  # sudo: see finish
        secret.write(
            {
                **secret._figures(lines),
                "state": "done",
                "done_at": now,
                "done_on": self.branch_id._local_date(now),
                "done_by_id": self.env.uid,
                "acting_for_id": self._stood_in_for().id or self.acting_for_id.id,
            }
        )
        secret.activity_feedback([CHECK_ACTIVITY])
        secret._forget_earlier_tasks()
        secret._ask_to_repair(lines.filtered("is_failed"))
        secret.branch_id._plan_check()

    def _figures(self, lines):
        """What the check came to, as its fields; from its lines alone."""
        sums = self._completeness()
        seen = lines.filtered(lambda line: line.sample_id and line.result == "found")
        stale = len(seen.filtered("is_stale"))
        return {
            "completeness": sums.share or 0.0,
            "completeness_weighted": sums.weighted or 0.0,
            "due_count": sums.due,
            "satisfied_count": sums.satisfied,
            "due_weight": sums.due_weight,
            "satisfied_weight": sums.satisfied_weight,
            "seen_count": len(seen),
            "stale_count": stale,
            "fresh_share": 1 - stale / len(seen) if seen else 0.0,
            "missing_count": len(
                lines.filtered(lambda line: line.sample_id and line.result == "missing")
            ),
            "again_count": len(seen.filtered("is_again")),
            "worn_count": len(seen.filtered(lambda line: line.condition in WORN)),
        }

    def _completeness(self):
        """``engine.showroom.Completeness`` of the lines, in one query."""
        sums = Completeness()
        rows = (
            self.env["showroom.check.line"]
            # sudo: a figure of a check that the user may read
            .sudo()
            ._read_group(
                [("check_id", "=", self.id)],
                list(KEY),
                ["present_qty:sum", "min_qty:max", "weight:max"],
            )
        )
        for __, __, present, minimum, weight in rows:
            sums.add(present, minimum, weight)
        return sums

    # ------------------------------------------------------------------
    # Cancelled
    # ------------------------------------------------------------------

    def action_cancel(self):
        """Give up a check; no sample changes. It stays to be seen.

        :raise UserError: for a check that is over
        """
        self._check_keeping()
        self._check_state("planned", "in_progress")
        secret = self.sudo()  # sudo: the steps are the system's to write
        secret.write({"state": "cancelled"})
        secret.activity_unlink([CHECK_ACTIVITY])
        return True
