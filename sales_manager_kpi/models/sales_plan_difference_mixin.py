from markupsafe import Markup

from odoo import api, fields, models


class SalesPlanDifferenceMixin(models.AbstractModel):
    """The part of ``sales.plan`` that compares a version with the one before."""

    _name = "sales.plan.difference.mixin"
    _description = "Difference between Plan Versions"

    difference_html = fields.Html(
        string="Changes",
        compute="_compute_difference_html",
        help="What this version changes in the one before it.",
    )

    @api.depends("previous_id", "line_ids.target_amount", "line_ids.categ_id")
    @api.depends_context("lang")
    def _compute_difference_html(self):
        for plan in self:
            plan.difference_html = plan._render_difference()

    def _amount_by_key(self):
        """``{line key: target}`` of a plan; empty for no plan."""
        return {line._key(): line.target_amount for line in self.line_ids}

    def _difference(self):
        """Lines that differ from the previous version.

        :return: list of ``(kind, label, before, after)`` with kind "added", "changed"
            or "removed" and amounts in company currency; None where there was no line
        """
        self.ensure_one()
        now = {line._key(): line for line in self.line_ids}
        then = {line._key(): line for line in self.previous_id.line_ids}
        rows = []
        for key in [*now, *(key for key in then if key not in now)]:
            before = then[key].target_amount if key in then else None
            after = now[key].target_amount if key in now else None
            if before is None:
                kind = "added"
            elif after is None:
                kind = "removed"
            elif self.currency_id.compare_amounts(before, after):
                kind = "changed"
            else:
                continue
            rows.append((kind, (now.get(key) or then[key])._label(), before, after))
        return rows

    def _render_difference(self):
        if not self.previous_id:
            return False
        rows = self._difference()
        if not rows:
            return Markup("<p>%s</p>") % self.env._(
                "The amounts are those of the previous version."
            )
        kinds = {
            "added": self.env._("Added"),
            "changed": self.env._("Changed"),
            "removed": self.env._("Removed"),
        }
        header = ("", self.env._("Line"), self.env._("Before"), self.env._("Now"))
        body = [
            (kinds[kind], label, self._money(before), self._money(after))
            for kind, label, before, after in rows
        ]
        return (Markup("<table class='table table-sm'><thead>%s</thead>%s</table>")) % (
            self._table_row("th", header),
            self._table_rows(body),
        )

    def _money(self, amount):
        return "–" if amount is None else self.currency_id.format(amount)

    def _table_rows(self, rows):
        return Markup("<tbody>%s</tbody>") % Markup().join(
            self._table_row("td", row) for row in rows
        )

    def _table_row(self, tag, cells):
        tag = Markup(tag)
        return Markup("<tr>%s</tr>") % Markup().join(
            Markup("<%s>%s</%s>") % (tag, cell, tag) for cell in cells
        )

    def _post_difference(self):
        """Keep the difference of approved revisions in the chatter."""
        for plan in self.filtered("previous_id"):
            plan._message_log(
                body=Markup("<p>%s</p>%s")
                % (
                    self.env._("Approved in place of the previous version."),
                    plan._render_difference(),
                )
            )
