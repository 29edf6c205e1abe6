import uuid
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("standard", "post_install", "-at_install")
class TestTwoHeads(TransactionCase):
    """Two transactions that really commit; everything made here is removed again."""

    def setUp(self):
        super().setUp()
        self.cursors = [self.registry.cursor() for __ in range(3)]
        self.addCleanup(lambda: [cr.close() for cr in self.cursors])
        self.cr_0, self.cr_1, self.cr_2 = self.cursors
        self.env_0 = self._env(self.cr_0)
        self._make_world()
        self.addCleanup(self._remove_world)

    def _env(self, cr):
        context = {"tracking_disable": True, "mail_activity_quick_update": True}
        return api.Environment(cr, api.SUPERUSER_ID, context)

    def _make_world(self):
        mark, env = uuid.uuid4().hex[:8], self.env_0
        self.users = [
            new_test_user(env, f"{name}_{mark}", groups=f"sales_manager_kpi.{group}")
            for name, group in (
                ("judged", "group_manager"),
                ("head_1", "group_commercial_director"),
                ("head_2", "group_commercial_director"),
            )
        ]
        self.ids = [user.id for user in self.users]
        branch = env["sales.branch"].create(
            {
                "code": mark,
                "name": mark,
                "tz": "UTC",
                "member_ids": [
                    Command.create({"user_id": self.ids[0], "date_from": "2020-01-01"})
                ],
            }
        )
        self.branch_id = branch.id
        today = env["sales.branch"]._company_local_date(env.company)
        before = today.replace(day=1) - timedelta(days=1)
        period = env["sales.period"]._for_date(env.company, before)
        Card = env["evaluation.scorecard"]
        self.card_id = Card._compute_period(
            period, env["res.users"].browse(self.ids)
        ).id
        Card.browse(self.card_id)._start()
        self.cr_0.commit()

    def _remove_world(self):
        for cr in self.cursors:
            cr.rollback()
        env = self.env_0
        env.invalidate_all()
        partners = env["res.users"].browse(self.ids).partner_id
        env["evaluation.scorecard"].browse(self.card_id).exists().unlink()
        env.flush_all()
        for table, column in (
            ("sales_branch_member", "branch_id"),
            ("sales_branch", "id"),
        ):
            self.cr_0.execute(
                f"DELETE FROM {table} WHERE {column} = %s", [self.branch_id]
            )
        env.invalidate_all()
        env["resource.resource"].search([("user_id", "in", self.ids)]).unlink()
        env["res.users"].browse(self.ids).unlink()
        partners.unlink()
        self.cr_0.commit()

    def _card(self, cr, number):
        env = self._env(cr)
        cards = env["evaluation.scorecard"].with_user(self.ids[number])
        return cards.browse(self.card_id)

    def test_two_heads_at_once(self):
        first, second = self._card(self.cr_1, 1), self._card(self.cr_2, 2)
        self.assertEqual(second.state, "head")
        first.action_agree()
        first.env.flush_all()
        # while the first is at it, the second is told so at once
        with self.assertRaisesRegex(UserError, "Somebody else is deciding"):
            second.action_agree()
        self.cr_1.commit()
        # afterwards its snapshot is stale: Odoo retries, and then the state says no
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            second.action_agree()
        self.cr_2.rollback()
        second.env.transaction.reset()
        with self.assertRaisesRegex(UserError, "agreed and stays"):
            second.action_agree()
        self.assertEqual(second.agreed_by_id.id, self.ids[1])

    def test_computed_twice_at_once(self):
        """Trap 37: the second run is served again, and there is one scorecard."""
        first, second = self._env(self.cr_1), self._env(self.cr_2)
        cards = [
            e["evaluation.scorecard"].browse(self.card_id) for e in (first, second)
        ]
        periods = [card.period_id for card in cards]  # both have looked
        users = [card.user_id for card in cards]
        cards[0]._compute_period(periods[0], users[0])
        self.cr_1.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            cards[1]._compute_period(periods[1], users[1])
            second.flush_all()
        self.cr_2.rollback()
        second.transaction.reset()
        cards[1]._compute_period(periods[1], users[1])
        domain = [("user_id", "=", self.ids[0])]
        self.assertEqual(cards[1].search(domain), cards[1])

    def test_agreed_while_it_is_computed(self):
        """The night's computing that began before does not overwrite it."""
        env = self._env(self.cr_2)
        card = env["evaluation.scorecard"].browse(self.card_id)
        self.assertEqual(card.state, "head")
        self._card(self.cr_1, 1).action_agree()
        self.cr_1.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            env["evaluation.scorecard"]._compute_period(card.period_id, card.user_id)
            env.flush_all()
