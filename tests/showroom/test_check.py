from datetime import date

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import mute_logger

from ..common import SalesManagementCommon
from .common import ShowroomCommon

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
FAILED = "sales_manager_kpi.mail_activity_type_showroom_failed"
CHECK = "sales_manager_kpi.mail_activity_type_showroom_check"


class CheckCommon(ShowroomCommon):
    """Cards of velvet and lamps, of which the norm wants two and one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        here = cls.branch.id
        cls.make_norm(cls.velvet, cls.card, 2, weight=3.0, branch_id=here)
        cls.make_norm(cls.lamp, cls.card, 1, weight=1.0, branch_id=here)

    @classmethod
    def make_card(cls, product=None, **values):
        return cls.make_sample(product, cls.card, **values)

    @classmethod
    def make_check(cls, user=None, **values):
        values = {"branch_id": cls.branch.id, **values}
        Check = cls.env["showroom.check"].with_user(user or cls.manager_a)
        return Check.create(values)

    @classmethod
    def start(cls, user=None, **values):
        check = cls.make_check(user, **values)
        check.action_start()
        return check

    def line(self, check, sample):
        return check.line_ids.filtered(lambda line: line.sample_id == sample)

    def tasks(self, check, kind=FAILED):
        return check.sudo().activity_search([kind])


class TestCheck(CheckCommon):
    def test_lines_of_a_check(self):
        """A line for each sample that should be there, and for what the norm lacks."""
        shown = self.make_card(place="Stand 1")
        waiting = self.make_card()
        waiting.with_user(self.manager_a).action_replace()
        self.make_card().with_user(self.manager_a)._end("lost", "Gone")
        elsewhere = self.make_card(branch_id=self.other_branch.id)
        check = self.make_check()
        self.assertEqual((check.state, check.user_id), ("planned", self.director))
        with self.assertQueryCount(20):
            action = check.action_start()
        self.assertEqual(action["tag"], "sales_manager_kpi.showroom_check")
        self.assertEqual(action["params"], {"check_id": check.id})
        self.assertEqual(
            (check.state, check.started_by_id), ("in_progress", self.manager_a)
        )
        samples = check.line_ids.filtered("sample_id")
        self.assertEqual(samples.sample_id, shown | waiting)
        self.assertNotIn(elsewhere, samples.sample_id)
        first = self.line(check, shown)
        self.assertEqual(
            (first.result, first.place, first.condition, first.min_qty, first.weight),
            ("todo", "Stand 1", "a", 2, 3.0),
        )
        self.assertTrue(self.line(check, waiting).was_to_replace)
        gap = check.line_ids - samples
        self.assertEqual(
            (gap.product_id, gap.expected_qty, gap.result), (self.lamp, 1, "missing")
        )

    def test_few_queries_for_many_samples(self):
        """Begun and shown in as many queries for thirty samples as for five."""
        counts = []
        for number in (5, 25):
            for __ in range(number):
                self.make_card()
            check = self.make_check()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            check._start()
            self.env.flush_all()
            self.env.invalidate_all()
            shown = check.get_data()["lines"]
            counts.append(self.env.cr.sql_log_count - before)
            check.action_cancel()
        self.assertEqual(len(shown), 31)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_answers_and_figures(self):
        """Found, worn, missing; the figures are those of the lines."""
        good, worn, gone, lamp = (
            self.make_card(place="Stand 1"),
            self.make_card(place="Stand 2"),
            self.make_card(),
            self.make_card(self.lamp),
        )
        good.sudo().last_check_on = "2020-01-01"
        check = self.start()
        head = self.line(check, good).answer({"result": "found"})["check"]
        self.assertEqual((head["all"], head["todo"], head["found"]), (4, 3, 1))
        self.assertEqual(head["weighted"], 0.0)
        changes = self.line(check, lamp).answer({"condition": "b"}, "2020-01-01")
        self.assertEqual(changes["check"]["completeness"], 0.5)
        self.assertIn(
            self.line(check, good).id, [line["id"] for line in changes["lines"]]
        )
        self.line(check, worn).answer({"condition": "d", "note": "Coffee"})
        with self.assertRaisesRegex(UserError, "1 of 4"):
            check.finish()
        self.line(check, gone).answer({"result": "missing"})
        check.action_finish()
        self.assertEqual(check.state, "done")
        self.assertEqual(
            [
                check.due_count,
                check.satisfied_count,
                check.completeness,
                check.completeness_weighted,
                check.seen_count,
                check.stale_count,
                check.missing_count,
                check.worn_count,
            ],
            [2, 1, 0.5, 0.25, 3, 2, 1, 1],
        )
        self.assertAlmostEqual(check.fresh_share, 1 / 3, 4)
        self.assertEqual(check.done_on, self.branch._local_today())
        self.assertEqual(
            [
                (s.state, s.replace_reason, s.condition)
                for s in (good, worn, gone, lamp)
            ],
            [
                ("on_display", False, "a"),
                ("to_replace", "damaged", "d"),
                ("to_replace", "not_found", "a"),
                ("on_display", False, "b"),
            ],
        )
        self.assertEqual(good.last_check_on, self.branch._local_today())
        self.assertEqual(
            check.completeness, self.branch.showroom_completeness, "as the board says"
        )
        task = self.tasks(check)
        self.assertEqual(task.user_id, self.director)
        for words in (worn.barcode, "D: unfit", "Stand 2", "Coffee", "not found"):
            self.assertIn(words, task.note)
        self.assertNotIn(good.barcode, task.note)

    def test_newer_round_takes_over(self):
        """What a round asked for is asked again by the next one, and only by that."""
        self.make_card()
        first = self.start()
        first.finish(rest_missing=True)
        self.assertTrue(self.tasks(first))
        second = self.start()
        self.assertTrue(self.tasks(first), "until it is finished")
        second.finish(rest_missing=True)
        self.assertFalse(self.tasks(first))
        self.assertTrue(self.tasks(second))

    def test_nothing_failed_no_task(self):
        cards = [self.make_card(), self.make_card(), self.make_card(self.lamp)]
        check = self.start()
        for card in cards:
            self.line(check, card).answer({"result": "found"})
        check.finish()
        self.assertEqual((check.completeness, check.fresh_share), (1.0, 1.0))
        self.assertFalse(self.tasks(check))

    def test_lost_only_when_said(self):
        """A piece that is lost leaves the showroom's stock; one not found stays."""
        self.put(self.lamp, 2)
        lost, hidden = (self.make_sample(self.lamp, self.piece) for __ in range(2))
        check = self.start()
        line = self.line(check, lost)
        with self.assertRaisesRegex(UserError, "cannot be lost"):
            line.answer({"is_lost": True})
        line.answer({"result": "missing", "is_lost": True})
        check.action_finish_rest()
        self.assertEqual((lost.state, lost.end_reason), ("lost", check.display_name))
        self.assertEqual(
            (hidden.state, hidden.replace_reason), ("to_replace", "not_found")
        )
        self.assertEqual(self.quantity(self.lamp, self.branch.showroom_location_id), 1)

    def test_answer_taken_back(self):
        card = self.make_card()
        check = self.start()
        line = self.line(check, card)
        line.answer({"result": "missing", "is_lost": True})
        line.answer({"result": "found"})
        self.assertFalse(line.is_lost)
        line.answer({"result": "todo"})
        self.assertEqual((line.result, line.present_qty), ("todo", 0))
        self.assertEqual(line.checked_by_id, self.manager_a)

    def test_not_found_then_found(self):
        """What one check did not find, and the next did, is shown again."""
        card = self.make_card()
        self.start().action_finish_rest()
        self.assertEqual(card.replace_reason, "not_found")
        check = self.start()
        self.assertFalse(self.line(check, card).was_to_replace)
        check.scan(card.barcode)
        check.action_finish()
        self.assertEqual((card.state, card.replace_reason), ("on_display", False))
        self.assertEqual(check.satisfied_count, 0, "one of two")

    def test_changed_meanwhile(self):
        """What was taken out during the check is left alone by its end."""
        card, other = self.make_card(), self.make_card()
        check = self.start()
        card.with_user(self.manager_a)._end("scrap", "Torn")
        self.line(check, card).answer({"result": "missing", "is_lost": True})
        self.line(check, other).answer({"result": "found"})
        check.finish()
        self.assertEqual((card.state, card.end_reason), ("consumed", "Torn"))

    def test_photo_of_what_fails(self):
        self.card.check_photo = True
        card = self.make_card()
        check = self.start()
        line = self.line(check, card)
        line.answer({"condition": "c"})
        with self.assertRaisesRegex(UserError, card.barcode):
            check.finish()
        data = line.answer({"photo": PIXEL}, "2020-01-01")
        shown = [one for one in data["lines"] if one["id"] == line.id]
        self.assertTrue(shown[0]["has_photo"])
        check.finish()
        self.assertEqual(card.replace_reason, "worn")

    def test_bad_photo(self):
        check, line = self.started_with_card()
        with self.assertRaises(UserError):
            line.answer({"photo": "bm8gaW1hZ2U="})

    def started_with_card(self):
        card = self.make_card()
        check = self.start()
        return check, self.line(check, card)

    # ------------------------------------------------------------------
    # Scanned
    # ------------------------------------------------------------------

    def test_scan(self):
        card = self.make_card(place="Stand 1")
        check = self.start()
        found = check.scan(f" {card.barcode} ")
        self.assertEqual((found["kind"], found["check"]["found"]), ("success", 1))
        line = self.line(check, card)
        self.assertEqual(found["line_id"], line.id)
        self.assertEqual([one["id"] for one in found["lines"]], [line.id])
        found = check.scan(card.barcode, place="Stand 2")
        self.assertIn("from Stand 1 to Stand 2", found["message"])
        self.assertEqual((card.place, line.place), ("Stand 2", "Stand 2"))

    def test_scan_what_is_not_here(self):
        """Each says why, and changes nothing."""
        other = self.make_card(branch_id=self.other_branch.id)
        gone = self.make_card()
        gone.with_user(self.manager_a)._end("scrap", "Torn")
        lent = self.make_card()
        lent.sudo().state = "on_loan"
        self.make_card()
        check = self.start()
        for code, words in (
            ("NO-SUCH", "No sample has the barcode NO-SUCH"),
            ("", "No sample"),
            (None, "No sample"),
            (other.barcode, "belongs to"),
            (gone.barcode, "used up"),
            (lent.barcode, "on loan"),
        ):
            found = check.scan(code)
            self.assertEqual(found["kind"], "warning", code)
            self.assertIn(words, found["message"])
            self.assertFalse(found["line_id"])
        self.assertEqual(check.line_ids.sample_id.mapped("state"), ["on_display"])
        self.assertEqual(set(check.line_ids.mapped("result")), {"todo", "missing"})

    def test_scan_what_was_lost(self):
        """It is shown again, and the norm lacks one less."""
        card = self.make_card()
        card.with_user(self.manager_a)._end("lost", "Not found")
        check = self.start()
        gaps = check.line_ids.filtered(lambda line: line.product_id == self.velvet)
        self.assertEqual(gaps.expected_qty, 2)
        found = check.scan(card.barcode)
        self.assertIn("thought to be lost", found["message"])
        self.assertEqual(card.state, "on_display")
        self.assertEqual((gaps.expected_qty, check.added_count), (1, 1))
        new = self.make_card()
        check.scan(new.barcode)
        self.assertFalse(gaps.exists())
        check.finish()
        self.assertEqual((check.again_count, check.added_count), (1, 2))
        self.assertEqual((check.satisfied_count, check.due_count), (1, 2))

    def test_on_loan_counts_where_the_type_says(self):
        """A line that nobody has to look at, unless the sample comes back."""
        Sample = type(self.env["showroom.sample"])
        self.patch(
            Sample,
            "_present_domain",
            lambda self: Domain("state", "in", ("on_display", "on_loan")),
        )
        card = self.make_card(self.lamp)
        card.sudo().state = "on_loan"
        check = self.start()
        line = self.line(check, card)
        self.assertEqual((line.result, line.present_qty), ("on_loan", 1))
        with self.assertRaisesRegex(UserError, "nothing to look at"):
            line.answer({"result": "missing"})
        head = check.get_data()["check"]
        self.assertEqual((head["all"], head["completeness"]), (0, 0.5))
        card.sudo().state = "on_display"
        check.scan(card.barcode)
        self.assertEqual(line.result, "found")

    # ------------------------------------------------------------------
    # Bad input, and what is over
    # ------------------------------------------------------------------

    def test_one_at_a_time(self):
        self.make_card()
        self.start()
        second = self.make_check(self.director)
        with self.assertRaisesRegex(UserError, "is checking the showroom"):
            second.action_start()
        self.assertEqual(second.state, "planned")
        elsewhere = self.make_check(self.manager_b, branch_id=self.other_branch.id)
        elsewhere.action_start()

    def test_several_in_one_check(self):
        first, second = self.make_card(), self.make_card()
        check = self.start()
        self.line(check, first).answer({"result": "found"})
        theirs = check.with_user(self.director)
        since = theirs.get_data()["since"]
        self.line(theirs, second).answer({"result": "found"})
        seen = check.get_changes(since)
        self.assertIn(self.line(check, second).id, [r["id"] for r in seen["lines"]])
        theirs.finish()
        self.assertEqual((check.seen_count, check.done_by_id), (2, self.director))
        with self.assertRaisesRegex(UserError, "finished"):
            self.line(check, first).answer({"result": "missing"})

    def test_finished_stays(self):
        """Nobody changes or deletes a finished check, or a cancelled one."""
        done, line = self.started_with_card()
        line.answer({"result": "found"})
        done.finish()
        cancelled = self.start()
        cancelled.action_cancel()
        for check in (done, cancelled):
            for user in (self.manager_a, self.director, self.commercial, self.admin):
                own = check.with_user(user)
                for act in (
                    lambda own=own: own.write({"note": "No"}),
                    lambda own=own: own.write({"planned_on": "2020-01-01"}),
                    lambda own=own: own.write({"completeness": 1.0}),
                    lambda own=own: own.write({"state": "planned"}),
                    lambda own=own: own.unlink(),
                    lambda own=own: own.action_start(),
                    lambda own=own: own.action_cancel(),
                    lambda own=own: own.finish(),
                    lambda own=own: own.scan("X"),
                    lambda own=own: own.line_ids[0].write({"result": "missing"}),
                    lambda own=own: own.line_ids[0].write({"note": "No"}),
                    lambda own=own: own.line_ids.unlink(),
                ):
                    with self.assertRaises(UserError):
                        act()
        self.assertEqual((done.state, line.result), ("done", "found"))
        with self.assertRaisesRegex(UserError, "stays as it is"):
            done.with_user(self.manager_a).unlink()

    def test_cancelled_changes_no_sample(self):
        check, line = self.started_with_card()
        line.answer({"condition": "d"})
        check.action_cancel()
        self.assertEqual(
            (line.sample_id.state, line.sample_id.condition)[0], "on_display"
        )
        self.assertEqual(line.sample_id.condition, "a")
        self.start()

    def test_system_fields(self):
        check, line = self.started_with_card()
        for vals in ({"state": "done"}, {"completeness": 1}, {"done_on": "2026-01-01"}):
            with self.assertRaises(AccessError):
                check.write(vals)
            with self.assertRaises(AccessError):
                self.make_check(**vals)
        for vals in ({"sample_id": False}, {"weight": 9}, {"is_stale": False}):
            with self.assertRaises(AccessError):
                line.write(vals)
        with self.assertRaises(ValidationError):
            line.answer({"result": "on_loan"})
        with self.assertRaisesRegex(UserError, "nothing to look at"):
            (check.line_ids - line)[0].answer({"result": "found"})
        with self.assertRaisesRegex(UserError, "branch and day stay"):
            check.planned_on = "2026-01-01"
        with self.assertRaises(AccessError):
            self.env["showroom.check.line"].with_user(self.manager_a).create(
                {
                    "check_id": check.id,
                    "product_id": self.velvet.id,
                    "sample_type_id": self.card.id,
                }
            )
        with self.assertRaisesRegex(UserError, "in progress"):
            check.unlink()

    def test_branch_without_showroom(self):
        self.other_branch.has_showroom = False
        with self.assertRaisesRegex(ValidationError, "no showroom"):
            self.make_check(self.manager_b, branch_id=self.other_branch.id)

    def test_planned_is_deleted(self):
        check = self.make_check()
        check.note = "Half of it is being painted"
        check.unlink()
        self.assertFalse(check.exists())


