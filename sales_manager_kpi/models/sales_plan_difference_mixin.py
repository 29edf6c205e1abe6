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

    @api.depends(
        "previous_id",
        "line_ids.target_amount",
        "line_ids.target_quantity",
        "line_ids.categ_id",
        "line_ids.partner_id",
        "line_ids.partner_category_id",
        "line_ids.measure",
    )
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
            or "removed" and targets in words; "–" where there was no line
        """
        self.ensure_one()
        now = {line._key(): line for line in self.line_ids}
        then = {line._key(): line for line in self.previous_id.line_ids}
        rows = []
        for key in [*now, *(key for key in then if key not in now)]:
            before, after = then.get(key), now.get(key)
            kind = "changed" if before and after else "added" if after else "removed"
            if kind == "changed" and before._asks_same(after):
                continue
            rows.append(
                (
                    kind,
                    (after or before)._label(),
                    before._target_in_words() if before else "–",
                    after._target_in_words() if after else "–",
                )
            )
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
        body = [(kinds[kind], *words) for kind, *words in rows]
        return (Markup("<table class='table table-sm'><thead>%s</thead>%s</table>")) % (
            self._table_row("th", header),
            self._table_rows(body),
        )

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
