from odoo import Command
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common import PlanCommon

MANAGERS, LINES = 25, 20
LINEN = "Fabrics / Linen"
HEADER = [
    "user_id",
    "period_id",
    "line_ids/dimension",
    "line_ids/measure",
    "line_ids/categ_id",
    "line_ids/target_amount",
]


@freeze_time("2026-03-10 12:00:00")
class TestPlanImport(PlanCommon):
    """Plans come in by names, all of them or none, and wrong rows are named."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = cls.env.ref("sales_manager_kpi.group_manager")
        cls.users = cls.env["res.users"].create(
            [
                {
                    "name": f"Importer {number:02}",
                    "login": f"importer_{number}",
                    "group_ids": [Command.set(group.ids)],
                }
                for number in range(MANAGERS)
            ]
        )
        cls.branch.member_ids = [
            Command.create({"user_id": user.id, "date_from": "2020-01-01"})
            for user in cls.users
        ]
        cls.categories = cls.env["product.category"].create(
            [{"name": f"Range {number:02}"} for number in range(LINES)]
        )

    def rows(self):
        rows = []
        for user in self.users:
            for number, category in enumerate(self.categories):
                head = [user.name, "March 2026"] if not number else ["", ""]
                line = ["Product category", "Amount", category.name, str(100 + number)]
                rows.append([*head, *line])
        self.assertEqual(len(rows), 500)
        return rows

    def load(self, rows, header=HEADER, model="sales.plan"):
        with mute_logger("odoo.sql_db"):
            return self.env[model].with_user(self.commercial).load(header, rows)

    def test_500_lines_by_names(self):
        result = self.load(self.rows())
        self.assertFalse(result["messages"])
        plans = self.env["sales.plan"].browse(result["ids"])
        self.assertEqual((len(plans), len(plans.line_ids)), (MANAGERS, 500))
        self.assertEqual(plans[0].target_amount, sum(range(100, 120)))
        self.assertEqual(plans.user_id, self.users)

    def test_three_wrong_ones(self):
        rows = self.rows()
        rows[27][5] = "-5"
        rows[110][4] = "Nothing Like It"
        rows[333][4] = rows[332][4]
        result = self.load(rows)
        self.assertFalse(result["ids"])
        self.assertFalse(self.env["sales.plan"].search([]))
        for row, text in (
            (27, "Range 07: a target cannot be negative"),
            (110, "Nothing Like It"),
            (333, "Range 12 stands twice"),
        ):
            said = [m for m in result["messages"] if text in m["message"]]
            self.assertEqual(len(said), 1, result["messages"])
            # the rows of one plan are named together, the line by its name
            self.assertLessEqual(said[0]["rows"]["from"], row)
            self.assertGreaterEqual(said[0]["rows"]["to"], row)
            self.assertLess(said[0]["rows"]["to"] - said[0]["rows"]["from"], LINES)

    def test_lines_alone_name_their_rows(self):
        plan = self.make_plan()
        header = ["plan_id/.id", "dimension", "categ_id", "target_amount"]
        rows = [
            [str(plan.id), "category", category.name, "1"]
            for category in self.categories
        ]
        rows[3][3], rows[7][2] = "-1", rows[6][2]
        result = self.load(rows, header, "sales.plan.line")
        self.assertFalse(result["ids"])
        self.assertEqual([m["rows"]["from"] for m in result["messages"]], [3, 7])
        self.assertEqual(len(plan.line_ids), 1)

    def test_further_targets_by_names(self):
        tag = self.env["res.partner.category"].create({"name": "Hotels"})
        header = [
            "user_id",
            "period_id",
            "line_ids/dimension",
            "line_ids/measure",
            "line_ids/categ_id",
            "line_ids/partner_id",
            "line_ids/partner_category_id",
            "line_ids/uom_id",
            "line_ids/target_amount",
            "line_ids/target_quantity",
        ]
        name = self.users[0].name
        rows = [
            [name, "march 2026", "Total", "Amount", "", "", "", "", "900", ""],
            ["", "", "Customer", "Amount", "", self.customer.name, *[""] * 2, "50", ""],
            ["", "", "Customer group", "Margin", "", "", tag.name, "", "70", ""],
            ["", "", "Product category", "Quantity", LINEN, "", "", "m", "", "40"],
            ["", "", "Total", "New customers", "", "", "", "", "", "3"],
        ]
        result = self.load(rows, header)
        self.assertFalse(result["messages"])
        plan = self.env["sales.plan"].browse(result["ids"])
        self.assertEqual((plan.target_amount, len(plan.line_ids)), (900, 5))
        # and out again as it came in
        self.commercial.group_ids |= self.env.ref("base.group_allow_export")
        exported = plan.with_user(self.commercial).export_data(header)["datas"]
        names = {tuple(row[2:4]) for row in exported}
        self.assertEqual(names, {tuple(row[2:4]) for row in rows})
        plan.unlink()
        again = self.load([[str(v or "") for v in row] for row in exported], header)
        self.assertFalse(again["messages"])

    def test_category_loops_are_refused(self):
        with self.refused("Recursion"):
            self.fabrics.parent_id = self.linen
