from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError

from ..playbook.common import PlaybookWorld
from ..voice.common import VoiceWorld
from .common import MyDayCommon


class TestSellingSources(MyDayCommon, VoiceWorld, PlaybookWorld):
    """What selling itself puts on the day, and that it goes when it is done."""

    def titles(self, source, user=None):
        return [item["title"] for item in self.items(user, source)]

    def test_assignments(self):
        late = self.give(deadline=fields.Date.add(self.today, days=7))
        self.give(deadline=fields.Date.add(self.today, days=8))
        self.assertFalse(self.items(self.manager_b, "assignments"))
        [item] = self.items(source="assignments")
        self.assertEqual(item["res_id"], late.id)
        self.assertFalse(self.items(source="activities"))
        with self.assertRaisesRegex(UserError, "what came of it"):
            self.act("report", item, result=" ")
        with self.assertRaises(AccessError):
            self.act("report", item, user=self.manager_b, result="Not mine")
        self.act("report", item, result="Three of them come back")
        self.assertEqual((late.state, late.reported_by_id), ("done", self.manager_a))
        self.assertFalse(self.items(source="assignments"))
        self.assertEqual(
            self.titles("assignments", self.director), ["Assignment to judge"]
        )
        self.answer(self.director, "approve", assignment_id=late)
        self.assertFalse(self.items(self.director, "assignments"))

    def test_evening_line(self):
        """Visits served, proposals submitted and answered, assignments reported."""
        names = ("visits", "proposals", "answers", "assignments")

        def line(user=self.manager_a, **kwargs):
            [own] = [row for row in self.evening(user, **kwargs) if row["own"]]
            return [own[name] for name in names]

        self.assertEqual(line(), [0, 0, 0, 0])
        Visit = self.env["branch.visit"].with_user(self.manager_a)
        for served in (True, False):
            visit = Visit.create({"branch_id": self.branch.id, "wish": "Velvet"})
            if served:
                visit.action_serve()
                visit._finish("looking")
            else:
                visit.action_left()
        proposal, draft = self.propose(), self.propose()
        draft.with_user(self.manager_a).action_take_back()
        proposal.with_user(self.director)._decide("declined", "Too dear")
        for __ in range(2):
            given = self.give(deadline=self.today)
            given.with_user(self.manager_a)._report("Done")
        self.answer(self.director, "return", note="Not yet", assignment_id=given)
        self.assertEqual(line(), [1, 1, 0, 1])
        self.assertEqual(line(self.director), [0, 0, 1, 0])
        yesterday = str(fields.Date.subtract(self.today, days=1))
        self.assertEqual(line(day=yesterday), [0, 0, 0, 0])
        # nobody's are told to who does not direct them, nor in another company
        self.assertNotIn(
            self.manager_a.id,
            [row["user_id"] for row in self.evening(self.other_director)],
        )
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager_a.company_ids |= other
        [own] = self.evening(self.manager_a, companies=other)
        self.assertFalse(any(own[name] for name in names))

    def evening(self, user, companies=None, **kwargs):
        self.env.flush_all()
        return self.day_of(user, companies).get_evening(**kwargs)

    def test_a_deputy_reports(self):
        self.give(deadline=self.today)
        self.stand_in()
        [item] = self.items(self.deputy, "assignments")
        self.assertEqual(item["for_name"], self.manager_a.name)
        self.act("report", item, user=self.deputy, result="Done for A")
        self.assertFalse(self.items(source="assignments"))

    def test_readings(self):
        decision = self.write_decision()
        [item] = self.items(source="readings")
        self.assertEqual(
            (item["detail"], item["due"]),
            ("Opening hours", fields.Date.to_string(self.today)),
        )
        self.assertFalse(self.items(self.manager_b, "readings"))
        own = decision.with_user(self.manager_a)
        own._sign("Fine", decision.text_hash)
        self.assertFalse(self.items(source="readings"))

    def test_proposals(self):
        proposal = self.propose()
        self.assertFalse(self.items(source="proposals"))
        self.assertFalse(self.items(self.other_director, "proposals"))
        [item] = self.items(self.director, "proposals")
        self.assertEqual(item["res_id"], proposal.id)
        proposal.with_user(self.director)._decide("declined", "Too dear")
        self.assertFalse(self.items(self.director, "proposals"))

    def test_visits(self):
        Visit = self.env["branch.visit"].with_user(self.deputy)
        visit = Visit.create({"branch_id": self.branch.id, "wish": "Velvet"})
        self.assertFalse(self.items(self.manager_b, "visits"))
        [item] = self.items(source="visits")
        self.assertEqual(item["actions"], ["serve", "open"])
        self.act("serve", item)
        self.assertEqual(visit.served_by_id, self.manager_a)
        self.assertEqual(self.titles("visits"), ["Visit to end"])
        self.assertFalse(self.items(self.deputy, "visits"))
        with self.assertRaisesRegex(UserError, "somebody else was first"):
            self.act("serve", item, user=self.deputy)
        visit.with_user(self.manager_a)._finish("looking")
        self.assertFalse(self.items(source="visits"))

    def test_needs(self):
        soon = self.today + relativedelta(days=20)
        if soon.month == self.today.month:
            soon += relativedelta(months=1, day=1)
            soon = min(soon, self.today + relativedelta(days=30))
        need = self.env["customer.need"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "product_id": self.goods.id,
                "season_from": str(soon.month),
                "season_to": str(soon.month),
            }
        )
        [item] = self.items(source="needs")
        self.assertEqual((item["res_id"], item["customer"]), (need.id, "Customer A"))
        self.assertFalse(self.items(self.manager_b, "needs"))
        self.goods.list_price = 10.0
        offer = (
            self.env["sales.offer"]
            .with_user(self.manager_a)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "validity_date": self.today,
                    "line_ids": [fields.Command.create({"product_id": self.goods.id})],
                }
            )
        )
        self.assertTrue(self.items(source="needs"), "not sent yet")
        offer.action_hand_over()
        self.assertFalse(self.items(source="needs"))
        offer.sudo().sent_on = fields.Date.subtract(self.today, years=1)
        self.assertTrue(self.items(source="needs"))
        self.sell(price=10, confirm=False)
        self.assertFalse(self.items(source="needs"))

    def test_late_steps(self):
        self._make_playbook()
        self.steps["Circle"].expected_days = 2
        self.lead.expected_revenue = 700
        self.assertFalse(self.items(source="steps"))
        self.assertEqual(len(self.items(source="leads")), 1)
        long_ago = datetime.now() - timedelta(days=30)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_open = %s WHERE id = %s",
            (long_ago, long_ago, self.lead.id),
        )
        self.env.invalidate_all()
        [item] = self.items(source="steps")
        self.assertEqual(
            (item["detail"], item["amount"], item["overdue"]),
            ("Lead A: Circle", 700.0, True),
        )
        self.assertFalse(self.items(source="leads"))  # said once
        self.assertFalse(self.items(self.manager_b, "steps"))

    def test_offers(self):
        """Interest and an end that is near; the offer proves a step of its lead."""
        self._make_playbook()
        self.steps["Offer"].proof = "offer"
        values = {
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "lead_id": self.lead.id,
            "line_ids": [fields.Command.create({"product_id": self.product.id})],
        }
        self.product.list_price = 20.0
        Offer = self.env["sales.offer"].with_user(self.manager_a)
        near, far = Offer.create(
            [
                {**values, "validity_date": fields.Date.add(self.today, days=days)}
                for days in (3, 4)
            ]
        )
        self.assertFalse(self.items(source="offers"))
        (near | far).action_hand_over()
        [mark] = self.lead.playbook_mark_ids
        self.assertEqual(
            (mark.step_id, mark.kind, mark.res_model, mark.res_id),
            (self.steps["Offer"], "offer", "sales.offer", near.id),
        )
        [item] = self.items(source="offers")
        self.assertEqual((item["res_id"], item["amount"]), (near.id, 20.0))
        far.sudo()._portal_interest()
        self.assertEqual(
            set(self.titles("offers")), {"Offer about to end", "Interested in an offer"}
        )
        self.assertFalse(self.items(source="activities"))
        self.assertFalse(self.items(self.manager_b, "offers"))
        near.action_make_quotation()
        near.order_ids.action_confirm()
        self.assertEqual(self.titles("offers"), ["Interested in an offer"])
