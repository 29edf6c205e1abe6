from odoo.tests import new_test_user

from .common import OrganisationCommon

# Rows of a form or of a wizard, and who may read any: the others read none at all.
LINES = {
    "customer.class.proposal.line": {"director", "commercial", "admin"},
    "discount.request.line": {"manager_a", "director", "commercial", "admin"},
    "discount.simulation.line": {"manager_a", "director", "commercial", "admin"},
    "evaluation.scheme.line": {"manager_a", "director", "commercial", "admin"},
    **dict.fromkeys(
        [
            *("showroom.make", "showroom.end", "showroom.sell"),
            *("showroom.lend", "showroom.return", "showroom.return.line"),
            *("showroom.propose", "showroom.propose.line", "showroom.range.print"),
        ],
        {"manager_a", "director", "commercial", "admin"},
    ),
    "stock.hold.ask.line": {"manager_a", "director", "commercial", "admin"},
    "supply.return": {"director", "commercial", "admin"},
    "supply.setup.line": {"admin"},
}


class TestLineRights(OrganisationCommon):
    def test_who_reads_any(self):
        """Each role by itself; a colleague without a role reads nothing."""
        new_test_user(self.env, login="nobody", groups="base.group_user")
        users = {
            "manager_a": self.manager_a,
            "director": self.director,
            "commercial": self.commercial,
            "supervisor": self.supervisor,
            "admin": self.make_user("lines_admin", "sales_manager_kpi.group_admin"),
            "nobody": self.env["res.users"].search([("login", "=", "nobody")]),
        }
        for model, readers in LINES.items():
            found = {
                name
                for name, user in users.items()
                if self.env[model].with_user(user).has_access("read")
            }
            with self.subTest(model=model):
                self.assertEqual(found, readers)
