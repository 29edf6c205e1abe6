from odoo import Command
from odoo.tests import HttpCase, new_test_user

from .test_label import RangeCommon


class TestVisitors(HttpCase, RangeCommon):
    """What visitors find behind the QR code, and what nobody does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.env.ref("base.USD")
        if cls.company.currency_id == cls.currency:
            cls.currency = cls.env.ref("base.EUR")
        cls.currency.active = True
        cls.env["res.currency.rate"].create(
            {
                "currency_id": cls.currency.id,
                "company_id": cls.company.id,
                "name": "2020-01-01",
                "rate": 2.0,
            }
        )
        cls.env["res.config.settings"].create(
            {"group_product_pricelist": True}
        ).execute()
        cls.pricelist = cls.env["product.pricelist"].create(
            {
                "name": "Shops",
                "company_id": cls.company.id,
                "currency_id": cls.currency.id,
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "formula",
                            "base": "list_price",
                            "price_discount": 10,
                        }
                    )
                ],
            }
        )
        cls.customer.property_product_pricelist = cls.pricelist
        cls.buyer = cls.make_portal_user("buyer", cls.customer)
        cls.stranger = cls.make_portal_user(
            "stranger", cls.make_customer("Stranger", cls.manager_a)
        )

    @classmethod
    def make_portal_user(cls, login, customer):
        """A contact of ``customer`` with a log-in."""
        user = new_test_user(
            cls.env,
            login=login,
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        user.partner_id.parent_id = customer
        return user

    def get(self, path="", user=None, token=None):
        self.env.flush_all()
        self.authenticate(user and user.login, user and user.login)
        token = token or self.branch.showroom_token
        return self.url_open(f"/showroom/{token}{path}", allow_redirects=False)

    def test_anybody_with_the_link(self):
        """What is on display, without prices or anything internal."""
        answer = self.get()
        self.assertEqual(answer.status_code, 200)
        for words in ("Plush (Red)", "80% cotton", "Of brass", "Utrecht", "Sign in"):
            self.assertIn(words, answer.text)
        for secret in ("Blue", "SECRET-7", "8.5", "R50", "20.00", "18.00", "Customer"):
            self.assertNotIn(secret, answer.text)
        self.assertNotIn('name="price"', answer.text)

    def test_customers_see_their_price(self):
        """Of their own pricelist, in its currency; others list prices."""
        text = self.get(user=self.buyer).text
        self.assertIn("36.00", text)  # 20 less 10 %, at 2 of theirs for one of ours
        self.assertIn(self.currency.symbol, text)
        self.assertNotIn("20.00", text)
        self.assertNotIn("to see your prices", text)
        text = self.get(user=self.stranger).text
        self.assertIn("20.00", text)
        self.assertNotIn("36.00", text)

    def test_one_product_or_category(self):
        text = self.get(f"?product={self.velvet.id}").text
        self.assertIn("Plush", text)
        self.assertNotIn("Lamp", text)
        text = self.get(f"?category={self.lamps.id}").text
        self.assertIn("Lamp", text)
        self.assertNotIn("Plush", text)
        hidden = self.make_goods("Hidden")
        self.assertNotIn("Hidden", self.get(f"?product={hidden.id}").text)
        for bad in ("?product=x&category=-1", "?product=99999999999", "?category='"):
            answer = self.get(bad)
            self.assertEqual(answer.status_code, 200)
            self.assertIn("Plush", answer.text)

    def test_only_what_is_on_display(self):
        """Worn, withdrawn, not sold: not on the page."""
        self.lamp_sample.action_replace()
        self.assertNotIn("Lamp", self.get().text)
        self.lamp_sample.action_redisplay()
        self.assertIn("Lamp", self.get().text)
        self.lamp.sale_ok = False
        self.assertNotIn("Lamp", self.get().text)

    def test_no_page(self):
        """A wrong link, an old one, one of a closed page: not found."""
        old = self.branch.showroom_token
        for token in ("x", "x" * 27, old.swapcase()):
            self.assertEqual(self.get(token=token).status_code, 404, token)
        self.branch.action_showroom_new_link()
        self.assertEqual(self.get(token=old).status_code, 404)
        self.assertEqual(self.get().status_code, 200)
        for values in (
            {"showroom_is_public": False},
            {"showroom_is_public": True, "has_showroom": False},
            {"has_showroom": True, "active": False},
        ):
            self.branch.write(values)
            self.assertEqual(self.get().status_code, 404, values)
            self.assertEqual(self.get(f"/image/{self.velvet.id}").status_code, 404)

    def test_photos(self):
        """Of what is shown, and of nothing else."""
        answer = self.get(f"/image/{self.velvet.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.headers["Content-Type"].startswith("image/"))
        hidden = self.make_goods("Hidden")
        self.assertEqual(self.get(f"/image/{hidden.id}").status_code, 404)

    def test_another_company(self):
        """The link of a branch shows that branch alone, at its company's prices."""
        company = self.env["res.company"].create({"name": "Abroad"})
        self.env.user.company_ids |= company
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        branch = self.env["sales.branch"].create(
            {
                "code": "ABR",
                "name": "Abroad",
                "company_id": company.id,
                "tz": "UTC",
                "resource_calendar_id": company.resource_calendar_id.id,
                "warehouse_id": warehouse.id,
                "has_showroom": True,
                "showroom_is_public": True,
            }
        )
        silk = self.make_goods("Silk", company_id=company.id)
        self.make_sample(silk, self.card, branch_id=branch.id)
        text = self.get(token=branch.showroom_token, user=self.buyer).text
        self.assertIn("Silk", text)
        self.assertIn("20.00", text)
        self.assertNotIn("Plush", text)
        self.assertNotIn("Silk", self.get(user=self.buyer).text)

    def test_pages_of_many(self):
        """Constant queries, and a page more for what does not fit."""
        self.show_more(range(10))
        few = self.count_page()
        self.show_more(range(10, 40))
        self.assertLessEqual(self.count_page(), few)
        first, second = self.get().text, self.get("/page/2").text
        self.assertIn("Many 000", first)
        self.assertNotIn("Many 039", first)
        self.assertIn("Many 039", second)
        self.assertIn("Many 039", self.get("/page/99").text)

    def show_more(self, numbers):
        for number in numbers:
            goods = self.make_goods(f"Many {number:03}", categ_id=self.lamps.id)
            self.make_sample(goods, self.card)

    def count_page(self):
        """Queries of what the page tells the buyer."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        branch = self.env["sales.branch"]._showroom_of_token(self.branch.showroom_token)
        branch._showroom_page(self.buyer)
        return self.env.cr.sql_log_count - before
