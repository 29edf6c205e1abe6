from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from ..common import SalesManagementCommon
from ..kept import kept


@kept
class MarketingCommon(SalesManagementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.payer = cls.make_user("payer", "sales_manager_kpi.group_pay")
        cls.today = cls.env["sales.branch"]._company_local_date(cls.company)
        cls.lost = cls.make_customer("Lost", cls.manager_a)

    @classmethod
    def make_action(cls, user=None, plan=True, **values):
        action = (
            cls.env["sales.marketing.action"]
            .with_user(user or cls.director)
            .with_company(cls.company)
            .create(
                {
                    "name": "Autumn fair",
                    "kind": "exhibition",
                    "branch_ids": cls.branch.ids,
                    "user_id": cls.manager_a.id,
                    "budget_amount": 1000,
                    "cost_amount": 400,
                    **values,
                }
            )
        )
        if plan:
            action.action_plan()
        return action


class TestMarketing(MarketingCommon):
    def test_from_plan_to_result(self):
        action = self.make_action(plan=False)
        self.assertFalse(action.with_user(self.manager_b).has_access("read"))
        with self.assertRaises(AccessError):
            action.with_user(self.manager_a).action_plan()
        action.action_plan()
        self.assertEqual(action.campaign_id.title, "Autumn fair")
        mine = action.with_user(self.manager_a)
        with self.assertRaises(AccessError):
            mine.budget_amount = 5
        mine.cost_amount = 500
        mine.action_start()
        with self.assertRaises(UserError):  # no result
            mine.action_finish()
        mine.result = "Forty visitors"
        mine.action_finish()
        self.assertEqual(action.state, "done")
        with self.assertRaises(UserError):
            mine.result = "Four hundred"
        with self.assertRaises(UserError):
            action.unlink()
        with self.assertRaises(AccessError):
            action.state = "draft"
        copied = action.copy()
        self.assertEqual((copied.state, copied.campaign_id.id), ("draft", False))

    def test_what_it_brought(self):
        """Leads, orders and turnover in two currencies, of this company alone."""
        action = self.make_action()
        campaign = action.campaign_id.id
        for number in range(3):
            self.env["crm.lead"].create(
                {
                    "name": f"Visitor {number}",
                    "campaign_id": campaign,
                    "company_id": self.company.id,
                }
            )
        other = self.env["res.company"].create({"name": "Other"})
        self.env["crm.lead"].create(
            {"name": "Elsewhere", "campaign_id": campaign, "company_id": other.id}
        )
        foreign = self.env["res.currency"].create(
            {
                "name": "QQQ",
                "symbol": "q",
                "rate_ids": [
                    Command.create(
                        {
                            "name": "2020-01-01",
                            "rate": 2.0,
                            "company_id": self.company.id,
                        }
                    )
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        order = self.make_order(price=100, campaign_id=campaign)
        self.make_order(price=100, campaign_id=campaign, pricelist_id=pricelist.id)
        self.make_order(price=100, campaign_id=campaign, confirm=False)
        self.make_order(price=100)
        self.invoice_order(order)
        self.make_invoice(
            price=60, campaign_id=campaign, currency_id=foreign.id, date=self.today
        )
        self.make_invoice(
            price=10, campaign_id=campaign, move_type="out_refund", date=self.today
        )
        self.make_invoice(price=500, campaign_id=campaign, post=False)
        self.env.flush_all()
        for user in (self.director, self.manager_a, self.commercial):
            row = action.with_user(user)
            self.assertTrue(row.has_figures)
            self.assertEqual((row.lead_count, row.order_count), (3, 2))
            self.assertEqual(row.ordered_amount, 150)
            self.assertEqual(row.invoiced_amount, 120)
            self.assertAlmostEqual(row.cost_per_lead, 400 / 3, 2)
            self.assertAlmostEqual(row.return_rate, 0.3)
        leads = action.with_user(self.commercial).action_open_leads()["domain"]
        self.assertEqual(self.env["crm.lead"].search_count(leads), 3)
        orders = action.action_open_orders()["domain"]
        self.assertEqual(self.env["sale.order"].search_count(orders), 2)
        moves = self.env["account.move"].search(action.action_open_invoices()["domain"])
        self.assertEqual(sum(moves.mapped("amount_untaxed_signed")), 120)
        # a colleague of the branch sees the action, not what all others sold with it
        colleague = self.make_user("colleague", "sales_manager_kpi.group_manager")
        self.env["sales.branch.member"].create(
            {
                "branch_id": self.branch.id,
                "user_id": colleague.id,
                "date_from": "2020-01-01",
            }
        )
        row = action.with_user(colleague)
        self.assertTrue(row.has_access("read"))
        self.assertEqual(
            (row.has_figures, row.invoiced_amount, row.lead_count), (False, 0, 0)
        )
        nothing = self.make_action(cost_amount=0)
        self.assertFalse(nothing.has_return)

    def test_a_fixed_number_of_queries(self):
        actions = self.make_action()
        few = self.queries(actions)
        for _more in range(6):
            actions |= self.make_action()
        self.assertLessEqual(self.queries(actions), few + 2)

    def queries(self, actions):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        actions.with_user(self.director).read(
            ["invoiced_amount", "lead_count", "target_count", "assignment_count"]
        )
        return self.env.cr.sql_log_count - before

    def test_one_action_a_campaign(self):
        action = self.make_action()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                self.make_action(campaign_id=action.campaign_id.id)
        action.action_cancel()
        self.env.flush_all()
        again = self.make_action(campaign_id=action.campaign_id.id)
        self.assertEqual(again.campaign_id, action.campaign_id)

    def test_bad_input(self):
        for values in (
            {"date_from": "2026-02-01", "date_to": "2026-01-01"},
            {"budget_amount": -1},
            {"cost_amount": -1},
        ):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                with self.env.cr.savepoint():
                    self.make_action(**values)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.make_user("stranger", "sales_manager_kpi.group_manager", other)
        with self.assertRaises(ValidationError):
            self.make_action(user_id=stranger.id)
        with self.assertRaises(AccessError):
            self.make_action(branch_ids=self.other_branch.ids)
        with self.assertRaises(AccessError):
            self.make_action(branch_ids=False)
        with self.assertRaises(AccessError):
            self.make_action(self.manager_a)
        with self.assertRaises(AccessError):
            self.make_action(state="done")
        self.make_action(self.commercial, branch_ids=False)

    def fill(self, action, user=None, **values):
        wizard = (
            self.env["sales.marketing.fill"]
            .with_user(user or self.director)
            .with_company(self.company)
            .create({"action_id": action.id, **values})
        )
        return wizard.action_fill()

    def test_target_customers(self):
        action = self.make_action()
        grade = self.env["customer.class"].create({"name": "Class A", "code": "XA"})
        self.env["customer.class.member"].create(
            {
                "partner_id": self.customer.id,
                "class_id": grade.id,
                "company_id": self.company.id,
                "date_from": "2020-01-01",
            }
        )
        self.fill(action, class_ids=grade.ids)
        self.assertEqual(action.target_ids.partner_id, self.customer)
        self.fill(action, self.manager_a, filter=f"[('id', '=', {self.lost.id})]")
        self.fill(action, self.manager_a, filter=f"[('id', '=', {self.lost.id})]")
        self.assertEqual(action.target_ids.partner_id, self.customer | self.lost)
        territory = self.env["sales.territory"].create({"name": "West"})
        self.env["customer.assignment"].search(
            [("partner_id", "=", self.lost.id)]
        ).territory_id = territory
        other = self.make_action()
        self.fill(other, territory_ids=territory.ids)
        self.assertEqual(other.target_ids.partner_id, self.lost)
        for bad in ("[", "nothing", "[('no_such_field', '=', 1)]", "__import__('os')"):
            with self.assertRaises(UserError):
                self.fill(action, filter=bad)
        with self.assertRaises(UserError):
            self.fill(action)
        action.with_user(self.manager_a).target_ids[0].state = "attended"
        self.assertEqual((action.target_count, action.attended_count), (2, 1))
        with self.assertRaises(AccessError):
            self.fill(action, self.manager_b, filter="[('id', '>', 0)]")
        with self.assertRaises(AccessError):
            action.target_ids[0].with_user(self.manager_b).state = "declined"

    def test_assignments(self):
        action = self.make_action()
        row = (
            self.env["sales.assignment"]
            .with_user(self.director)
            .with_company(self.company)
            .create(
                {
                    "subject": "Invite them",
                    "user_id": self.manager_a.id,
                    "marketing_action_id": action.id,
                    "deadline": fields.Date.add(self.today, days=3),
                }
            )
        )
        self.assertEqual(action.assignment_ids, row)
        self.assertEqual(action.assignment_count, 1)
        domain = action.action_open_assignments()["domain"]
        self.assertEqual(self.env["sales.assignment"].search(domain), row)

    def test_the_list_is_of_who_works(self):
        """Own customers are marked by all, but who is listed is not theirs to say."""
        action = self.make_action(
            target_ids=[Command.create({"partner_id": self.customer.id})]
        )
        other = self.make_action(
            user=self.commercial,
            branch_ids=self.other_branch.ids,
            user_id=self.manager_b.id,
        )
        Target = self.env["sales.marketing.target"].with_user(self.manager_a)
        with self.assertRaises(AccessError):
            Target.create({"action_id": other.id, "partner_id": self.customer.id})
        theirs = self.env["sales.marketing.target"].create(
            {"action_id": other.id, "partner_id": self.customer.id}
        )
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager_a).unlink()
        mine = action.with_user(self.manager_a)
        mine.target_ids.state = "attended"
        mine.action_start()
        mine.result = "Forty visitors"
        mine.action_finish()
        for change in (
            lambda: mine.target_ids.write({"state": "invited"}),
            lambda: mine.target_ids.unlink(),
            lambda: Target.create({"action_id": action.id, "partner_id": self.lost.id}),
        ):
            with self.assertRaises(UserError):
                change()
        self.assertEqual(action.target_ids.state, "attended")

    def test_a_campaign_of_somebody_else(self):
        """Its turnover would be told to whoever takes it."""
        campaign = self.make_action().campaign_id
        own = (
            self.env["utm.campaign"]
            .with_user(self.other_director)
            .create({"title": "Mine"})
        )
        self.make_action(
            user=self.other_director,
            plan=False,
            campaign_id=own.id,
            branch_ids=self.other_branch.ids,
            user_id=self.manager_b.id,
        )
        self.env["sales.marketing.action"].search(
            [("campaign_id", "=", campaign.id)]
        ).sudo().state = "cancelled"
        with self.assertRaises(ValidationError):
            self.make_action(
                user=self.other_director,
                plan=False,
                campaign_id=campaign.id,
                branch_ids=self.other_branch.ids,
                user_id=self.manager_b.id,
            )
        self.make_action(user=self.commercial, plan=False, campaign_id=campaign.id)

    def test_who_reads(self):
        action = self.make_action()
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            self.assertTrue(action.with_user(user).has_access("read"), user.login)
        for user in (
            *(self.manager_b, self.other_director),
            *(self.supervisor, self.payer, self.plain),
        ):
            self.assertFalse(action.with_user(user).has_access("read"), user.login)
        everybody = self.make_action(self.commercial, branch_ids=False)
        self.assertTrue(everybody.with_user(self.manager_b).has_access("read"))
        self.assertFalse(everybody.with_user(self.manager_b).has_access("write"))

    def test_screens(self):
        """Every view loads, and every form opens, for the roles that use them."""
        action = self.make_action()
        proposal = (
            self.env["sales.proposal"]
            .with_user(self.manager_a)
            .with_company(self.company)
            .create({"subject": "x", "description": "y"})
        )
        proposal.action_submit()
        decision = (
            self.env["sales.draft.decision"]
            .with_user(self.director)
            .with_company(self.company)
            .create(
                {
                    "name": "x",
                    "body": "<p>y</p>",
                    "branch_ids": self.branch.ids,
                    "comment_until": self.today,
                }
            )
        )
        decision.action_open()
        row = (
            self.env["sales.assignment"]
            .with_user(self.director)
            .with_company(self.company)
            .create({"subject": "x", "user_id": self.manager_a.id})
        )
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            for record in (action, proposal, decision, row):
                record = record.with_user(user)
                kinds = [(False, kind) for kind in ("list", "kanban", "search")]
                record.get_views(kinds)
                self.assertTrue(self.open_form(record))
            for name, kinds in (
                ("sales.marketing.action", ("calendar", "pivot")),
                ("sales.assignment", ("calendar", "pivot")),
                ("sales.proposal", ("pivot", "activity")),
                ("sales.draft.decision.addressee", ("list", "search", "pivot")),
                ("sales.voice.answer", ("form",)),
                ("sales.marketing.fill", ("form",)),
                ("sales.not.counted", ("list",)),
            ):
                self.env[name].with_user(user).get_views([(False, k) for k in kinds])

    def test_leads_without_a_company(self):
        """Each of one company: by its team, its salesperson, else its campaign."""
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.make_user("stranger", "sales_manager_kpi.group_manager", other)
        action = self.make_action()
        campaign = action.campaign_id
        there = action.sudo().create(
            {
                "name": "Theirs",
                "company_id": other.id,
                "user_id": stranger.id,
                "campaign_id": campaign.id,
            }
        )
        ours, theirs = (
            self.env["crm.team"].create({"name": name, "company_id": False})
            for name in ("Ours", "Theirs")
        )
        for name, team, user in (
            ("of our team", ours, False),
            ("of our team, theirs", ours, stranger),
            ("of our manager", False, self.manager_a),
            ("of their team", theirs, self.manager_a),
            ("of theirs", False, stranger),
            ("of nobody", False, False),
        ):
            self.env["crm.lead"].create(
                {
                    "name": name,
                    "campaign_id": campaign.id,
                    "company_id": False,
                    "team_id": team and team.id,
                    "user_id": user and user.id,
                }
            )
        ours.company_id, theirs.company_id = self.company, other
        self.env.flush_all()
        leads = self.env["crm.lead"].search([("campaign_id", "=", campaign.id)])
        self.assertEqual(leads.company_id.ids, [])
        counts = (action | there).sudo().mapped("lead_count")
        self.assertEqual(counts, [4, 2])
        found = [
            set(leads.filtered_domain(row.action_open_leads()["domain"]).mapped("name"))
            for row in (action | there).sudo()
        ]
        self.assertEqual(
            found,
            [
                {"of our team", "of our team, theirs", "of our manager", "of nobody"},
                {"of their team", "of theirs"},
            ],
        )
        for row, names in zip((action | there).sudo(), found, strict=True):
            domain = row.action_open_leads()["domain"]
            searched = self.env["crm.lead"].search(domain).mapped("name")
            self.assertEqual(set(searched), names)
