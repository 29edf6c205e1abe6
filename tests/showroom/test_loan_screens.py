from lxml import etree

from ..common import SalesManagementCommon
from .loan_common import LoanCommon

ACTIONS = (
    "showroom_loan_action",
    "showroom_giveaway_action",
    "showroom_sample_action",
    "showroom_board_action",
)


class TestLoanScreens(LoanCommon):
    """Every screen opens for every role that has its menu."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loan = cls.lend(cls.sample_1, cls.lamp_shown)
        cls.back(cls.loan, cls.lamp_shown)
        cls.gift = cls.env["showroom.giveaway"].create(
            {
                "branch_id": cls.branch.id,
                "partner_id": cls.customer.id,
                "product_id": cls.velvet.id,
            }
        )

    def web_read(self, records, view_id, kind):
        """Read what the view of ``kind`` shows, with the rights of the reader."""
        views = records.get_views([(view_id, kind)])
        fields = {name: spec["fields"] for name, spec in views["models"].items()}
        arch = etree.fromstring(views["views"][kind]["arch"])
        spec = SalesManagementCommon._form_spec(arch, records._name, fields)
        return records.web_read(spec)

    def test_screens_open(self):
        users = self.manager_a | self.manager_b | self.director | self.commercial
        for user in users | self.admin:
            for name in ACTIONS:
                action = self.env.ref(f"sales_manager_kpi.{name}")
                records = self.env[action.res_model].with_user(user).search([])
                self.assertTrue(records, (user.login, name))
                for view_id, kind in action.views:
                    with self.subTest(user=user.login, action=name, kind=kind):
                        self.web_read(records[:1], view_id, kind)

    def test_supply_reads_samples_and_no_loans(self):
        action = self.env.ref("sales_manager_kpi.showroom_sample_action")
        sample = self.sample_1.with_user(self.supervisor)
        for view_id, kind in action.views:
            with self.subTest(kind=kind):
                self.web_read(sample, view_id, kind)

    def test_board(self):
        self.loan.sudo().write({"out_on": "2026-03-02", "due_on": "2026-03-03"})
        action = self.env.ref("sales_manager_kpi.showroom_board_action")
        branch = self.branch.with_user(self.manager_b)
        view = self.web_read(branch, action.view_id.id, "kanban")
        self.assertEqual(view[0]["showroom_overdue"], 1)
        branches = self.branch | self.other_branch
        branches.invalidate_recordset(["showroom_overdue"])
        with self.assertQueryCount(1):
            self.assertEqual(branches.mapped("showroom_overdue"), [1, 0])
