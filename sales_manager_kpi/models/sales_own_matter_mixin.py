from odoo import models


class SalesOwnMatterMixin(models.AbstractModel):
    """Nobody decides about their own, nor about that of whom they stand in for."""

    _name = "sales.own.matter.mixin"
    _description = "Four Eyes"

    def _own_people(self):
        """Whose matter it is: who asked for it, and for whom."""
        raise NotImplementedError

    def _is_own_matter(self, user):
        """Whether ``user`` is one of these, or acts for one now, in whatever area."""
        self.ensure_one()
        selves = self.env["sales.substitution"]._selves(user)
        return bool(self._own_people() & selves)
