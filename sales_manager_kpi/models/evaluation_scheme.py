from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class EvaluationScheme(models.Model):
    """Which criteria weigh how much, for whom and from when.

    A scheme judges the months that begin while it is valid and not archived. What was
    judged before keeps its figures: scorecards hold copies, and those that are agreed
    are not computed again.
    """

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
    job_ids = fields.Many2many(
        comodel_name="evaluation.job",
        string="Jobs",
        help="Leave empty for all jobs without a scheme of their own.",
    )
    by_job = fields.Boolean(
        compute="_compute_by_job",
        store=True,
        precompute=True,
        export_string_translation=False,
        help="Spares looking for jobs where no scheme asks.",
    )
    date_from = fields.Date(
        string="Valid From", help="Months that begin on this day or later."
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

    @api.depends("job_ids")
    def _compute_by_job(self):
        for scheme in self:
            scheme.by_job = bool(scheme.job_ids)

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

    @api.constrains(
        "company_id", "branch_ids", "job_ids", "date_from", "date_to", "active"
    )
    def _check_overlap(self):
        """On any day, at most one scheme holds for a branch and job at each level."""
        # sudo: a scheme the writer does not see is in force all the same
        others = self.sudo().search(
            [("company_id", "in", [*self.company_id.ids, False])]
        )
        # sudo: compared with these
        for scheme in self.sudo().filtered("active"):
            for other in others:
                if other != scheme and scheme._overlaps(other):
                    raise ValidationError(
                        self.env._(
                            "“%(scheme)s” and “%(other)s” hold for the same branches "
                            "and jobs at the same time. End one before the other "
                            "begins.",
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
            and meet(self.branch_ids, other.branch_ids)
            and meet(self.job_ids, other.job_ids)
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
        """The scheme in force on ``date`` for each branch, whatever the job.

        :return: ``{branch id: scheme}``, without branches that have none
        """
        schemes = self._in_force(company, date)
        found = {branch.id: schemes._nearest(branch, None) for branch in branches}
        return {branch_id: scheme for branch_id, scheme in found.items() if scheme}

    @api.model
    def _in_force(self, company, date):
        """Schemes that hold on ``date``, the narrowest first.

        A scheme for a job goes before one for a branch, that before the company's, and
        that before the shared one.
        """
        return self.search_fetch(
            [
                ("company_id", "in", [company.id, False]),
                "|",
                ("date_from", "=", False),
                ("date_from", "<=", date),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", date),
            ]
        ).sorted(lambda s: (not s.by_job, not s.branch_ids, not s.company_id, s.id))

    def _nearest(self, branch, job):
        """Of schemes in order, the first for this branch and job; empty if none."""
        for scheme in self:
            if scheme.branch_ids and branch not in scheme.branch_ids:
                continue
            if scheme.by_job and (not job or job not in scheme.job_ids):
                continue
            return scheme
        return self.browse()


def meet(some, others):
    """Whether two choices meet; an empty one is a level of its own."""
    return bool(some & others) or not (some or others)