class TestCheckRights(CheckCommon):
    def test_who_checks(self):
        """Who works in the branch, or directs it; the others look on."""
        card = self.make_card()
        for user in (self.manager_a, self.director, self.commercial):
            check = self.start(user)
            self.line(check, card).answer({"result": "found"})
            self.assertTrue(check.get_data()["check"]["can_answer"])
            check.finish()
        check = self.start()
        for user in (self.manager_b, self.other_director):
            own = check.with_user(user)
            self.assertFalse(own.get_data()["check"]["can_answer"])
            for act in (
                lambda user=user: self.make_check(user),
                lambda own=own: own.scan(card.barcode),
                lambda own=own: own.finish(),
                lambda own=own: own.action_cancel(),
                lambda own=own: self.line(own, card).answer({"result": "found"}),
                lambda own=own: self.line(own, card).write({"result": "found"}),
                lambda user=user: self.branch.with_user(user).action_check_showroom(),
            ):
                with self.assertRaises(AccessError):
                    act()
        for user in (self.plain, self.supervisor):
            with self.assertRaises(AccessError):
                check.with_user(user).get_data()
        self.assertEqual(self.line(check, card).result, "todo")

    def test_forms_open(self):
        check = self.start()
        for user in (self.manager_a, self.manager_b, self.director, self.commercial):
            SalesManagementCommon.open_form(check.with_user(user))
            SalesManagementCommon.open_form(check.line_ids[:1].with_user(user))
        card = self.make_card()
        for user in (self.manager_a, self.supervisor):
            SalesManagementCommon.open_form(card.with_user(user))

    def test_checks_of_a_sample(self):
        card = self.make_card()
        self.start().action_finish_rest()
        own = card.with_user(self.manager_a)
        self.assertEqual(own.check_line_count, 1)
        found = self.env["showroom.check.line"].search(
            own.action_open_checks()["domain"]
        )
        self.assertEqual(found.sample_id, card)

    def test_deputy(self):
        """Who stands in checks, is asked, and is named with whom it was for."""
        card = self.make_card()
        self.branch.showroom_user_id = self.manager_a
        substitution = (
            self.env["sales.substitution"]
            .with_user(self.director)
            .create({"principal_id": self.manager_a.id, "deputy_id": self.manager_b.id})
        )
        waiting = self.make_check(planned_on=self.branch._local_today())
        waiting.sudo()._ask_to_check()
        before = self.tasks(waiting, CHECK)
        self.assertEqual(before.user_id, self.manager_a)
        substitution.action_appoint()
        theirs = self.env["mail.activity"].with_user(self.manager_b)
        self.assertIn(before, theirs.search([("is_stood_in_for", "=", True)]))
        check = waiting.with_user(self.manager_b)
        check.action_start()
        self.assertEqual(check.acting_for_id, self.manager_a)
        self.line(check, card).answer({"condition": "d"})
        check.finish()
        self.assertEqual(self.tasks(check).user_id, self.manager_b)
        self.assertFalse(self.tasks(check, CHECK), "what was asked is done")
        substitution.action_revoke()
        with self.assertRaises(AccessError):
            self.make_check(self.manager_b)

    def test_companies(self):
        check = self.start()
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.make_user(
            "foreign", "sales_manager_kpi.group_commercial_director", other
        )
        Check = self.env["showroom.check"].with_user(foreign)
        self.assertFalse(Check.search([("id", "=", check.id)]))
        with self.assertRaises(AccessError):
            check.with_user(foreign).get_data()
        both = self.make_user(
            "both", "sales_manager_kpi.group_commercial_director", self.company | other
        )
        seen = check.with_user(both).with_context(allowed_company_ids=other.ids)
        with self.assertRaises(AccessError):
            seen.get_data()
        check.with_user(both).with_context(
            allowed_company_ids=(self.company | other).ids
        ).action_cancel()


