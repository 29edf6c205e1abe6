from markupsafe import Markup

from odoo import api, fields, models

from .showroom_check_flow import CHECK_ACTIVITY, FAILED_ACTIVITY

LISTED = 40  # lines in a task; the check itself has all


class ShowroomCheck(models.Model):
    """Who is asked to check, and to see to what failed."""

    # Tasks have a file of their own.
    _inherit = "showroom.check"  # pylint: disable=consider-merging-classes-inherited

    def _keeper_now(self):
        """The keeper, or who stands in for them now; a ``res.users`` or none."""
        self.ensure_one()
        keeper = self.user_id.filtered("active")
        Substitution = self.env["sales.substitution"]
        for scope in ("orders", "direction") if keeper else ():
            found = Substitution._in_force(
                keeper, self.company_id, fields.Datetime.now(), scope
            )
            if found:
                return found[keeper.id].deputy_id
        return keeper

    def _ask_to_check(self):
        """Ask the keepers of these planned checks, once for each check; in sudo."""
        for check in self:
            keeper = check._keeper_now()
            if keeper:
                check.activity_schedule(
                    CHECK_ACTIVITY, date_deadline=check.planned_on, user_id=keeper.id
                )
            check.asked_on = check.branch_id._local_today()

    def _ask_to_repair(self, lines):
        """One task with all that failed, for the keeper; in sudo.

        :param lines: of this check, those that failed
        """
        keeper = self._keeper_now() or self.done_by_id
        if lines and keeper:
            self.activity_schedule(
                FAILED_ACTIVITY,
                date_deadline=self.branch_id._local_today(),
                user_id=keeper.id,
                note=self._failed_words(lines),
            )

    def _forget_earlier_tasks(self):
        """A newer round says what is left of what earlier ones asked for; in sudo."""
        earlier = self.search(
            [
                ("branch_id", "=", self.branch_id.id),
                ("id", "!=", self.id),
                ("activity_ids", "!=", False),
            ]
        )
        earlier.activity_unlink([FAILED_ACTIVITY])

    def _failed_words(self, lines):
        """What failed and why, as a list."""
        rows = [self._failed_row(line) for line in lines[:LISTED]]
        if len(lines) > LISTED:
            rows.append(self.env._("and %s more", len(lines) - LISTED))
        return Markup("<ul>%s</ul>") % Markup().join(
            Markup("<li>%s</li>") % row for row in rows
        )

    def _failed_row(self, line):
        if not line.sample_id:
            return self.env._(
                "%(sample)s: %(count)s missing from the range, make them",
                sample=line.display_name,
                count=line.expected_qty,
            )
        if line.result == "missing":
            words = self.env._("lost") if line.is_lost else self.env._("not found")
        else:
            labels = dict(line._fields["condition"]._description_selection(self.env))
            words = labels[line.condition]
        parts = [words, line.place, line.note]
        return f"{line.display_name}: {', '.join(part for part in parts if part)}"

    def _move_tasks(self):
        """What was asked of the former keeper is asked of the new one; in sudo."""
        for check in self:
            keeper = check._keeper_now()
            if keeper and check.activity_ids:
                check.activity_reschedule(
                    [CHECK_ACTIVITY, FAILED_ACTIVITY], new_user_id=keeper.id
                )

    @api.model
    def _cron_plan(self):
        """Every day: plan the next check of each showroom, and ask for what is due."""
        # sudo: a job
        branches = self.env["sales.branch"].sudo().search([("has_showroom", "=", True)])
        branches._plan_check()
        waiting = self.sudo().search(  # sudo: a job
            [("state", "=", "planned"), ("asked_on", "=", False)]
        )
        waiting.filtered(
            lambda check: check.planned_on <= check.branch_id._local_today()
        )._ask_to_check()
