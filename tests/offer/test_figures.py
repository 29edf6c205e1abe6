from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user

from .common import TEN, TWENTY, OfferCommon

MARGIN = {"limit_margin": True, "min_margin_percent": 20}


class TestFigures(OfferCommon):
    """What an offer shows is what core, the norms and the stock say."""

    def test_priced_as_a_quotation(self):
        """Price list, quantity, unit, typed price: the prices of a real quotation."""
        self.pricelist.write(
            {
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 20,
                            "min_quantity": 10,
                            "applied_on": "0_product_variant",
                            "product_id": self.silk.id,
                        }
                    ),
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": 90,
                            "applied_on": "0_product_variant",
                            "product_id": self.cloth.id,
                        }
                    ),
                ]
            }
        )
        dozen = self.env.ref("uom.product_uom_dozen")
        lines = (
            (self.silk, 2, {}),
            (self.silk, 12, {}),
            (self.silk, 1, {"product_uom_id": dozen.id}),
            (self.cloth, 3, {}),
        )
        offer = self.make_offer(*lines)
        order = self.make_quotation(*lines)
        for line, sold in zip(offer.line_ids, order.order_line, strict=True):
            self.assertAlmostEqual(line.price_unit, sold._net_price())
            self.assertAlmostEqual(line.price_subtotal, sold.price_subtotal)
        self.assertEqual(offer.line_ids.mapped("price_unit"), [50.0, 40.0, 480.0, 90.0])
        self.assertEqual(offer.line_ids.mapped("list_price")[1:3], [50.0, 600.0])
        self.assertAlmostEqual(offer.line_ids[1].discount, 20)
        self.assertAlmostEqual(offer.amount_untaxed, order.amount_untaxed)
        offer.line_ids[0].typed_price = 48
        self.assertEqual(offer.line_ids[0].price_unit, 48)
        self.assertEqual(offer.line_ids[0].norm_price, 50)
        self.assertAlmostEqual(offer.amount_untaxed, order.amount_untaxed - 4)
        self.assertIn("Norm", offer.line_ids[3].rule_label)
        self.assertTrue(offer.line_ids[0].explanation)

    def test_own_authority(self):
        """What the manager may not give is marked, and never leaves the house."""
        self.make_policy(TEN, TWENTY)
        offer = self.make_offer((self.silk, 2, {}), (self.cloth, 1, {}))
        silk, cloth = offer.line_ids
        self.assertEqual((silk.free_price, silk.allowed_percent), (45, 10))
        silk.typed_price = 45
        self.assertTrue(offer.is_within)
        silk.typed_price = 44.9
        self.assertFalse(offer.is_within)
        self.assertEqual((silk.needs_approval, cloth.needs_approval), (True, False))
        self.assertIn("Silk", offer.findings)
        for act in (
            offer.action_hand_over,
            offer.action_send,
            offer.action_spreadsheet,
            offer._spreadsheet,
            lambda: (
                self.env["ir.actions.report"]
                .with_user(self.manager_a)
                ._render_qweb_html("sales_manager_kpi.report_sales_offer", offer.ids)
            ),
        ):
            with self.assertRaisesRegex(UserError, "authority.*\n.*Silk"):
                act()
        self.assertEqual(offer.state, "draft")
        # a director lends the manager no authority
        with self.assertRaisesRegex(UserError, "authority"):
            offer.with_user(self.director).action_hand_over()
        silk.typed_price = 45
        offer.action_hand_over()
        self.assertEqual(offer.state, "sent")

    def test_goods_here_in_the_centre_and_coming(self):
        hold = self.make_offer((self.silk, 60, {}), (self.silk, 30, {}))
        first, second = hold.line_ids
        self.assertEqual((first.free_qty, first.central_qty), (40, 200))
        self.assertEqual((second.free_qty, second.central_qty), (0, 200))
        self.assertFalse(first.promised_on)
        day = datetime.now() + timedelta(days=5)
        supplier = self.env.ref("stock.stock_location_suppliers")
        move = self.env["stock.move"].create(
            {
                "product_id": self.silk.id,
                "product_uom_qty": 100,
                "product_uom": self.silk.uom_id.id,
                "location_id": supplier.id,
                "location_dest_id": self.store.lot_stock_id.id,
                "date": day,
            }
        )
        move._action_confirm()
        offer = self.make_offer((self.silk, 60, {}))
        line = offer.line_ids
        self.assertEqual(line.coming_qty, 100)
        self.assertEqual(line.promised_on, day.date())
        self.assertIn("Utrecht: 40", line.availability)
        self.assertIn("Centre: 200", line.availability)
        self.assertFalse(offer.copy({"branch_id": False}).line_ids.availability)

    def test_kept_as_it_was_shown(self):
        """What was sent stays, whatever becomes of prices, norms and stock."""
        self.make_policy(TEN, TWENTY)
        offer = self.make_offer((self.silk, 2, {"typed_price": 46}))
        offer.action_hand_over()
        self.silk.list_price = 80
        self.put(self.silk, self.store, -40)
        offer.invalidate_recordset()
        line = offer.line_ids
        self.assertEqual((line.price_unit, line.list_price), (46, 50))
        self.assertEqual((line.free_price, line.free_qty), (45, 40))
        self.assertEqual(offer.amount_untaxed, 92)
        self.assertEqual(offer.shown["norm"], self.pricelist.display_name)
        self.assertTrue(offer.shown["policy"])
        [trace] = offer.shown["lines"].values()
        self.assertEqual(
            [step["code"] for step in trace["steps"]],
            ["list", "manual", "net", "pocket"],
        )
        self.assertFalse({"cost", "margin_percent"} & set(trace))
        for change in (
            {"line_ids": [Command.update(line.id, {"typed_price": 1})]},
            {"validity_date": "2099-01-01"},
            {"partner_id": self.customer.copy().id},
        ):
            with self.assertRaisesRegex(UserError, "Duplicate"):
                offer.write(change)
        with self.assertRaisesRegex(UserError, "Duplicate"):
            line.quantity = 5
        with self.assertRaisesRegex(UserError, "Duplicate"):
            line.unlink()
        for values in ({"state": "won"}, {"shown": {}}, {"sent_on": "2026-01-01"}):
            with self.assertRaises(AccessError):
                offer.write(values)
        copy = offer.copy()
        self.assertEqual((copy.state, copy.shown), ("draft", False))
        self.assertEqual(copy.line_ids.list_price, 80)
        self.assertEqual(copy.line_ids.typed_price, 46)
        with self.assertRaisesRegex(UserError, "kept"):
            offer.unlink()

    def test_another_currency(self):
        """Prices and floors in the currency of the price list; none without a rate."""
        dollar = self.env["res.currency"].create({"name": "XTS", "symbol": "X"})
        foreign = self.make_pricelist("Abroad", currency_id=dollar.id)
        with self.assertRaisesRegex(ValidationError, "no rate of XTS"):
            self.make_offer((self.silk, 1, {}), pricelist_id=foreign.id)
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollar.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 2.0,
            }
        )
        self.customer.property_product_pricelist = foreign
        self.make_policy(TEN, TWENTY)
        offer = self.make_offer((self.silk, 3, {}))
        self.assertEqual(offer.currency_id, dollar)
        self.assertEqual(offer.line_ids.price_unit, 100)
        self.assertEqual(offer.line_ids.free_price, 90)
        self.assertEqual((offer.amount_untaxed, offer.amount_company), (300, 150))
        # once sent, the rate of that day holds whatever becomes of it
        offer.action_hand_over()
        offer.sudo().sent_on = "2026-01-05"
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollar.id,
                "company_id": self.company.id,
                "name": "2026-02-01",
                "rate": 4.0,
            }
        )
        offer._decide("expired")
        self.env.flush_all()
        self.assertEqual(offer.amount_company, 150)

    def test_bad_input(self):
        free = self.make_product("Nothing", 0.0)
        offer = self.make_offer((self.silk, 1, {}), (free, 1, {}))
        with self.assertRaisesRegex(UserError, "Nothing: there is no price"):
            offer.action_hand_over()
        with self.assertRaisesRegex(UserError, "nothing on it"):
            self.make_offer().action_hand_over()
        with self.assertRaisesRegex(UserError, "is over"):
            self.make_offer(
                (self.silk, 1, {}), validity_date="2020-01-01"
            ).action_hand_over()
        gone = self.make_offer((self.cloth, 1, {}))
        self.cloth.sale_ok = False
        with self.assertRaisesRegex(UserError, "not for sale"):
            gone.action_hand_over()
        with self.assertRaisesRegex(ValidationError, "not for sale"):
            self.make_offer((self.cloth, 1, {}))
        kilo = self.env.ref("uom.product_uom_kgm")
        with self.assertRaisesRegex(ValidationError, "another unit"):
            self.make_offer((self.silk, 1, {"product_uom_id": kilo.id}))
        no_mail = self.make_offer((self.silk, 1, {}))
        self.customer.email = False
        with self.assertRaisesRegex(UserError, "no e-mail"):
            no_mail.action_send()
        self.customer.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            no_mail.action_hand_over()
        with self.assertRaisesRegex(ValidationError, "archived"):
            self.make_offer((self.silk, 1, {}))
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.make_customer("Theirs", company_id=other.id)
        with self.assertRaises(UserError):
            self.make_offer((self.silk, 1, {}), partner_id=theirs.id)

    def test_form_prices_before_saving(self):
        self.make_policy(TEN, TWENTY)
        form = Form(self.env["sales.offer"].with_user(self.manager_a))
        form.partner_id = self.customer
        with form.line_ids.new() as line:
            line.product_id = self.silk
            line.quantity = 4
            self.assertEqual((line.price_unit, line.free_price), (50, 45))
            line.typed_price = 40
        self.assertFalse(form.is_within)
        self.assertEqual(form.amount_untaxed, 160)
        offer = form.save()
        self.assertTrue(offer.name.startswith("OF/"))
        self.assertEqual(
            (offer.user_id, offer.branch_id), (self.manager_a, self.branch)
        )

    def test_queries_do_not_grow_with_lines(self):
        self.make_policy(TEN, TWENTY)
        products = [
            self.make_product(f"Cloth {n}", 10.0 + n, cost=5, is_storable=True)
            for n in range(40)
        ]
        for product in products:
            self.put(product, self.store, 5)
        counts = []
        for number in (5, 40):
            offer = self.make_offer(
                *((product, n + 1, {}) for n, product in enumerate(products[:number]))
            )
            self.env.flush_all()
            for __ in range(2):  # caches of the registry warm
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.open_form(offer)
                count = self.env.cr.sql_log_count - before
            counts.append(count)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)
        self.assertLessEqual(counts[1], 90, counts)

    def test_cost_is_in_no_output(self):
        """Nobody learns from an offer what the goods cost, with a secret cost."""
        secret = 31.4159
        self.silk.standard_price = secret
        self.make_policy({"role": "manager", "max_line_percent": 50, **MARGIN})
        offer = self.make_sent((self.silk, 2, {}))
        text = str(offer.read()) + str(offer.line_ids.read()) + str(offer.shown)
        html, __ = self.env["ir.actions.report"]._render_qweb_html(
            "sales_manager_kpi.report_sales_offer", offer.ids
        )
        self.assertIn("50.00", html.decode())
        for words in (text, html.decode()):
            self.assertNotIn("31.4", words)
            self.assertNotIn("margin_percent", words)
        # what is told is the lowest price, which the norms of quotations tell too
        self.assertEqual(offer.line_ids.free_price, 39.27)
        self.assertNotIn("39.27", html.decode())

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            login="elsewhere",
            groups="sales_manager_kpi.group_commercial_director",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        offer = self.make_sent()
        seen = self.env["sales.offer"].with_user(user).search([])
        self.assertNotIn(offer.id, seen.ids)
        with self.assertRaises(AccessError):
            offer.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            offer.line_ids.with_user(user).read(["quantity"])
        self.assertEqual(offer.sent_on, offer.branch_id._local_today())
