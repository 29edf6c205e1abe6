from odoo import Command
from odoo.exceptions import AccessError, UserError

from .test_replace import ReplaceCommon

LABELS = "sales_manager_kpi.showroom_label_report"
RANGE = "sales_manager_kpi.showroom_range_report"


class RangeCommon(ReplaceCommon):
    """Velvet of cotton in red, on display; and a lamp that is not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.velvet = cls.make_coloured("Plush").product_variant_ids[:1]
        cls.put(cls.velvet, 50, "R50")
        cls.sample = cls.make_sample(place="Stand 3")
        cls.branch.showroom_is_public = True
        cls.put(cls.lamp, 2)
        cls.lamps = cls.env["product.category"].create({"name": "Lights"})
        cls.lamp.write({"description_sale": "Of brass", "categ_id": cls.lamps.id})
        cls.lamp_sample = cls.make_sample(cls.lamp, cls.piece)

    @classmethod
    def make_coloured(cls, name):
        """A template of one material, that makes no variants, and two colours."""
        colour, material = cls.env["product.attribute"].create(
            [
                {
                    "name": "Colour",
                    "value_ids": [
                        Command.create({"name": "Red"}),
                        Command.create({"name": "Blue"}),
                    ],
                },
                {
                    "name": "Material",
                    "create_variant": "no_variant",
                    "value_ids": [Command.create({"name": "80% cotton"})],
                },
            ]
        )
        return cls.env["product.template"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "tracking": "lot",
                "uom_id": cls.metre.id,
                "categ_id": cls.velvets.id,
                "list_price": 20.0,
                "default_code": "SECRET-7",
                "standard_price": 8.5,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                    for attribute in (material, colour)
                ],
            }
        )


class TestLabel(RangeCommon):
    def html(self, report, records, user):
        """The report as text, as ``user`` prints it."""
        Report = self.env["ir.actions.report"].with_user(user)
        return Report._render_qweb_html(report, records.ids)[0].decode()

    def test_labels(self):
        """Three by eight on a sheet; with a link where there is a page."""
        text = self.html(LABELS, self.sample, self.manager_a)
        for words in (
            "Plush (Red)",
            "Colour: Red; Material: 80% cotton",
            "Swatch",
            "Utrecht",
            "Stand 3",
            self.sample.barcode,
            f"/showroom/{self.branch.showroom_token}?product={self.velvet.id}",
        ):
            self.assertIn(words, text)
        for secret in ("SECRET-7", "8.5", "R50"):
            self.assertNotIn(secret, text)
        self.assertIn("Of brass", self.html(LABELS, self.lamp_sample, self.supervisor))
        self.branch.showroom_is_public = False
        self.assertNotIn("/showroom/", self.html(LABELS, self.sample, self.manager_a))
        samples = self.sample.browse([self.sample.id] * 26)
        sheets = samples._label_sheets()
        self.assertEqual([len(sheet) for sheet in sheets], [8, 1])
        self.assertEqual([len(row) for row in sheets[1]], [2])
        with self.assertRaises(AccessError):
            self.html(LABELS, self.sample, self.plain)

    def test_printed_with_its_charset(self):
        """A name with accents is not torn apart on paper."""
        self.velvet.name = "Bouclé"
        report = self.env["ir.actions.report"]._get_report(LABELS)
        html, __ = report._render_qweb_html(LABELS, self.sample.ids)
        [body] = report._prepare_html(html, report_model=report.model)[0]
        self.assertRegex(body.lower(), r'charset="?utf-8')
        self.assertIn("Bouclé", body)

    def test_the_print_menu_has_them(self):
        report = self.env.ref(LABELS)
        self.assertEqual(report.binding_model_id.model, "showroom.sample")
        self.assertEqual(report.binding_type, "report")

    def print_range(self, user=None, **values):
        """The list for visitors as text."""
        user = user or self.manager_a
        wizard = (
            self.env["showroom.range.print"]
            .with_user(user)
            .create({"branch_id": self.branch.id, **values})
        )
        action = wizard.action_print()
        self.assertEqual(
            action["report_name"], "sales_manager_kpi.showroom_range_document"
        )
        return self.html(RANGE, wizard, user)

    def test_the_list_for_visitors(self):
        """By category, with prices of the list chosen, of list prices, or none."""
        text = self.print_range()
        for words in ("Plush (Red)", "80% cotton", "Of brass", "Velvets", "20.00"):
            self.assertIn(words, text)
        for secret in ("SECRET-7", "8.5", "R50", "Blue"):
            self.assertNotIn(secret, text)
        usd = self.env.ref("base.USD")
        other = usd if self.company.currency_id != usd else self.env.ref("base.EUR")
        other.active = True
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Shops",
                "currency_id": other.id,
                "item_ids": [
                    Command.create({"compute_price": "fixed", "fixed_price": 17.77})
                ],
            }
        )
        text = self.print_range(pricelist_id=pricelist.id)
        self.assertIn("17.77", text)
        self.assertIn(other.symbol, text)
        self.assertNotIn("20.00", text)
        self.assertNotIn("20.00", self.print_range(has_prices=False))

    def test_who_prints_and_what(self):
        for user in (self.manager_b, self.director, self.commercial):
            self.assertIn("Plush", self.print_range(user))
        for user in (self.plain, self.supervisor):
            with self.assertRaises(AccessError):
                self.print_range(user)
        with self.assertRaisesRegex(UserError, "shows nothing"):
            self.print_range(branch_id=self.other_branch.id)
        foreign = self.env["res.company"].create({"name": "Other"})
        pricelist = self.env["product.pricelist"].create(
            {"name": "Theirs", "company_id": foreign.id}
        )
        with self.assertRaisesRegex(UserError, "another company"):
            self.print_range(user=self.env.user, pricelist_id=pricelist.id)
        wizard = self.env["showroom.range.print"].create({"branch_id": self.branch.id})
        with self.assertRaises(AccessError):
            wizard.with_user(self.manager_a).action_print()

    def test_the_link(self):
        """Made with the page, kept, and made anew by who directs."""
        token = self.branch.showroom_token
        self.assertGreaterEqual(len(token), 20)
        self.branch.showroom_is_public = False
        self.assertFalse(self.branch.showroom_url)
        self.assertFalse(self.branch.showroom_qr)
        self.branch.showroom_is_public = True
        self.assertEqual(self.branch.showroom_token, token)
        self.assertTrue(self.branch.showroom_url.endswith(f"/showroom/{token}"))
        self.assertTrue(self.branch.showroom_qr)
        self.assertFalse(self.other_branch.showroom_token)
        for user in (self.manager_a, self.other_director, self.supervisor):
            with self.assertRaises(AccessError):
                self.branch.with_user(user).action_showroom_new_link()
        for user in (self.director, self.admin):
            before = self.branch.showroom_token
            self.branch.with_user(user).action_showroom_new_link()
            self.assertNotEqual(self.branch.showroom_token, before)
        copy = self.branch.copy()
        self.assertNotEqual(copy.showroom_token, self.branch.showroom_token)
