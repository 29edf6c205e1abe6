from odoo.tests import tagged

from .common import OrganisationCommon


@tagged("post_install", "-at_install")
class TestSteps(OrganisationCommon):
    """What changes by steps is not decided by a context either."""

    def test_a_context_decides_nothing(self):
        mixin = self.registry["steps.only.mixin"]
        models = [
            self.env[name].with_user(self.manager_a)
            for name, model in self.registry.items()
            if issubclass(model, mixin) and not model._abstract
        ]
        self.assertGreater(len(models), 5)
        for model in models:
            untyped = model._fields.keys() - model._typed_fields()
            names = sorted(untyped & {"state", "verdict", "company_id", "approved_on"})
            plain = model.default_get(names)
            sly = model.with_context(**{f"default_{name}": "decided" for name in names})
            with self.subTest(model=model._name):
                self.assertEqual(sly.default_get(names), plain)
