from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from ..common import MANAGER, OrganisationCommon
from .handover_common import SubstitutionWorld


class TestHandoverAccess(SubstitutionWorld, OrganisationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_deputies()
        cls.lead = cls.make_lead("First")
        cls.row = cls.appoint()
        cls.item = cls.row.item_ids.filtered(lambda i: i.kind == "lead")

    @classmethod
    def make_lead(cls, name, user=None):
        return cls.env["crm.lead"].create(
            {
                "name": name,
                "user_id": (user or cls.manager_a).id,
                "company_id": cls.company.id,
            }
        )

    def as_(self, user, record=None):
        return (self.item if record is None else record).with_user(user)

    # ------------------------------------------------------------------
    # Rights by role
    # ------------------------------------------------------------------

    def test_who_reads_the_list(self):
        self.assertEqual(len(self.item), 1)
        for user in (self.manager_a, self.deputy, self.director, self.commercial):
            self.assertEqual(self.as_(user).read(["name"])[0]["name"], "First")
        Item = self.env["sales.handover.item"]
        for user in (self.third, self.manager_b, self.other_director):
            with self.assertRaises(AccessError):
                self.as_(user).read(["name"])
            self.assertFalse(Item.with_user(user).search([]))
        for user in (self.plain, self.supervisor):
            with self.assertRaises(AccessError):
                self.as_(user).read(["name"])

    def test_who_writes_notes(self):
        for user in (self.manager_a, self.director, self.commercial):
            self.as_(user).write({"note": user.name})
            self.assertEqual(self.item.note, user.name)
        for user in (self.deputy, self.third, self.other_director):
            with self.assertRaises(AccessError):
                self.as_(user).write({"note": "No"})

    def test_nobody_writes_what_the_system_found(self):
        for user in (self.manager_a, self.director, self.commercial):
            for vals in (
                {"name": "Other"},
                {"res_id": self.env.user.id},
                {"status_start": "done"},
                {"status_end": "done"},
                {"substitution_id": False},
                {"amount": 5},
                {"done_at": fields.Datetime.now()},
            ):
                with self.assertRaises(AccessError):
                    self.as_(user).write(vals)
            with self.assertRaises(UserError):
                self.as_(user).unlink()
            with self.assertRaises(UserError):
                self.as_(user).action_done()

    def test_adding_by_hand(self):
        Item = self.env["sales.handover.item"]
        vals = {"substitution_id": self.row.id, "name": "Keys of the showroom"}
        for user in (self.manager_a, self.director):
            item = Item.with_user(user).create(dict(vals))
            item.write({"name": "Keys", "date_due": "2030-01-01"})
            with self.assertRaises(AccessError):
                item.action_done()
            item.with_user(self.deputy).action_done()
            self.assertEqual((item.status, item.is_open), ("done", False))
            item.unlink()
        for user in (self.deputy, self.third, self.other_director, self.plain):
            with self.assertRaises(AccessError):
                Item.with_user(user).create(dict(vals))
        for more in (
            {"res_model": "res.partner", "res_id": 1},
            {"kind": "due"},
            {"status_end": "done"},
        ):
            with self.assertRaises(AccessError):
                Item.with_user(self.director).create({**vals, **more})

    def test_context_gives_no_document(self):
        item = (
            self.env["sales.handover.item"]
            .with_user(self.director)
            .with_context(
                default_kind="due",
                default_res_model="res.users",
                default_res_id=1,
                default_status_end="done",
                default_substitution_id=self.row.id,
            )
            .create({"name": "Keys"})
        )
        self.assertEqual(
            (item.kind, item.res_model, item.res_id, item.status_end),
            ("other", False, 0, False),
        )

    def test_item_is_on_exactly_one_list(self):
        Item = self.env["sales.handover.item"].sudo()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                Item.create({"name": "Nowhere"})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                self.item.copy()

    def test_deputy_of_the_director_reads_it(self):
        self.assertFalse(
            self.env["sales.handover.item"].with_user(self.other_director).search([])
        )
        self.appoint(
            director=self.commercial,
            principal_id=self.director.id,
            deputy_id=self.other_director.id,
            scope_direction=True,
        )
        self.as_(self.other_director).write({"note": "Seen"})
        self.assertEqual(self.item.note, "Seen")

    def test_other_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.make_user(
            "stranger", "sales_manager_kpi.group_commercial_director", company
        )
        self.assertFalse(self.env["sales.handover.item"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self.as_(stranger).read(["name"])

    def test_list_of_another_company_has_its_own_leads(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        both = self.company | company
        principal = self.make_user("two_a", MANAGER, both)
        deputy = self.make_user("two_b", MANAGER, both)
        here = self.make_lead("Here", principal)
        there = self.make_lead("There", principal)
        there.company_id = company
        anywhere = self.make_lead("Anywhere", principal)
        anywhere.company_id = False
        boss = self.make_user(
            "boss", "sales_manager_kpi.group_commercial_director", both
        )
        people = {"principal_id": principal.id, "deputy_id": deputy.id}
        rows = [
            self.appoint(director=boss, company_id=one.id, **people) for one in both
        ]
        names = [set(row.item_ids.mapped("name")) for row in rows]
        self.assertEqual(names, [{"Here", "Anywhere"}, {"There", "Anywhere"}])
        self.assertEqual(here.company_id, self.company)

    def test_what_i_took_over(self):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_handover_item_action_mine"
        )
        self.assertEqual(action["res_model"], "sales.handover.item")
        Item = self.env["sales.handover.item"]
        mine = [("to_user_id", "=", self.deputy.id)]
        self.assertEqual(Item.with_user(self.deputy).search(mine), self.item)
        is_open = [*mine, ("is_open", "=", True)]
        self.assertEqual(Item.with_user(self.deputy).search(is_open), self.item)
        self.lead.date_deadline = fields.Date.today() - timedelta(days=1)
        self.row._take_snapshot()
        late = [*mine, ("is_overdue", "=", True)]
        self.assertEqual(Item.with_user(self.deputy).search(late), self.item)
        self.lead.action_set_won()
        self.env.invalidate_all()
        self.assertFalse(Item.with_user(self.deputy).search(is_open))
        self.assertFalse(Item.with_user(self.deputy).search(late))
        closed = [*mine, ("is_open", "=", False)]
        self.assertEqual(Item.with_user(self.deputy).search(closed), self.item)

    # ------------------------------------------------------------------
    # Acceptance
    # ------------------------------------------------------------------

    def test_only_the_deputy_accepts(self):
        for user in (self.manager_a, self.director, self.commercial, self.third):
            with self.assertRaises(AccessError):
                self.as_(user, self.row).action_accept_handover()
        ask = self.activities(self.row, "handover_accept")
        self.assertEqual(ask.user_id, self.deputy)
        self.assertTrue(self.as_(self.deputy, self.row).can_accept)
        self.as_(self.deputy, self.row).action_accept_handover()
        self.assertEqual(self.row.accepted_by_id, self.deputy)
        self.assertTrue(self.row.accepted_at)
        self.assertFalse(self.activities(self.row, "handover_accept"))
        with self.assertRaises(UserError):
            self.as_(self.deputy, self.row).action_accept_handover()

    def test_nothing_to_accept_before_or_after(self):
        draft = self.appoint(deputy_id=self.third.id, appoint=False)
        with self.assertRaises(UserError):
            self.as_(self.third, draft).action_accept_handover()
        self.row.with_user(self.director).action_revoke()
        with self.assertRaises(UserError):
            self.as_(self.deputy, self.row).action_accept_handover()

    def test_acceptance_is_not_written(self):
        now = fields.Datetime.now()
        for user in (self.director, self.commercial):
            for name in (
                "accepted_at",
                "snapshot_at",
                "handed_back_at",
                "accepted_back_at",
                "reminded_at",
                "hand_back_mailed_at",
            ):
                with self.assertRaises(AccessError):
                    self.as_(user, self.row).write({name: now})
        row = self.appoint(
            director=self.director.with_context(default_accepted_at=now),
            deputy_id=self.third.id,
            appoint=False,
        )
        self.assertFalse(row.accepted_at)

    def test_director_hears_of_what_is_not_accepted(self):
        """Who began at once gets some hours; who was appointed before, none."""
        self.run_cron()
        self.assertFalse(self.activities(self.row, "handover_waiting"))
        self.row.appointed_at -= timedelta(hours=5)
        self.run_cron()
        waiting = self.activities(self.row, "handover_waiting")
        self.assertEqual(waiting.user_id, self.director)
        self.run_cron()
        self.assertEqual(self.activities(self.row, "handover_waiting"), waiting)
        self.as_(self.deputy, self.row).action_accept_handover()
        self.assertFalse(self.activities(self.row, "handover_waiting"))

    def test_revoking_before_it_begins_asks_nobody(self):
        self.row.with_user(self.director).action_revoke()
        later = self.branch._local_today() + timedelta(days=2)
        row = self.appoint(date_from=later, date_to=later)
        self.assertTrue(self.activities(row, "handover_accept"))
        row.with_user(self.director).action_revoke()
        self.assertFalse(row.activity_ids)
        self.assertFalse(row.handed_back_at)
        self.run_cron()
        self.assertFalse(row.handed_back_at)

    # ------------------------------------------------------------------
    # Hand-back
    # ------------------------------------------------------------------

    def test_revoking_hands_back_at_once(self):
        self.row.with_user(self.director).action_revoke()
        self.assertTrue(self.row.handed_back_at)
        self.assertEqual(self.item.status_end, "in_progress")
        self.assertFalse(self.activities(self.row, "handover_accept"))
        self.assertEqual(self.activities(self.row, "hand_back").user_id, self.manager_a)

    def test_only_the_principal_takes_back(self):
        with self.assertRaises(UserError):
            self.as_(self.manager_a, self.row).action_take_back()
        self.let_it_end(self.row)
        self.run_cron()
        for user in (self.deputy, self.director, self.commercial, self.third):
            with self.assertRaises(AccessError):
                self.as_(user, self.row).action_take_back()
        self.assertTrue(self.as_(self.manager_a, self.row).can_take_back)
        self.as_(self.manager_a, self.row).action_take_back()
        self.assertTrue(self.row.accepted_back_at)
        self.assertFalse(self.activities(self.row, "hand_back"))
        with self.assertRaises(UserError):
            self.as_(self.manager_a, self.row).action_take_back()

    def test_who_reads_what_was_done(self):
        deed = self.env["sales.handover.deed"].create(
            {
                "substitution_id": self.row.id,
                "kind": "message",
                "res_model": "crm.lead",
                "res_id": self.lead.id,
                "name": "First",
            }
        )
        for user in (self.manager_a, self.deputy, self.director, self.commercial):
            self.assertEqual(deed.with_user(user).name, "First")
            with self.assertRaises(AccessError):
                deed.with_user(user).name = "Second"
            with self.assertRaises(AccessError):
                deed.with_user(user).unlink()
            deed.invalidate_recordset()
        for user in (self.third, self.other_director, self.plain):
            with self.assertRaises(AccessError):
                deed.with_user(user).read(["name"])

    def test_one_failure_does_not_stop_the_others(self):
        other = self.appoint(
            director=self.commercial,
            principal_id=self.manager_b.id,
            deputy_id=self.third.id,
        )
        (self.row | other).write(
            {
                "start_at": fields.Datetime.now() - timedelta(days=1),
                "stop_at": fields.Datetime.now() - timedelta(minutes=1),
            }
        )
        model = self.env.registry["sales.substitution"]
        origin, broken = model._hand_back, self.row

        def hand_back(self):
            if self == broken:
                raise UserError("No")
            return origin(self)

        self.patch(model, "_hand_back", hand_back)
        with mute_logger(
            "odoo.addons.sales_manager_kpi.models.sales_substitution_handover"
        ):
            self.run_cron()
        self.assertFalse(self.row.handed_back_at)
        self.assertTrue(other.handed_back_at)

    # ------------------------------------------------------------------
    # Responsibility
    # ------------------------------------------------------------------

    def responsible(self, moment=None, scope="leads", references=(), company=None):
        return self.env["sales.substitution"]._responsible(
            self.manager_a | self.manager_b,
            company or self.company,
            moment or fields.Datetime.now(),
            scope,
            references,
        )

    def test_deputy_is_responsible_except_for_the_list(self):
        new = self.make_lead("Later")
        listed = (self.manager_a.id, "crm.lead", self.lead.id)
        fresh = (self.manager_a.id, "crm.lead", new.id)
        # the same number of another model, and of another principal
        alike = (self.manager_a.id, "sale.order", self.lead.id)
        foreign = (self.manager_b.id, "crm.lead", self.lead.id)
        found = self.responsible(references=[listed, fresh, alike, foreign])
        none = self.env["sales.substitution"]
        self.assertEqual(found[self.manager_a.id], (self.deputy, self.row))
        self.assertEqual(found[self.manager_b.id], (self.manager_b, none))
        self.assertEqual(found[listed], (self.manager_a, none))
        self.assertEqual(found[fresh], (self.deputy, self.row))
        self.assertEqual(found[alike], (self.deputy, self.row))
        self.assertEqual(found[foreign], (self.manager_b, none))

    def test_responsibility_by_the_clock_and_the_area(self):
        now = fields.Datetime.now()
        mine = (self.manager_a, self.env["sales.substitution"])
        before = self.row.start_at - timedelta(seconds=1)
        self.assertEqual(self.responsible(before)[self.manager_a.id], mine)
        start = self.responsible(self.row.start_at)[self.manager_a.id]
        self.assertEqual(start, (self.deputy, self.row))
        stop = self.responsible(self.row.stop_at)[self.manager_a.id]
        self.assertEqual(stop, mine)
        none = self.responsible(scope="direction")[self.manager_a.id]
        self.assertEqual(none, mine)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        other = self.responsible(company=company)[self.manager_a.id]
        self.assertEqual(other, mine)
        self.let_it_end(self.row)
        past = self.responsible(now - timedelta(hours=2))[self.manager_a.id]
        self.assertEqual(past, (self.deputy, self.row))
        self.assertEqual(self.responsible(now)[self.manager_a.id], mine)

    def test_responsibility_in_two_queries(self):
        references = [
            (self.manager_a.id, "crm.lead", self.make_lead(str(n)).id)
            for n in range(20)
        ]
        self.env.flush_all()
        self.responsible(references=references)
        self.env.invalidate_all()
        with self.assertQueryCount(__system__=4):
            self.responsible(references=references)