class TestPlanned(CheckCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch.showroom_check_every_days = 7
        cls.branch.resource_calendar_id = cls.env.company.resource_calendar_id
        cls.Check = cls.env["showroom.check"]

    def planned(self):
        return self.Check.search(
            [("branch_id", "=", self.branch.id), ("state", "=", "planned")]
        )

    def test_next_working_day(self):
        with freeze_time("2026-11-21 10:00:00"):  # a Saturday
            self.Check._cron_plan()
            check = self.planned()
            self.assertEqual(check.planned_on, date(2026, 11, 23))
            self.assertFalse(self.tasks(check, CHECK), "it is not due yet")
            self.Check._cron_plan()
            self.assertEqual(self.planned(), check)
        with freeze_time("2026-11-23 10:00:00"):
            for __ in range(2):
                self.Check._cron_plan()
            task = self.tasks(check, CHECK)
            self.assertEqual((len(task), task.user_id), (1, self.director))
            check.with_user(self.manager_a).action_start()
            self.Check._cron_plan()
            self.assertFalse(self.planned(), "one is open")
            check.with_user(self.manager_a).action_finish_rest()
            self.assertEqual(self.planned().planned_on, date(2026, 11, 30))

    def test_holiday(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.branch.resource_calendar_id.id,
                "date_from": "2026-11-29 23:00:00",
                "date_to": "2026-11-30 22:59:59",
            }
        )
        self.assertEqual(
            self.branch._working_day(date(2026, 11, 28)), date(2026, 12, 1)
        )

    def test_late_is_never_planned_in_the_past(self):
        with freeze_time("2026-11-02 10:00:00"):
            self.start().action_finish_rest()
            self.planned().unlink()
        with freeze_time("2026-11-25 10:00:00"):
            self.Check._cron_plan()
            self.assertEqual(self.planned().planned_on, date(2026, 11, 25))

    def test_not_planned(self):
        """Inert: 0 days, and branches without a showroom."""
        self.branch.showroom_check_every_days = 0
        self.other_branch.write({"has_showroom": False, "showroom_check_every_days": 5})
        before = self.Check.search_count([])
        self.Check._cron_plan()
        self.assertEqual(self.Check.search_count([]), before)

    def test_tasks_follow_the_keeper(self):
        check = self.make_check(planned_on=self.branch._local_today())
        self.Check._cron_plan()
        self.assertEqual(self.tasks(check, CHECK).user_id, self.director)
        check.user_id = self.manager_a
        self.assertEqual(self.tasks(check, CHECK).user_id, self.manager_a)
        check.action_cancel()
        self.assertFalse(self.tasks(check, CHECK))

    def test_the_board(self):
        """Starts the planned one, goes on with the one in progress, else a new one."""
        self.Check._cron_plan()
        branch = self.branch.with_user(self.manager_a)
        planned = self.planned()
        self.assertEqual(branch.showroom_check_id, planned)
        action = branch.action_check_showroom()
        self.assertEqual(action["params"], {"check_id": planned.id})
        branch.invalidate_recordset()
        self.assertEqual(branch.showroom_check_state, "in_progress")
        self.assertEqual(branch.action_check_showroom()["params"], action["params"])
        planned.with_user(self.manager_a).action_finish_rest()
        self.branch.showroom_check_every_days = 0
        self.planned().unlink()
        new = branch.action_check_showroom()["params"]["check_id"]
        self.assertNotEqual(new, planned.id)
        domain = branch.action_open_showroom_checks()["domain"]
        self.assertIn(planned, self.Check.search(domain))

    def test_days_are_not_negative(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.branch.showroom_check_every_days = -1
            self.env.flush_all()
