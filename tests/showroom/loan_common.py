from odoo import Command

from .common import ShowroomCommon, ShowroomWorld


class LoanWorld(ShowroomWorld):
    """Two velvet swatches, a card and a lamp on display, to lend."""

    @classmethod
    def _make_samples(cls):
        cls.put(cls.velvet, 30, "R30")
        cls.put(cls.lamp, 5)
        cls.sample_1 = cls.make_sample()
        cls.sample_2 = cls.make_sample()
        cls.lamp_shown = cls.make_sample(cls.lamp, cls.piece)
        cls.card_shown = cls.make_sample(kind=cls.card)

    @classmethod
    def lend(cls, *samples, user=None, **values):
        """A loan of these samples to the customer, lent by ``user``."""
        loan = (
            cls.env["showroom.loan"]
            .with_user(user or cls.manager_a)
            .create(
                {
                    "branch_id": samples[0].branch_id.id,
                    "partner_id": cls.customer.id,
                    "line_ids": [
                        Command.create({"sample_id": sample.id}) for sample in samples
                    ],
                    **values,
                }
            )
        )
        loan._lend()
        return loan

    @classmethod
    def back(cls, loan, *samples, condition="b", user=None):
        """These samples come back; all that is out where none is named."""
        loan = loan.with_user(user or cls.manager_a)
        lines = loan.line_ids.filtered(
            lambda line: line.sample_id in samples if samples else line.state == "out"
        )
        loan._take_back(dict.fromkeys(lines, condition))


class LoanCommon(LoanWorld, ShowroomCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_samples()
