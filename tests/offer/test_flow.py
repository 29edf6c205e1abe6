import io
import zipfile
from ast import literal_eval
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from ..common import SUPPLY
from ..substitution.common import DURING, SubstitutionWorld
from ..trade_bonus.common import TradeBonusWorld
from .common import TEN, TWENTY, OfferCommon


class TestFlow(OfferCommon):
    """Sent, won, lost, expired; what each leaves behind."""

    def test_sent_by_mail(self):
        """The PDF goes to the customer, and a contact is noted once."""
        offer = self.make_offer((self.silk, 2, {}))
        offer.action_send()
        self.assertEqual(offer.state, "sent")
        self.assertEqual(offer.credited_user_id, self.manager_a)
        mail = offer.message_ids.filtered("attachment_ids")
        self.assertEqual(mail.partner_ids, self.customer)
        self.assertTrue(mail.attachment_ids.name.endswith(".pdf"))
        self.assertIn("/my/offers/", mail.body)
        offer.action_send()
        contact = self.env["customer.contact"].search(
            [("partner_id", "=", self.customer.id), ("kind", "=", "offer")]
        )
        self.assertEqual(len(contact), 1)
        self.assertEqual(contact.user_id, self.manager_a)
        self.assertEqual((contact.res_model, contact.res_id), (offer._name, offer.id))

    def test_to_a_quotation_and_won(self):
        """At the prices offered; what is changed later is told; then it is won."""
        campaign = self.env["utm.campaign"].create({"name": "Autumn"})
        lead = self.env["crm.lead"].create(
            {
                "name": "Curtains",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "user_id": self.manager_a.id,
            }
        )
        offer = self.make_offer(
            (self.silk, 3, {"typed_price": 48}),
            (self.cloth, 2, {}),
            campaign_id=campaign.id,
            lead_id=lead.id,
        )
        with self.assertRaisesRegex(UserError, "draft"):
            offer.action_make_quotation()
        offer.action_hand_over()
        action = offer.action_make_quotation()
        order = self.env["sale.order"].browse(action["res_id"])
        order = order.with_user(self.manager_a)
        self.assertEqual(order.order_line.mapped("price_unit"), [48, 100])
        self.assertFalse(order.offer_differences)
        order.order_line[0].price_unit = 50
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [3, 2])
        self.assertEqual(
            (order.origin, order.campaign_id, order.opportunity_id, order.user_id),
            (offer.name, campaign, lead, self.manager_a),
        )
        self.assertEqual(order.sales_offer_id, offer)
        self.assertEqual(order.action_open_sales_offer()["res_id"], offer.id)
        self.assertEqual(offer.order_count, 1)
        self.assertIn("Silk", order.offer_differences)
        self.assertIn("+4.2 %", order.offer_differences)
        self.assertNotIn("Cloth", order.offer_differences)
        # who takes the quotation over reads it, without the offer
        order.sudo().user_id = self.manager_b
        order.invalidate_recordset()
        taken = order.with_user(self.manager_b)
        self.open_form(taken)
        self.assertIn("Silk", taken.offer_differences)
        with self.assertRaises(AccessError):
            taken.action_open_sales_offer()
        order.sudo().user_id = self.manager_a
        order.order_line[0].price_unit = 48
        self.assertFalse(order.offer_differences)
        self.assertEqual(self.customer.with_user(self.manager_a).sales_offer_count, 1)
        self.assertEqual(lead.with_user(self.manager_a).sales_offer_count, 1)
        self.assertEqual(offer.state, "sent")
        # whoever confirms, also somebody who may not read offers
        order.with_user(self.env.ref("base.user_root")).action_confirm()
        self.assertEqual(offer.state, "won")
        self.assertEqual(offer.decided_on, offer.branch_id._local_today())
        self.assertFalse(self.make_quotation((self.silk, 1, {})).copy().sales_offer_id)
        for view in (
            order.action_open_sales_offer(),
            offer.action_open_orders(),
            lead.action_open_sales_offers(),
            self.customer.action_open_sales_offers(),
        ):
            self.assertEqual(view["type"], "ir.actions.act_window")

    def quotation_of(self, offer):
        action = offer.action_make_quotation()
        order = self.env["sale.order"].browse(action["res_id"])
        return order.with_user(self.manager_a)

    def test_its_prices_hold(self):
        """A price by hand stays one: for core, the gate, the trace, the concession."""
        self.make_policy(TEN, TWENTY)
        dozen = self.env.ref("uom.product_uom_dozen")
        offer = self.make_sent(
            (self.silk, 3, {"typed_price": 48}),
            (self.silk, 1, {"typed_price": 540, "product_uom_id": dozen.id}),
            (self.cloth, 2, {}),
        )
        self.cloth.list_price = 104  # dearer than on the day of the offer
        order = self.quotation_of(offer)
        lines = order.order_line
        self.assertEqual(lines.mapped("price_unit"), [48, 540, 100])
        self.assertEqual(lines.mapped("technical_price_unit"), [50, 600, 104])
        self.assertEqual(lines.mapped("discount"), [0, 0, 0])
        self.assertFalse(order.offer_differences)
        self.assertNotIn("which is over", order.message_ids.mapped("body")[0])
        lines[0].product_uom_qty = 5  # core reads its price list again
        self.assertEqual(lines[0].price_unit, 48)
        order.action_confirm()
        traces = self.env["sale.price.trace"].search(
            [("order_id", "=", order.id), ("event", "=", "confirm")], order="id"
        )
        self.assertEqual(traces.mapped("net_price"), [48, 540, 100])
        self.assertEqual(traces.mapped("norm_price"), [50, 600, 104])
        self.assertEqual(traces[0].manual_percent, 4)
        given = self.env["discount.concession"].search([("order_id", "=", order.id)])
        self.assertEqual(
            given.mapped(lambda row: (row.kind, row.amount, row.within_norm)),
            [("price", 8.0, True), ("price", 60.0, True), ("price", 10.0, True)],
        )

    def test_norms_that_came_later_judge_it(self):
        """What was offered within an authority is no way around the one of today."""
        offer = self.make_sent((self.silk, 1, {"typed_price": 40}))
        self.make_policy(TEN, TWENTY)
        order = self.quotation_of(offer)
        self.assertEqual(order.order_line.price_unit, 40)
        self.assertEqual(order.action_confirm()["res_model"], "discount.ask")
        self.assertEqual(order.state, "draft")

    def test_its_prices_are_over(self):
        """The day after the last one, in the branch, it is priced anew and says so."""
        self.branch.tz = "Pacific/Auckland"  # 13 hours before UTC in November
        with freeze_time("2026-11-02 10:00:00"):
            offer = self.make_sent(
                (self.silk, 3, {"typed_price": 48}), validity_date="2026-11-05"
            )
        with freeze_time("2026-11-05 10:59:00"):
            self.assertEqual(self.quotation_of(offer).order_line.price_unit, 48)
        with freeze_time("2026-11-05 11:01:00"):
            order = self.quotation_of(offer)
        self.assertEqual(order.order_line.price_unit, 50)
        self.assertIn("+4.2 %", order.offer_differences)
        said = order.message_ids.filtered(lambda row: "which is over" in row.body)
        self.assertIn(offer.name, said.body)

    def test_its_order_is_called_off(self):
        """Won no more, unless another order of it stands."""
        offer = self.make_sent()
        offer.action_make_quotation()
        offer.action_make_quotation()
        first, second = offer.order_ids
        (first | second).action_confirm()
        first._action_cancel()
        self.assertEqual(offer.state, "won")
        second._action_cancel()
        self.assertEqual((offer.state, offer.decided_on), ("sent", False))

    def test_lost_with_a_reason(self):
        offer = self.make_sent()
        with self.assertRaisesRegex(UserError, "Say why"):
            offer.action_lose()
        reason = self.env["crm.lost.reason"].create({"name": "Too dear"})
        offer.lost_reason_id = reason
        offer.action_make_quotation()
        offer.action_lose()
        self.assertEqual(offer.state, "lost")
        with self.assertRaisesRegex(UserError, "Lost|lost"):
            offer.action_make_quotation()
        # said too early: the customer orders after all
        offer.order_ids.action_confirm()
        self.assertEqual(offer.state, "won")

    def test_expires_in_the_time_zone_of_the_branch(self):
        self.branch.tz = "Pacific/Auckland"  # 13 hours before UTC in November
        with freeze_time("2026-11-02 10:00:00"):
            offer = self.make_sent(validity_date="2026-11-05")
            other = self.make_sent(validity_date="2026-11-06")
        with freeze_time("2026-11-05 10:59:00"):
            self.env["sales.offer"]._cron_expire()
        self.assertEqual(offer.state, "sent")
        with freeze_time("2026-11-05 11:01:00"):
            self.env["sales.offer"]._cron_expire()
        self.assertEqual((offer.state, other.state), ("expired", "sent"))
        self.assertEqual(offer.decided_on, date(2026, 11, 6))
        self.assertEqual(offer.activity_ids.user_id, self.manager_a)
        # the customer came late
        action = offer.action_make_quotation()
        self.env["sale.order"].browse(action["res_id"]).action_confirm()
        self.assertEqual(offer.state, "won")
        self.assertFalse(offer.activity_ids)

    def test_measures_from_their_evidence(self):
        with freeze_time("2026-03-10 10:00:00"):
            won, lost, expired, waiting = (
                self.make_sent(validity_date="2026-03-20") for __ in range(4)
            )
            waiting.sudo().validity_date = "2026-06-01"
            order = self.env["sale.order"].browse(won.action_make_quotation()["res_id"])
            order.action_confirm()
        lost.lost_reason_id = self.env["crm.lost.reason"].create({"name": "Why"})
        with freeze_time("2026-03-21 10:00:00"):
            lost.action_lose()
            self.env["sales.offer"]._cron_expire()
            lost.action_archive()
        # a new owner gets no credit for what was sent before
        won.sudo().user_id = self.manager_b
        period = self.env["sales.period"]._for_date(self.company, date(2026, 3, 1))
        users = self.manager_a | self.manager_b
        for code, figures in (
            ("offers_sent", (4, None, 4, 4)),
            ("offers_won", (1, 3, 1 / 3, 1)),
        ):
            with self.subTest(measure=code):
                criterion = self.env.ref(
                    f"sales_manager_kpi.evaluation_criterion_{code}"
                )
                self.env.flush_all()
                with self.assertQueryCount(10):
                    measured = criterion._measure(period, users)
                self.assertEqual(measured[self.manager_a.id], figures)
                self.assertFalse(measured[self.manager_b.id][0])
                evidence = criterion._evidences(period, users)[self.manager_a.id]
                found = {
                    kind: self.env[model].search(literal_eval(repr(domain)))
                    for kind, (model, domain) in evidence.items()
                }
                self.assertEqual(criterion._numerator(found["numerator"]), figures[0])
                self.assertEqual(len(found.get("denominator", ())), figures[1] or 0)
        april = self.env["sales.period"]._for_date(self.company, date(2026, 4, 1))
        criterion = self.env.ref("sales_manager_kpi.evaluation_criterion_offers_won")
        self.assertIsNone(criterion._measure(april, users)[self.manager_a.id][2])

    def test_spreadsheet_holds_no_formulas(self):
        evil = self.make_product("=HYPERLINK(1)", 10.0, description_sale="+cmd|1")
        offer = self.make_offer((evil, 2, {}), delivery_terms="=1+1")
        logs = self.env["sales.export.log"].search_count([])
        name, content = offer._spreadsheet()
        self.assertTrue(name.endswith(".xlsx"))
        self.assertEqual(self.env["sales.export.log"].search_count([]), logs + 1)
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
            words = book.read("xl/sharedStrings.xml").decode()
        self.assertNotIn("<f>", sheet)
        self.assertIn("=HYPERLINK(1)", words)
        self.assertIn("=1+1", words)


