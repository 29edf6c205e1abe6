from odoo import fields, models

RANKING_PUBLIC = [
    ("own", "Nothing: everybody sees the own place and figure only"),
    ("places", "Places without figures"),
    ("values", "Places with figures"),
]


class ResCompany(models.Model):
    """What people may know of each other: rankings, milestones and badges."""

    # Rankings have files of their own.
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_ranking_public = fields.Selection(
        selection=RANKING_PUBLIC,
        string="Public in Rankings",
        required=True,
        default="own",
        help="What managers see of each other. Directors see their branch and "
        "commercial directors their companies, whatever is chosen.",
    )
    sales_manager_kpi_ranking_scope = fields.Selection(
        selection=[("branch", "Within the branch"), ("company", "The whole company")],
        string="Among Whom",
        required=True,
        default="branch",
    )
    sales_manager_kpi_milestones = fields.Selection(
        selection=[
            ("off", "None are kept"),
            ("own", "Seen by the person and their directors"),
            ("branch", "Seen within the branch"),
            ("company", "Seen in the whole company"),
        ],
        string="Milestones",
        required=True,
        default="off",
        help="A part of the plan reached, a lost customer won back, the best month "
        "ever. The person is told in the night after.",
    )
    sales_manager_kpi_badges = fields.Boolean(
        string="Badges",
        help="The winners of a month get the badges that the rules name, seen by who "
        "sees their row in the ranking.",
    )
    sales_manager_kpi_award_days = fields.Integer(
        string="Days Until a Month Is Judged",
        required=True,
        default=10,
        help="Badges and best months are given so many days after the month has ended, "
        "or when it is closed.",
    )
    sales_manager_kpi_awarded_until = fields.Date(
        readonly=True,
        copy=False,
        export_string_translation=False,
        help="First day of the last month whose winners were found.",
    )

    _sales_manager_kpi_award_days_range = models.Constraint(
        "CHECK (sales_manager_kpi_award_days BETWEEN 0 AND 90)",
        "A month is judged within 0 to 90 days after it has ended.",
    )
