from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from ..common import COMMERCIAL, DIRECTOR, MANAGER, OrganisationCommon
from .common import AFTER, APPOINTED, BEFORE, DURING, FIRST, STOP, SubstitutionWorld

STATES = ("draft", "standby", "appointed", "active", "ended", "revoked")


class TestSubstitution(SubstitutionWorld, OrganisationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_deputy()
        cls.Substitution = cls.env["sales.substitution"]

    def acts(self, user=None, scope="orders"):
        acting = self.Substitution._acting(scope, user or self.deputy)
        return self.principal.id in acting.get(self.company.id, ())

    # --- the clock

    def test_in_force_from_the_first_second_to_the_last(self):
        row = self.make_substitution()
        self.assertEqual(str(row.stop_at), STOP)
        for moment, expected in ((BEFORE, False), (FIRST, True), (AFTER, False)):
            with freeze_time(moment):
                self.assertEqual(self.acts(), expected, moment)

    def test_hours_of_the_branch(self):
        row = self.make_substitution(hour_from=9.5, date_to="2026-12-01", hour_to=17.25)
        self.assertEqual(str(row.start_at), "2026-12-01 08:30:00")
        self.assertEqual(str(row.stop_at), "2026-12-01 16:15:00")

    def test_nobody_is_responsible_for_what_was_before_the_appointment(self):
        row = self.make_substitution(at=DURING)
        self.assertEqual(str(row.start_at), DURING)

    def test_revoking_ends_at_once(self):
        row = self.make_substitution()
        with freeze_time(DURING):
            self.assertTrue(self.acts())
            row.with_user(self.director).action_revoke()
            self.assertFalse(self.acts())
            self.assertEqual(row.state, "revoked")
        past = self.Substitution._in_force(
            self.principal, self.company, datetime(2026, 12, 1, 12), "orders"
        )
        self.assertEqual(past[self.principal.id], row)

    def test_an_old_cache_keeps_no_rights(self):
        """Another worker may have read who the deputies are before the revoking."""
        row = self.make_substitution()
        with freeze_time(DURING):
            self.assertIn(self.deputy.id, self.Substitution._deputies())
            self.env.cr.execute(
                "UPDATE sales_substitution SET decision = 'revoked' WHERE id = %s",
                [row.id],
            )
            self.env.invalidate_all()
            self.env.cr.cache.clear()  # as a new transaction has it
            self.assertIn(self.deputy.id, self.Substitution._deputies())
            self.assertFalse(self.acts())

    def test_state_as_searched_and_as_shown(self):
        rows = self.Substitution.union(
            self.make_substitution(appoint=False),
            self.make_substitution(),
            self.make_substitution(
                mode="passive", date_from="2026-12-10", date_to="2026-12-11"
            ),
            self.make_substitution(date_from="2026-12-20", date_to="2026-12-21"),
        )
        revoked = self.make_substitution(date_from="2027-01-01", date_to="2027-01-01")
        revoked.action_revoke()
        rows |= revoked
        moments = [FIRST, BEFORE, AFTER, DURING]
        # either side of midnight in UTC and in the branch, for what never was taken up
        moments += ["2026-12-11 22:59:59", "2026-12-11 23:00:00", "2026-12-11 23:30:00"]
        for moment in moments:
            with freeze_time(moment):
                rows.invalidate_recordset(["state"])
                for state in STATES:
                    found = self.Substitution.search(
                        [("id", "in", rows.ids), ("state", "=", state)]
                    )
                    shown = rows.filtered(lambda r, s=state: r.state == s)
                    self.assertEqual(set(found), set(shown), (moment, state))

    def test_the_night_the_clocks_go_back(self):
        row = self.make_substitution(
            at="2026-10-20 10:00:00",
            date_from="2026-10-24",
            date_to="2026-10-25",
            hour_to=2.5,
        )
        # half past two comes twice; the duty lasts until the second
        self.assertEqual(str(row.stop_at), "2026-10-25 01:30:00")

    def test_the_night_the_clocks_go_forward(self):
        row = self.make_substitution(
            date_from="2027-03-28", hour_from=2.5, date_to="2027-03-28"
        )
        self.assertEqual(str(row.start_at), "2027-03-28 01:00:00")
        with self.assertRaisesRegex(UserError, "do not exist"):
            self.make_substitution(
                deputy_id=self.third.id,
                date_from="2028-03-26",
                hour_from=2.25,
                date_to="2028-03-26",
                hour_to=2.75,
            )

    # --- bad input

    def refused(self, error=ValidationError, **values):
        with self.assertRaises(error), self.undone():
            self.make_substitution(**values)

    def test_bad_input(self):
        with mute_logger("odoo.sql_db"):
            self.refused(IntegrityError, date_to="2026-11-30")
            self.refused(IntegrityError, deputy_id=self.principal.id)
            self.refused(
                IntegrityError,
                date_to="2026-12-01",
                hour_from=9,
                hour_to=9,
            )
            self.refused(IntegrityError, hour_to=24.5)
            self.refused(IntegrityError, hour_from=-1)
        off = {"scope_orders": False, "scope_invoices": False, "scope_leads": False}
        self.refused(**off)
        self.refused(UserError, at=AFTER)
        self.refused(principal_id=self.plain.id, by=self.commercial)
        self.refused(deputy_id=self.plain.id)
        self.refused(scope_direction=True)

    def test_people_without_the_company_and_archived_ones(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        abroad = self.make_user("abroad", MANAGER, other)
        self.refused(deputy_id=abroad.id)
        gone = self.make_user("gone", MANAGER)
        gone.active = False
        self.refused(deputy_id=gone.id)
        self.refused(principal_id=gone.id, by=self.commercial)
        # archived between the draft and the appointment
        row = self.make_substitution(appoint=False, deputy_id=self.third.id)
        self.third.active = False
        with freeze_time(APPOINTED), self.assertRaises(ValidationError):
            row.with_user(self.director).action_appoint()

    def test_what_only_buttons_write(self):
        for values in (
            {"decision": "appointed"},
            {"start_at": FIRST},
            {"appointed_by_id": self.commercial.id},
            {"branch_id": self.branch.id},
        ):
            self.refused(AccessError, **values)
            row = self.make_substitution(appoint=False)
            with self.assertRaises(AccessError):
                self.call(self.director, row, "write", values)
            row.unlink()
        model = self.allowed(self.director)["sales.substitution"].with_context(
            default_decision="appointed", default_start_at=FIRST
        )
        row = model.create(
            {"principal_id": self.principal.id, "deputy_id": self.deputy.id}
        )
        self.assertEqual((row.decision, row.start_at), ("draft", False))

    def test_a_director_does_not_appoint_in_a_foreign_branch(self):
        self.refused(AccessError, by=self.other_director)
        for user in (self.principal, self.deputy, self.third):
            self.refused(AccessError, by=user)

    def test_nobody_decides_about_themselves(self):
        self.refused(AccessError, principal_id=self.director.id)
        self.refused(AccessError, deputy_id=self.director.id)
        self.make_substitution(principal_id=self.director.id, by=self.commercial)
        self.make_substitution(
            deputy_id=self.director.id,
            by=self.commercial,
            date_from="2026-12-10",
            date_to="2026-12-11",
        )

    def test_once_appointed_only_the_end_changes(self):
        row = self.make_substitution()
        for values in (
            {"deputy_id": self.third.id},
            {"date_from": "2026-11-29"},
            {"scope_leads": False},
            {"mode": "passive"},
        ):
            with freeze_time(DURING), self.assertRaises(UserError):
                self.call(self.director, row, "write", values)
        with freeze_time(DURING):
            self.call(self.director, row, "write", {"date_to": "2026-12-09"})
            self.assertEqual(str(row.stop_at), "2026-12-09 23:00:00")
            with self.assertRaises(UserError):
                self.call(self.director, row, "write", {"date_to": "2026-12-01"})
            with self.assertRaises(AccessError):
                self.call(self.deputy, row, "write", {"date_to": "2026-12-30"})
        with freeze_time("2026-12-10 00:00:00"), self.assertRaises(UserError):
            self.call(self.director, row, "write", {"date_to": "2026-12-20"})
        with freeze_time(DURING):
            row.invalidate_recordset(["state"])
            self.call(self.director, row, "action_revoke")
            with self.assertRaises(UserError):
                self.call(self.director, row, "write", {"date_to": "2026-12-20"})
            with self.assertRaises(UserError):
                self.call(self.director, row, "action_revoke")
            with self.assertRaises(UserError):
                self.call(self.director, row, "unlink")

    def test_prolonging_into_another_absence(self):
        row = self.make_substitution()
        self.make_substitution(
            principal_id=self.deputy.id,
            deputy_id=self.third.id,
            date_from="2026-12-08",
            date_to="2026-12-10",
        )
        with freeze_time(DURING), self.assertRaises(ValidationError):
            self.call(self.director, row, "write", {"date_to": "2026-12-08"})

    # --- beside one another

    def test_overlaps_and_chains(self):
        self.make_substitution()
        self.refused(deputy_id=self.third.id)
        self.refused(deputy_id=self.third.id, date_from="2026-12-04")
        self.refused(principal_id=self.deputy.id, deputy_id=self.third.id)
        self.refused(principal_id=self.third.id, deputy_id=self.principal.id)
        self.refused(principal_id=self.deputy.id, deputy_id=self.principal.id)
        # another deputy from the next second on; another person at the same time
        self.make_substitution(
            deputy_id=self.third.id, date_from="2026-12-05", date_to="2026-12-06"
        )
        self.make_substitution(principal_id=self.third.id)

    def test_areas_have_deputies_of_their_own(self):
        self.make_substitution(scope_invoices=False, scope_leads=False)
        self.make_substitution(deputy_id=self.third.id, scope_orders=False)
        with freeze_time(DURING):
            self.assertTrue(self.acts())
            self.assertFalse(self.acts(scope="invoices"))
            self.assertTrue(self.acts(self.third, "invoices"))

    # --- standing by

    def test_standing_by(self):
        row = self.make_substitution(mode="passive")
        with freeze_time(DURING):
            self.assertEqual(row.state, "standby")
            self.assertFalse(self.acts())
            for user in (self.principal, self.third, self.other_director):
                with self.assertRaises(AccessError):
                    row.with_user(user).action_adopt()
        with freeze_time(BEFORE), self.assertRaises(UserError):
            self.call(self.deputy, row, "action_adopt")
        with freeze_time(DURING):
            self.call(self.deputy, row, "action_adopt")
            self.assertTrue(self.acts())
            self.assertEqual((str(row.start_at), str(row.stop_at)), (DURING, STOP))
            with self.assertRaises(UserError):
                self.call(self.deputy, row, "action_adopt")

    def test_stood_by_until_it_was_over(self):
        row = self.make_substitution(mode="passive")
        with freeze_time(AFTER):
            row.invalidate_recordset(["state"])
            self.assertEqual(row.state, "ended")
            with self.assertRaises(UserError):
                self.call(self.deputy, row, "action_adopt")
            with self.assertRaises(UserError):
                self.call(self.director, row, "write", {"date_to": "2026-12-20"})

    def test_one_takes_it_up_or_has_it_by_date(self):
        passive = self.make_substitution(mode="passive")
        self.make_substitution(
            deputy_id=self.third.id, date_from="2026-12-03", date_to="2026-12-03"
        )
        with freeze_time(DURING), self.assertRaises(UserError):
            self.call(self.deputy, passive, "action_adopt")

    def test_nobody_else_is_appointed_where_it_was_taken_up(self):
        passive = self.make_substitution(mode="passive")
        with freeze_time(DURING):
            self.call(self.deputy, passive, "action_adopt")
        self.refused(deputy_id=self.third.id, at=DURING)

    # --- a director's absence

    def test_direction(self):
        second = self.make_user("second_director", DIRECTOR)
        chief = self.make_user("chief", COMMERCIAL)
        self.make_substitution(
            principal_id=self.director.id,
            deputy_id=second.id,
            scope_direction=True,
            by=chief,
        )
        with freeze_time(BEFORE):
            self.assertFalse(self.branch._is_directed_by(second))
        with freeze_time(DURING):
            self.assertTrue(self.branch._is_directed_by(second))
            self.assertFalse(self.other_branch._is_directed_by(second))
            # decides about the managers, not about the absence of who is replaced
            self.make_substitution(by=second, at=DURING)
            self.refused(
                AccessError,
                by=second,
                at=DURING,
                principal_id=self.director.id,
                deputy_id=self.other_director.id,
                scope_invoices=False,
                date_from="2027-02-01",
                date_to="2027-02-02",
            )
        with freeze_time(AFTER):
            self.assertFalse(self.branch._is_directed_by(second))

    def test_what_direction_decides(self):
        second = self.make_user("second_director", DIRECTOR)
        self.make_substitution(
            principal_id=self.director.id,
            deputy_id=second.id,
            scope_direction=True,
            by=self.commercial,
        )

        def handover(to_user, **values):
            return self.env["customer.handover"].create(
                {
                    "from_user_id": self.principal.id,
                    "to_user_id": to_user.id,
                    "company_id": self.company.id,
                    "branch_id": self.branch.id,
                    "date_from": "2026-12-01",
                    "reason": "X",
                    "line_ids": [Command.create({"partner_id": self.customer.id})],
                    **values,
                }
            )

        row = handover(self.third)
        for moment in (BEFORE, AFTER):
            with freeze_time(moment), self.assertRaises(AccessError):
                row.with_user(second)._check_decider()
        with freeze_time(DURING):
            row.with_user(second)._check_decider()
            for taker in (second, self.director):
                with self.assertRaises(AccessError):
                    handover(taker).with_user(second)._check_decider()

    # --- who is asked about plans

    def test_an_absent_director_is_not_the_only_one_asked(self):
        plan = self.env["sales.plan"].create(
            {
                "user_id": self.principal.id,
                "period_id": self.env["sales.period"]
                ._for_date(self.company, datetime(2026, 12, 1).date())
                .id,
            }
        )
        second = self.make_user("second_director", DIRECTOR)
        self.make_substitution(
            principal_id=self.director.id,
            deputy_id=second.id,
            scope_direction=True,
            by=self.commercial,
        )
        with freeze_time(BEFORE):
            self.assertEqual(plan._get_approvers()[plan], self.director)
        with freeze_time(DURING):
            asked = plan._get_approvers()[plan]
            self.assertEqual(asked, self.director | self.commercial)
            self.assertFalse(plan.with_user(second)._is_judge())

    # --- the answer to customers meanwhile

    def test_out_of_office(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.principal.lang = "nl_NL"
        row = self.make_substitution()
        self.assertEqual(str(self.principal.out_of_office_from), FIRST)
        self.assertEqual(str(self.principal.out_of_office_to), STOP)
        message = str(self.principal.out_of_office_message)
        self.assertIn(self.deputy.name, message)
        self.assertIn("04-12-2026", message)
        with freeze_time(DURING):
            self.call(self.director, row, "write", {"date_to": "2026-12-09"})
        self.assertIn("09-12-2026", str(self.principal.out_of_office_message))
        self.assertEqual(
            self.principal.out_of_office_to, row.stop_at, "with the new end"
        )
        with freeze_time(DURING):
            self.call(self.director, row, "action_revoke")
        self.assertFalse(self.principal.out_of_office_from)
        self.assertFalse(self.principal.out_of_office_to)
        self.assertFalse(self.principal.out_of_office_message)

    def test_what_the_user_typed_stays(self):
        self.principal.out_of_office_message = "<p>Gone fishing</p>"
        row = self.make_substitution()
        self.assertFalse(self.principal.out_of_office_from)
        row.with_user(self.director).action_revoke()
        self.assertIn("Gone fishing", str(self.principal.out_of_office_message))
        # typed while it was in force
        self.principal.out_of_office_message = False
        row = self.make_substitution()
        self.principal.out_of_office_message = "<p>Still fishing</p>"
        row.with_user(self.director).action_revoke()
        self.assertIn("Still fishing", str(self.principal.out_of_office_message))
        self.assertFalse(self.principal.out_of_office_from)

    def test_the_next_absence_replaces_the_last_answer(self):
        self.make_substitution()
        self.make_substitution(
            at="2026-12-20 10:00:00",
            deputy_id=self.third.id,
            date_from="2026-12-21",
            date_to="2026-12-24",
        )
        self.assertIn(self.third.name, str(self.principal.out_of_office_message))
        self.assertEqual(str(self.principal.out_of_office_from), "2026-12-20 23:00:00")

    def test_one_of_two_deputies_remains(self):
        first = self.make_substitution(scope_invoices=False, scope_leads=False)
        self.make_substitution(deputy_id=self.third.id, scope_orders=False)
        self.assertIn(self.deputy.name, str(self.principal.out_of_office_message))
        with freeze_time(APPOINTED):
            first.with_user(self.director).action_revoke()
        self.assertIn(self.third.name, str(self.principal.out_of_office_message))

    def test_uninstalling_puts_the_answer_back(self):
        self.make_substitution()
        self.Substitution.sudo().search([])._take_back_away()
        self.assertFalse(self.principal.out_of_office_from)

    # --- told in words

    def test_the_error_after_the_end_explains(self):
        lead = self.env["crm.lead"].create(
            {"name": "Lead", "user_id": self.principal.id}
        )
        self.make_substitution()
        with freeze_time(DURING):
            self.call(self.deputy, lead, "web_save", {"name": "Seen"}, specification={})
        for moment, told in (
            (AFTER, True),
            (datetime(2026, 12, 4, 23) + timedelta(days=13), True),
            (datetime(2026, 12, 4, 23) + timedelta(days=15), False),
        ):
            with freeze_time(moment), self.assertRaises(AccessError) as raised:
                self.call(
                    self.deputy, lead, "web_save", {"name": "X"}, specification={}
                )
            words = f"Your substitution for {self.principal.name} ended"
            self.assertEqual(str(raised.exception).startswith(words), told, moment)
        with freeze_time(AFTER), self.assertRaises(AccessError) as raised:
            self.call(self.third, lead, "read", ["name"])
        self.assertNotIn("Your substitution", str(raised.exception))
        self.assertEqual(lead.name, "Seen")

    def test_a_form_open_while_it_was_revoked(self):
        lead = self.env["crm.lead"].create(
            {"name": "Lead", "user_id": self.principal.id}
        )
        row = self.make_substitution()
        with freeze_time(DURING):
            form = self.allowed(self.deputy)["crm.lead"].browse(lead.id)
            form.web_read({"name": {}})
            row.with_user(self.director).action_revoke()
            with self.assertRaisesRegex(AccessError, "Your substitution for"):
                self.call(
                    self.deputy, lead, "web_save", {"name": "X"}, specification={}
                )