class TestProposals(OfferCommon):
    """Where the lines of an offer come from."""

    def fill(self, offer, source, **values):
        fill = (
            self.env["sales.offer.fill"]
            .with_user(self.manager_a)
            .create({"offer_id": offer.id, "source": source, **values})
        )
        if fill.line_ids:
            fill.action_fill()
        return offer.line_ids.filtered(lambda line: line.source == source)

    def test_chosen_and_category(self):
        child = self.env["product.category"].create(
            {"name": "Velvets", "parent_id": self.silk.categ_id.id}
        )
        velvet = self.make_product("Velvet", 30.0, categ_id=child.id)
        self.make_product("Old velvet", 30.0, categ_id=child.id, sale_ok=False)
        offer = self.make_offer((self.silk, 1, {}))
        lines = self.fill(offer, "category", categ_ids=[Command.set(child.ids)])
        self.assertEqual(lines.product_id, velvet)
        self.assertEqual(lines.reason, "Velvets")
        both = (self.silk | self.cloth).ids
        lines = self.fill(offer, "manual", product_ids=[Command.set(both)])
        self.assertEqual(lines.product_id, self.silk | self.cloth)
        self.assertEqual(len(offer.line_ids), 3)  # silk was there already
        self.assertFalse(self.fill(offer, "needed"))
        offer.action_hand_over()
        wizard = self.env["sales.offer.fill"].create({"offer_id": offer.id})
        with self.assertRaisesRegex(UserError, "Duplicate"):
            wizard.action_fill()

    def test_showroom(self):
        kind = self.env["showroom.sample.type"].search([], limit=1)
        self.env["showroom.sample"].create(
            {
                "branch_id": self.branch.id,
                "product_id": self.silk.id,
                "sample_type_id": kind.id,
            }
        ).sudo().state = "on_display"
        lines = self.fill(self.make_offer((self.cloth, 1, {})), "showroom")
        self.assertEqual(lines.product_id, self.silk)
        self.assertIn("Utrecht", lines.reason)

    def test_bought_before(self):
        """The last purchase of the whole entity, in unit and currency of the line."""
        dozen = self.env.ref("uom.product_uom_dozen")
        branch_office = self.make_customer("Office", parent_id=self.customer.id)
        branch_office.is_company = False
        with freeze_time("2026-05-04 10:00:00"):
            self.sell(self.silk, 7)
        with freeze_time("2026-06-01 10:00:00"):
            self.sell(
                *(self.silk, 2, branch_office),
                product_uom_id=dozen.id,
                price_unit=600,
                discount=10,
            )
        self.make_quotation((self.cloth, 5, {}))  # not bought
        offer = self.make_offer()
        lines = self.fill(offer, "bought")
        self.assertEqual(lines.product_id, self.silk)
        self.assertEqual((lines.quantity, lines.product_uom_id), (2, dozen))
        self.assertEqual(lines.last_date, date(2026, 6, 1))
        self.assertEqual((lines.last_qty, lines.last_price), (2, 540))
        lines.product_uom_id = self.silk.uom_id
        self.assertEqual((lines.last_qty, lines.last_price), (24, 45))

    def test_similar_customers(self):
        """Two of class, territory and size; bought by two of them, not by this one."""
        territory = self.env["sales.territory"].create({"name": "North"})
        figures = self.env["customer.figure"].sudo()

        def known(customer, **values):
            figure = figures._ensure(customer, self.company)
            figure.write({"territory_id": territory.id, "turnover": 1000, **values})

        alike = [self.make_customer(f"Alike {n}") for n in range(3)]
        stranger = self.make_customer("Stranger")
        velvet, linen = (self.make_product(n, 10.0) for n in ("Velvet", "Linen"))
        self.sell(self.silk)
        for customer in alike:
            self.sell(self.silk, customer=customer)  # bought by this one, too
        for customer in alike[:2]:
            self.sell(velvet, customer=customer)
        self.sell(linen, customer=alike[0])  # by one alone
        for __ in range(3):
            self.sell(self.cloth, customer=stranger)
        with freeze_time("2024-01-02 10:00:00"):
            for customer in alike:
                self.sell(linen, customer=customer)
        known(self.customer)
        for customer in alike:
            known(customer, turnover=1900)
        known(stranger, turnover=50000)  # shares the territory alone
        offer = self.make_offer()
        self.assertEqual(offer._similar_bought(), [(velvet, 2, 3)])
        lines = self.fill(offer, "similar")
        self.assertEqual(lines.product_id, velvet)
        self.assertEqual(lines.reason, "2 of 3 similar customers")


