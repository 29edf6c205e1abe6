from odoo import Command
from odoo.exceptions import AccessError

from .common import OrganisationCommon

MODULE = "sales_manager_kpi"
OWN = {
    "evaluation.reason": {"reason": "Twice the same visit"},
    "sales.credit.wizard.line": {"share": 100},
    "sales.plan.proposal.line": {"dimension": "total", "proposed_amount": 5000},
}


class TestWizards(OrganisationCommon):
    """What somebody types into a wizard is read by nobody else."""

    def wizards(self):
        """Every wizard of the addon, not those of Odoo that it extends."""
        models = (self.env[name] for name in self.env.registry)
        return [m for m in models if m._transient and m._original_module == MODULE]

    def test_every_wizard_has_its_rule(self):
        rules = self.env["ir.rule"].search([("groups", "=", False)])
        own = {
            rule.model_id.model for rule in rules if "create_uid" in rule.domain_force
        }
        names = {model._name for model in self.wizards()}
        self.assertGreaterEqual(names, set(OWN))
        self.assertEqual(names - own, set())

    def make(self, name, user):
        """A row of a wizard, as ``user`` who opened it, with its head if it has one."""
        values = {**OWN[name]}
        if name == "evaluation.reason":
            values["scorecard_ids"] = [Command.clear()]
        elif name == "sales.credit.wizard.line":
            head = self.env["sales.credit.wizard"].with_user(user)
            values["wizard_id"] = head.create({"reason": "They sold it together"}).id
            values["user_id"] = user.id
        else:
            head = self.env["sales.plan.proposal"].with_user(user)
            values["proposal_id"] = head.create({}).id
            values["user_id"] = user.id
        return self.env[name].with_user(user).create(values)

    def test_only_who_opened_it(self):
        for name in OWN:
            row = self.make(name, self.director)
            field = next(iter(OWN[name]))
            self.assertTrue(row[field])
            for user in (self.other_director, self.commercial, self.manager_a):
                other = row.with_user(user)
                other.invalidate_recordset()
                with self.subTest(model=name, user=user.login):
                    with self.assertRaises(AccessError):
                        other.read([field])
                    with self.assertRaises(AccessError):
                        other.write({field: OWN[name][field]})
                    with self.assertRaises(AccessError):
                        other.unlink()
                    with self.assertRaises(AccessError):
                        self.env[name].with_user(self.plain).search([])

    def test_setup_of_the_own_company(self):
        """A checklist or a setup is not made for a company one does not work for."""
        other = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        stranger = self.make_user("stranger", f"{MODULE}.group_admin", other)
        for name in ("sales.setup", "supply.setup"):
            Wizard = self.env[name].with_user(stranger)
            row = Wizard.create({})
            self.assertEqual(row.company_id, other)
            with self.subTest(model=name), self.assertRaises(AccessError):
                Wizard.create({"company_id": self.company.id})
            with self.subTest(model=name), self.assertRaises(AccessError):
                row.write({"company_id": self.company.id})
                row.read(["company_id"])
