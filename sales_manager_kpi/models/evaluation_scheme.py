from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class EvaluationScheme(models.Model):
    """Which criteria weigh how much, for whom and from when."""

    _name = "evaluation.scheme"
    _description = "Evaluation Scheme"
    _order = "company_id, date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Leave empty for companies that have no scheme of their own.",
    )
    branch_ids = fields.Many2many(
        comodel_name="sales.branch",
        string="Branches",
        check_company=True,
        help="Leave empty for all branches without a scheme of their own.",
    )
    date_from = fields.Date(
        string="Valid From", help="Periods that begin on this day or later."
    )
    date_to = fields.Date(
        string="Valid To", help="The last day, included; empty while it lasts."
    )
    line_ids = fields.One2many(
        comodel_name="evaluation.scheme.line",
        inverse_name="scheme_id",
        string="Criteria",
        copy=True,
    )
    weight_total = fields.Float(
        string="Total Weight", compute="_compute_weight_total", digits=(6, 2)
    )

    _dates_order = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_to >= date_from)",
        "A scheme cannot end before it begins. Correct its dates.",
    )

    @api.depends("line_ids.weight")
    def _compute_weight_total(self):
        for scheme in self:
            scheme.weight_total = sum(scheme.line_ids.mapped("weight"))

    @api.constrains("name", "line_ids")
    def _check_weights(self):
        for scheme in self:
            total = sum(line._weight_bp() for line in scheme.line_ids)
            if total != 10_000:
                raise ValidationError(
                    self.env._(
                        "The weights of “%(scheme)s” add up to %(total)s %%. "
                        "Change them so that they add up to 100 %%.",
                        scheme=scheme.name,
                        total=f"{total / 100:g}",
                    )
                )

    def _check_weights_at_end(self):
        """Check when the transaction ends: lines change one by one, the sum at once."""
        pending = self.env.cr.precommit.data.setdefault("evaluation.scheme", set())
        if self and not pending:
            self.env.cr.precommit.add(self._check_pending_weights)
        pending.update(self.ids)

    def _check_pending_weights(self):
        pending = self.env.cr.precommit.data.pop("evaluation.scheme", set())
        self.browse(pending).exists()._check_weights()

    @api.constrains("company_id", "branch_ids", "date_from", "date_to", "active")
    def _check_overlap(self):
        """On any day, at most one scheme is meant for a branch at the same level."""
        # sudo: a scheme the writer does not see is in force all the same
        others = self.sudo().search(
            [("company_id", "in", [*self.company_id.ids, False])]
        )
        for scheme in self.sudo().filtered("active"):
            for other in others:
                if other != scheme and scheme._overlaps(other):
                    raise ValidationError(
                        self.env._(
                            "“%(scheme)s” and “%(other)s” hold for the same branches "
                            "at the same time. End one before the other begins.",
                            scheme=scheme.name,
                            other=other.name,
                        )
                    )

    @api.depends("name", "date_from")
    def _compute_display_name(self):
        for scheme in self:
            scheme.display_name = (
                f"{scheme.name} ({format_date(self.env, scheme.date_from)})"
                if scheme.date_from
                else scheme.name
            )

    def copy_data(self, default=None):
        # A copy holds for the same branches and days, so it starts archived.
        vals_list = super().copy_data(default=default)
        for scheme, vals in zip(self, vals_list, strict=True):
            vals.update(name=self.env._("%s (copy)", scheme.name), active=False)
        return vals_list

    def _overlaps(self, other):
        return (
            self.company_id == other.company_id
            and (
                bool(self.branch_ids & other.branch_ids)
                or not (self.branch_ids or other.branch_ids)
            )
            and (
                not other.date_to
                or not self.date_from
                or self.date_from <= other.date_to
            )
            and (
                not self.date_to
                or not other.date_from
                or other.date_from <= self.date_to
            )
        )

    @api.model
    def _by_branch(self, company, branches, date):
        """The scheme in force on ``date`` of each branch.

        A branch's own scheme goes before its company's, which goes before the shared
        one.

        :return: ``{branch id: scheme}``, without branches that have none
        """
        schemes = self.search(
            [
                ("company_id", "in", [company.id, False]),
                "|",
                ("date_from", "=", False),
                ("date_from", "<=", date),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", date),
            ]
        ).sorted(lambda s: (not s.branch_ids, not s.company_id, s.id))
        found = {}
        for branch in branches:
            fitting = schemes.filtered(
                lambda s, branch=branch: not s.branch_ids or branch in s.branch_ids
            )
            if fitting:
                found[branch.id] = fitting[0]
        return found
