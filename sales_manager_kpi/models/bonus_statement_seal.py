from odoo import api, models
from odoo.exceptions import UserError

from ..engine.pay_month import canonical, seal
from ..engine.trade_bonus import ZERO
from .bonus_statement import LOCKED
from .bonus_statement_keep import _spelled


class BonusStatement(models.Model):
    """Locked figures: what seals them, and whether they still are what they were."""

    # The seal has a file of its own.
    _inherit = "bonus.statement"  # pylint: disable=consider-merging-classes-inherited

    def _seal(self):
        """A hash over every figure of the statement, and over whose it is."""
        self.ensure_one()
        inputs = self.sudo().inputs  # sudo: the figures do not depend on who asks
        return seal(
            {
                "who": [self.user_id.id, self.company_id.id, str(self.date_from)],
                **self._kept(),
                **({"inputs": inputs} if inputs else {}),
            }
        )

    def _verify(self):
        """Whether locked statements still are what was sealed, and computed.

        Their rows give the hash, and the frozen facts of their months, computed again,
        give the same figures to the byte.

        :return: ``{statement: what is wrong}``; empty where nothing is
        """
        wrong = {}
        # sudo: figures do not depend on who verifies them
        locked = self.sudo().filtered(lambda one: one.state in LOCKED)
        for statement in locked:
            if statement._seal() != statement.hash:
                wrong[statement] = self.env._("The seal is broken: rows were changed.")
        whole = locked.filtered(lambda one: one not in wrong)
        for period, statements in whole.grouped("period_id").items():
            again = statements._computed_again(period)
            for statement in statements:
                if again[statement] != canonical(statement._kept()):
                    wrong[statement] = self.env._(
                        "Computed again it comes out otherwise."
                    )
        return wrong

    def _computed_again(self, period):
        """``{statement: its figures, spelled}`` from the rows of a closed month.

        By what was kept beside them, whatever has become of it since.
        """
        kept = {one.user_id.id: one.inputs for one in self if one.inputs}
        paid_by = {user_id: one for user_id, one in kept.items() if one["scheme"]}
        names = {row.move_key: row.move_name for row in self.holdback_ids}
        run = self.env["bonus.run"].with_context(lang=None, pay_names=names)
        results = run._compute_kept(period, paid_by)
        results |= self._others_kept(
            {user_id: kept[user_id] for user_id in kept.keys() - paid_by.keys()}
        )
        unknown = self.user_id.filtered(lambda user: user.id not in kept)
        if unknown:
            results |= self._run(period, unknown)
            results |= self._others(period, set(unknown.ids) - results.keys())
        Adjustment = self.env["bonus.adjustment"]
        rows = Adjustment.search([("statement_id", "in", self.ids)], order="id")
        adjustments = {
            one.id: list(own) for one, own in rows.grouped("statement_id").items()
        }
        paid = self._paid_before(period)
        return {
            statement: _spelled(
                *self._prepare_statement(
                    results[statement.user_id.id],
                    adjustments.get(statement.id, []),
                    paid.get(statement.user_id.id, ZERO),
                )
            )
            for statement in self
        }

    @api.model
    def _recall_invoices(self):
        """Number the holdbacks of invoices that were deleted, as they were sealed.

        A statement kept which invoices waited for their payment, and holdbacks of a
        line follow them in order; where the seal says otherwise nothing is changed.
        """
        # sudo: the system gives back what a deletion took from its own rows
        Holdback = self.env["bonus.holdback"].sudo()
        rows = Holdback.search([("move_id", "=", False), ("move_key", "=", 0)])
        for statement, gone in rows.grouped("statement_id").items():
            components = (statement.inputs or {}).get("components", {})
            known = statement.holdback_ids - gone
            found = {}
            for line, own in gone.grouped("line_id").items():
                kept = components.get(str(line.component_id.id), {}).get("waiting", ())
                others = known.filtered(lambda row, line=line: row.line_id == line)
                there = set(others.mapped("move_key"))
                missing = sorted(set(kept) - there)
                if len(missing) == len(own):
                    found.update(zip(own.sorted("id"), missing, strict=True))
            for row, move in found.items():
                row.move_key = move
            if statement.hash and statement._seal() != statement.hash:
                gone.move_key = False

    def action_verify(self):
        """Say whether these locked statements are still what was sealed."""
        self._check_payer()
        wrong = self._verify()
        if wrong:
            raise UserError(
                "\n".join(f"{one.display_name}: {why}" for one, why in wrong.items())
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Nothing has changed since it was locked."),
            },
        }
