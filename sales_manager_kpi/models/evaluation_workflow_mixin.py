from odoo import Command, api, fields, models
from odoo.exceptions import LockError, UserError

HEAD_ACTIVITY = "sales_manager_kpi.mail_activity_type_scorecard_head"
SELF_ACTIVITY = "sales_manager_kpi.mail_activity_type_scorecard_self"


class EvaluationWorkflowMixin(models.AbstractModel):
    """computed → self-assessment → head's assessment → agreed.

    ``_get_next_states`` is the one answer to "what may this user do"; buttons are
    computed from it and ``_check_transition`` enforces it.
    """

    _name = "evaluation.workflow.mixin"
    _description = "Who Moves a Scorecard Where"

    can_start = fields.Boolean(compute="_compute_can")
    can_assess = fields.Boolean(compute="_compute_can")
    can_hand_in = fields.Boolean(string="Can Submit", compute="_compute_can")
    can_return = fields.Boolean(compute="_compute_can")
    can_agree = fields.Boolean(compute="_compute_can")
    can_reopen = fields.Boolean(compute="_compute_can")

    @api.depends("state", "user_id", "branch_id", "period_id")
    @api.depends_context("uid")
    def _compute_can(self):
        for card in self:
            states = card._get_next_states()
            started = card.state != "computed"
            card.can_start = not started and bool(states)
            card.can_assess = bool(card._assessing_kind())
            card.can_hand_in = card.state == "self" and "head" in states
            card.can_return = card.state == "head" and "self" in states
            card.can_agree = "agreed" in states
            card.can_reopen = card.state == "agreed" and "head" in states

    # ------------------------------------------------------------------
    # Who may do what
    # ------------------------------------------------------------------

    def _get_next_states(self):
        """States the acting user may bring this scorecard to.

        Nobody judges themselves, whatever their group, and no month is judged before
        it ended.
        """
        self.ensure_one()
        own, judge = self.user_id == self.env.user, self._is_judge()
        if self.state == "agreed":
            return {"head"} if judge and self._may_reopen() else set()
        if not self._has_ended():
            return set()
        states = set()
        if self.state == "computed" and judge:
            states.add(self._first_state())
        if self.state == "self" and (own or judge):
            states.add("head")
        if self.state == "head" and judge:
            states |= {"self", "agreed"}
        return states

    def _is_judge(self):
        """Whether the acting user judges this manager."""
        self.ensure_one()
        return self.user_id != self.env.user and self.env["sales.plan"]._may_judge_for(
            self.branch_id
        )

    def _may_reopen(self):
        return self.env.user.has_group("sales_manager_kpi.group_commercial_director")

    def _has_ended(self):
        return self.period_id.date_to < self.branch_id._local_today()

    def _first_state(self):
        company = self.company_id
        return "self" if company.sales_manager_kpi_self_assessment else "head"

    def _assessing_kind(self):
        """ "self" or "head" where the acting user may give scores now, else None."""
        self.ensure_one()
        if self.state == "self" and self.user_id == self.env.user:
            return "self"
        if self.state == "head" and self._is_judge():
            return "head"
        return None

    def _check_transition(self, state, *froms):
        """Raise, naming the scorecards, unless all of them may go to ``state``."""
        wrong = self.filtered(
            lambda card: (
                (froms and card.state not in froms)
                or state not in card._get_next_states()
            )
        )
        if not wrong:
            return
        raise UserError(
            self.env._(
                "Nothing was done, since you cannot do this now with:\n%(reasons)s",
                reasons="\n".join(
                    f"- {card.display_name}: {card._why_not(state)}" for card in wrong
                ),
            )
        )

    def _why_not(self, state):
        if self.state == "agreed":
            if state == "head" and self._is_judge():
                return self.env._("it is agreed; the commercial director reopens it")
            return self.env._("it is agreed and stays as it is")
        if not self._has_ended():
            return self.env._("the month has not ended yet")
        if self.user_id == self.env.user and self.state != "self":
            return self.env._("nobody judges themselves")
        if self.user_id != self.env.user and not self._is_judge():
            return self.env._("it is for those who judge the managers of this branch")
        return self.env._("its status is “%(state)s”", state=self._state_label())

    def _state_label(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _check_not_agreed(self):
        agreed = self.filtered(lambda card: card.state == "agreed")
        if agreed:
            raise UserError(
                self.env._(
                    "What is agreed is not computed again:\n%(cards)s\nThe commercial "
                    "director can reopen it with a reason.",
                    cards="\n".join(f"- {card.display_name}" for card in agreed),
                )
            )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_start(self):
        """Begin the assessment: with the manager where the company asks for it."""
        self.check_access("read")
        for state, cards in self.grouped(lambda card: card._first_state()).items():
            cards._check_transition(state, "computed")
        self._start()
        return True

    def action_hand_in(self):
        """The manager, or the head without waiting for them, passes it on."""
        self.check_access("read")
        self._check_transition("head", "self")
        self._set_state("head")
        return True

    def action_agree(self):
        """Agree scorecards; all of them or none. From then on they stand."""
        self.check_access("read")
        self._check_transition("agreed")
        self._set_state(
            "agreed", agreed_by_id=self.env.uid, agreed_on=fields.Datetime.now()
        )
        self._mail_later("agreed")
        return True

    def action_assess(self):
        """Open the scores to be given, line by line."""
        self.ensure_one().check_access("read")
        kind = self._required_kind()
        assessment = self.env["evaluation.assessment"].create(
            {
                "scorecard_id": self.id,
                "kind": kind,
                "comment": self[f"{kind}_comment"],
                "line_ids": [
                    Command.create(line._prepare_assessment_line(kind))
                    for line in self.line_ids
                ],
            }
        )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.evaluation_assessment_action"
        )
        return {**action, "res_id": assessment.id}

    def action_return(self):
        """Ask for the reason, then ask the manager again."""
        self._check_transition("self", "head")
        return self._ask_reason("return")

    def action_reopen(self):
        """Ask for the reason, then reopen what was agreed."""
        self._check_transition("head", "agreed")
        return self._ask_reason("reopen")

    def return_cards(self, reason):
        """Ask the managers to assess themselves (again).

        :param str reason: what is missing; required
        :raises UserError: without a reason, or where one is not with its head
        """
        self.check_access("read")
        self._check_transition("self", "head")
        self._set_state("self", reason=self._required(reason))
        return True

    def reopen(self, reason):
        """Give agreed scorecards back to their heads; they are computed again.

        :param str reason: why; required
        :raises UserError: without a reason, or where one is not agreed
        """
        self.check_access("read")
        self._check_transition("head", "agreed")
        reason = self._required(reason)
        self._set_state("head", reason=reason, agreed_by_id=False, agreed_on=False)
        for period, cards in self.grouped("period_id").items():
            self._compute_period(period, cards.user_id)
        return True

    def _ask_reason(self, kind):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.evaluation_reason_action"
        )
        action["context"] = {"default_scorecard_ids": self.ids, "default_kind": kind}
        return action

    def _required(self, reason):
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Give the reason; the other side will read it."))
        return reason

    # ------------------------------------------------------------------
    # Work behind the buttons
    # ------------------------------------------------------------------

    def _start(self):
        for state, cards in self.grouped(lambda card: card._first_state()).items():
            cards._set_state(state)

    def _set_state(self, state, reason=None, **vals):
        self._lock()
        # sudo: nobody writes scorecards; the transition was checked before
        cards = self.sudo()
        cards.write({"state": state, **vals})
        cards.flush_recordset(["state"])
        if reason:
            for card in self:
                # sudo: as above
                card.sudo()._message_log(body=reason, author_id=self._author_id())
        self._update_activities(reason)

    def _author_id(self):
        return self.env.user.partner_id.id

    def _lock(self):
        # sudo: who may act here was checked before; nobody has the right to write
        try:
            # sudo: as above
            self.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is deciding on these scorecards right now. Reload "
                    "and try again."
                )
            ) from error

    def _update_activities(self, reason=None):
        """The one place that asks people to assess, and stops asking."""
        # sudo: asking a director is not writing in the director's name
        cards = self.sudo()
        types = [SELF_ACTIVITY, HEAD_ACTIVITY]
        cards.activity_feedback(types, user_id=self.env.uid)
        cards.activity_unlink(types)
        vals_list = [
            card._prepare_activity_vals(SELF_ACTIVITY, card.user_id, note=reason)
            for card in self
            if card.state == "self"
        ]
        heads = self.filtered(lambda card: card.state == "head")._get_approvers()
        for card, users in heads.items():
            for user in users:
                vals_list.append(
                    card._prepare_activity_vals(HEAD_ACTIVITY, user, note=reason)
                )
        # sudo: a task for whoever is next, asked for by the step just taken
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=len(self) > 1
        ).create(vals_list)

    def _untouched(self):
        """Those that nobody has said a word about: the system may drop them."""
        return self.filtered(
            lambda card: card.state == "computed" and not card.correction_ids
        )
