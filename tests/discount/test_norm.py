"""The norm is what core's own price lists give: an untouched order never deviates."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command, fields

from .common import DiscountCommon

RULES = {
    "none": {},
    "percentage": {"compute_price": "percentage", "percent_price": 10},
    "fixed": {"compute_price": "fixed", "fixed_price": 83.5},
    "formula": {
        "compute_price": "formula",
        "price_discount": 7,
        "price_surcharge": 1.25,
    },
}


class TestNorm(DiscountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.setup_other_currency("HRK", rates=[("2020-01-01", 2.0)])
        cls.included = cls.env["account.tax"].create(
            {
                "name": "20 % included",
                "amount": 20,
                "price_include_override": "tax_included",
                "company_id": cls.company.id,
                "country_id": cls.company.account_fiscal_country_id.id,
            }
        )
        zero = cls.included.copy(
            {"name": "0 % export", "amount": 0, "original_tax_ids": False}
        )
        cls.export = cls.env["account.fiscal.position"].create({"name": "Export"})
        zero.write(
            {
                "fiscal_position_ids": [Command.set(cls.export.ids)],
                "original_tax_ids": [Command.set(cls.included.ids)],
            }
        )
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.taxed = cls.make_product(
            "Taxed cloth", 120.0, taxes_id=[Command.set(cls.included.ids)]
        )

    def frame(
        self, rule, *, foreign, export, dozen, quantity, discount=0.0, taxed=False
    ):
        item = {"applied_on": "3_global", **RULES[rule]} if RULES[rule] else None
        currency = self.foreign if foreign else self.company.currency_id
        pricelist = self.make_pricelist(
            "Frame", *([item] if item else []), currency_id=currency.id
        )
        self.customer.property_product_pricelist = pricelist
        values = {"fiscal_position_id": self.export.id} if export else {}
        more = {"product_uom_id": self.dozen.id} if dozen else {}
        order = self.make_quotation(
            (self.taxed if taxed or export else self.cloth, quantity, more), **values
        )
        if discount:
            order.order_line.discount = 100 - (100 - order.order_line.discount) * (
                1 - discount / 100
            )
        [line] = order._concession_figures().lines
        return line

    @settings(
        max_examples=30,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        rule=st.sampled_from(sorted(RULES)),
        foreign=st.booleans(),
        export=st.booleans(),
        dozen=st.booleans(),
        taxed=st.booleans(),
        quantity=st.floats(0.01, 5000).map(lambda q: round(q, 2)),
    )
    def test_untouched_order_never_deviates(self, **frame):
        with self.env.cr.savepoint(flush=True) as savepoint:
            line = self.frame(**frame)
            self.assertEqual(line.manual_amount, 0.0)
            savepoint.rollback()
        self.env.invalidate_all()

    def test_six_frames(self):
        """P20: 20 % by hand is what it takes off the norm, in every frame."""
        frames = [
            dict(rule="none", foreign=False, export=False, dozen=False),
            dict(rule="percentage", foreign=False, export=False, dozen=False),
            dict(rule="fixed", foreign=False, export=False, dozen=False),
            dict(rule="formula", foreign=True, export=False, dozen=False),
            dict(rule="percentage", foreign=False, export=True, dozen=False),
            dict(rule="percentage", foreign=False, export=False, dozen=True),
        ]
        for frame in frames:
            with self.subTest(**frame):
                untouched = self.frame(**frame, quantity=5)
                self.assertEqual(untouched.manual_amount, 0.0)
                touched = self.frame(**frame, quantity=5, discount=20)
                self.assertAlmostEqual(touched.manual_percent, 20.0, places=2)

    def test_discount_field_is_not_the_measure(self):
        """A manual 20 % where the rule gives 10 % is 11.1 %, not 20 or 30."""
        pricelist = self.make_pricelist("Ten", {**RULES["percentage"]})
        self.customer.property_product_pricelist = pricelist
        order = self.make_quotation((self.cloth, 5, {"discount": 20}))
        [line] = order._concession_figures().lines
        self.assertAlmostEqual(line.manual_percent, 100 / 9, places=4)

    def test_currency_of_the_moment(self):
        """T14: the norm is that of the quotation's moment."""
        order = self.make_quotation((self.cloth, 1, {}))
        self.assertLessEqual(order._norm_moment(), fields.Datetime.now())
