from lxml import etree

from ..common import SalesManagementCommon
from .test_label import RangeCommon

VIEWS = (
    ("showroom.sample", "list"),
    ("showroom.sample", "form"),
    ("showroom.norm.line", "list"),
    ("supply.request", "form"),
    ("supply.request.line", "list"),
    ("supply.request.line", "form"),
)


class TestSupplyScreens(RangeCommon):
    """Every screen of replacement opens for whoever has it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_norm(cls.velvet, cls.card, 2)
        cls.keeper = cls.make_manager("keeper", cls.branch)
        cls.branch.showroom_user_id = cls.keeper

    def web_read(self, records, kind, view_id=False):
        """Read what the view of ``kind`` shows, with the rights of the reader."""
        self.env.invalidate_all()  # what others have read is in the same cache
        views = records.get_views([(view_id, kind)])
        fields = {name: spec["fields"] for name, spec in views["models"].items()}
        arch = etree.fromstring(views["views"][kind]["arch"])
        spec = SalesManagementCommon._form_spec(arch, records._name, fields)
        return records.web_read(spec)

    def test_screens_open(self):
        self.sample.action_replace()
        line = self.ask(self.propose())
        self.grant(line)
        line.filtered(lambda row: not row.takes_goods).action_received()
        readers = (self.manager_a, self.keeper, self.director, self.commercial)
        for user in readers:
            for model, kind in VIEWS:
                with self.subTest(user=user.login, model=model, kind=kind):
                    records = self.env[model].with_user(user).search([])
                    self.assertTrue(records)
                    self.web_read(records, kind)
        for model in ("supply.request", "supply.request.line"):
            found = self.env[model].with_user(self.supervisor).search([])
            self.assertTrue(self.web_read(found, "form"))
            self.assertFalse(self.env[model].with_user(self.manager_b).search([]))

    def test_board_and_wizard_open(self):
        board = self.env.ref("sales_manager_kpi.sales_branch_view_kanban_showroom")
        for user in (self.manager_a, self.manager_b, self.director, self.admin):
            with self.subTest(user=user.login):
                branch = self.branch.with_user(user)
                self.assertTrue(self.web_read(branch, "kanban", board.id))
        self.assertTrue(self.web_read(self.propose(), "form"))
        for user in (self.manager_a, self.director, self.admin):
            self.assertTrue(self.web_read(self.branch.with_user(user), "form"))

    def test_the_keeper_reads_samples_alone(self):
        """Of requests, whoever keeps the showroom reads those of its samples."""
        self.ask(self.propose())
        shortage = (
            self.env["supply.request"]
            .with_user(self.manager_a)
            .create({"kind": "stocking", "branch_id": self.branch.id})
        )
        found = self.env["supply.request"].with_user(self.keeper).search([])
        self.assertEqual(found.mapped("kind"), ["sample"])
        self.assertNotIn(shortage, found)
        self.assertFalse(found.has_access("write"))
        lines = self.env["supply.request.line"].with_user(self.keeper).search([])
        self.assertEqual(lines.sample_type_id, self.card)
        self.assertFalse(lines.has_access("write"))