class TestRights(SubstitutionWorld, OfferCommon):
    """Who may do what by remote call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_deputy()
        cls.offer = cls.make_sent()
        cls.draft = cls.make_offer((cls.silk, 1, {}))

    def test_read_and_write(self):
        Offer = self.env["sales.offer"]
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            with self.subTest(user=user.login):
                self.assertIn(self.offer, Offer.with_user(user).search([]))
                self.open_form(self.offer.with_user(user))
                self.draft.with_user(user).internal_note = "Seen"
                self.draft.line_ids.with_user(user).quantity = 2
        for user in (self.manager_b, self.other_director, self.deputy):
            with self.subTest(user=user.login):
                self.assertFalse(Offer.with_user(user).search([]))
                for act in (
                    lambda u=user: self.offer.with_user(u).read(["name"]),
                    lambda u=user: self.offer.line_ids.with_user(u).read(["quantity"]),
                    lambda u=user: self.draft.with_user(u).action_hand_over(),
                    lambda u=user: self.offer.with_user(u).action_make_quotation(),
                    lambda u=user: self.draft.line_ids.with_user(u).unlink(),
                ):
                    with self.assertRaises(AccessError):
                        act()
        supervisor = self.make_user("supply", SUPPLY)
        for user in (self.plain, supervisor):
            with self.assertRaises(AccessError):
                Offer.with_user(user).search([])
        with self.assertRaises(AccessError):
            self.make_offer(
                (self.silk, 1, {}),
                user_id=self.manager_b.id,
                partner_id=self.make_customer("X").id,
            )

    def test_deputy(self):
        self.make_substitution()
        with freeze_time(DURING):
            offer = self.draft.with_env(self.allowed(self.deputy))
            self.open_form(offer)
            offer.line_ids.typed_price = 48
            offer.action_hand_over()
            self.assertEqual(offer.state, "sent")
            self.assertEqual(offer.sudo().credited_user_id, self.manager_a)
            contact = self.env["customer.contact"].search(
                [("res_model", "=", "sales.offer"), ("res_id", "=", offer.id)]
            )
            self.assertEqual(contact.user_id, self.deputy)
            self.assertEqual(contact.acting_for_id, self.manager_a)
            offer.action_make_quotation()
            self.assertEqual(offer.order_ids.user_id, self.manager_a)
            self.assertEqual(offer.order_ids.order_line.price_unit, 48)

    def test_views_of_every_role(self):
        kinds = ("list", "kanban", "form", "calendar", "pivot", "graph", "activity")
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            self.env["sales.offer"].with_user(user).get_views(
                [(False, kind) for kind in (*kinds, "search")]
            )
            self.env["sales.offer.fill"].with_user(user).get_views([(False, "form")])
            for model in ("sale.order", "crm.lead", "res.partner"):
                self.env[model].with_user(user).get_views([(False, "form")])


class TestBonus(TradeBonusWorld, OfferCommon):
    """What an agreement promises is told per line, as on a quotation."""

    def test_prospects(self):
        offer = self.make_offer((self.silk, 2, {}))
        self.assertFalse(offer.has_bonus)
        self.make_active(
            self.prepare_term((0, 2), (5000, 4)),
            date_from="2020-01-01",
            date_to="2099-12-31",
        )
        offer.invalidate_recordset()
        self.assertTrue(offer.has_bonus)
        self.assertAlmostEqual(offer.line_ids.bonus, 1.0)
        self.assertIn("next tier", offer.bonus_words)
        html, __ = self.env["ir.actions.report"]._render_qweb_html(
            "sales_manager_kpi.report_sales_offer", offer.ids
        )
        self.assertIn("Expected bonus", html.decode())
        self.assertIn("Your bonus", html.decode())
        self.assertEqual(timedelta(days=10), offer.validity_date - fields.Date.today())
