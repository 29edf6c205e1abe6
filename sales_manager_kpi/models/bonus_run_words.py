from odoo import api, models
from odoo.tools import format_amount
from odoo.tools.misc import formatLang

MONEY = {"amount", "base", "each", "floor", "cap", "minimum"}
PERCENT_AXES = {"attainment", "growth", "discount"}


class BonusRunWords(models.AbstractModel):
    """Puts the trace of a line into the reader's language."""

    _name = "bonus.run.words"
    _description = "Pay Run: Words"

    @api.model
    def _trace_text(self, trace, currency):
        """Sentences of a trace, one a line, in the language of the environment.

        :param trace: ``[[key, values]]`` as lines keep it
        """
        sentences = self._sentences()
        spoken = [(key, self._spoken(values, currency)) for key, values in trace]
        # one sentence that says the amount is enough
        if len(spoken) > 1 and spoken[-1][0] == "amount":
            if spoken[-2][1].get("amount") == spoken[-1][1]["amount"]:
                spoken.pop()
        return "\n".join(sentences[key] % values for key, values in spoken)

    @api.model
    def _spoken(self, values, currency):
        axis = values.get("axis")
        spoken = {}
        for name, value in values.items():
            if value is None or not _is_number(value):
                spoken[name] = self._axis_words(value) if name == "axis" else value
            elif name in MONEY:
                spoken[name] = format_amount(self.env, float(value), currency)
            else:
                spoken[name] = self._figure(float(value), name == "position")
                if name in ("start", "position") and axis in PERCENT_AXES:
                    spoken[name] = self.env._("%(number)s %%", number=spoken[name])
        return spoken

    @api.model
    def _figure(self, number, is_position=False):
        """As exact as it is; a position short, if that hides no tier just missed."""
        digits = next((d for d in range(4) if round(number, d) == number), 4)
        if is_position and digits > 2 and round(number, 2) != round(number):
            digits = 2
        return formatLang(self.env, number, digits)

    @api.model
    def _axis_words(self, axis):
        return {
            "amount": self.env._("the base"),
            "attainment": self.env._("plan fulfilment"),
            "score": self.env._("the score"),
            "growth": self.env._("growth"),
            "count": self.env._("the number of new customers"),
            "discount": self.env._("the discount"),
        }.get(axis, axis)

    @api.model
    def _sentences(self):
        return {
            "share": self.env._("%(amount)s = %(base)s × %(rate)s %%"),
            "share_tier": self.env._(
                "%(amount)s = %(base)s × %(rate)s %%: tier from %(start)s, "
                "%(axis)s is %(position)s"
            ),
            "share_discount": self.env._(
                "%(amount)s = %(base)s × %(rate)s %%, by the discount of the lines"
            ),
            "tier_amount": self.env._(
                "%(amount)s: tier from %(start)s, %(axis)s is %(position)s"
            ),
            "below": self.env._(
                "Nothing: %(axis)s is %(position)s, below the first tier"
            ),
            "times": self.env._("%(amount)s = %(base)s × %(each)s"),
            "sum": self.env._("%(amount)s"),
            "no_base": self.env._("Nothing: %(axis)s has no base in this month"),
            "no_days": self.env._("Nothing: the month has no working days"),
            "no_growth": self.env._("Nothing: %(base)s is no growth"),
            "prorated": self.env._(
                "%(amount)s = %(rate)s %% of %(base)s, by working days in the branches"
            ),
            "floor": self.env._("At least %(floor)s instead of %(amount)s"),
            "cap": self.env._("At most %(cap)s instead of %(amount)s"),
            "gate_score": self.env._(
                "Nothing: the score is %(position)s, it pays from %(gate)s"
            ),
            "gate_attainment": self.env._(
                "Nothing: the plan is fulfilled by %(position)s %%, it pays from "
                "%(gate)s %%"
            ),
            "gate_scorecard": self.env._("Nothing: a gate of the scorecard is closed"),
            "amount": self.env._("Rounded: %(amount)s"),
            "multiplied": self.env._(
                "%(amount)s: %(base)s at %(rate)s %%, the score is %(position)s"
            ),
            "minimum": self.env._(
                "%(amount)s is missing from %(base)s to the minimum of %(minimum)s"
            ),
            "claw_back": self.env._(
                "%(amount)s = %(base)s × %(rate)s %%, the rate of %(month)s"
            ),
            "released": self.env._(
                "%(amount)s: %(rate)s %% of %(base)s held, paid %(days)s days late"
            ),
        }


def _is_number(value):
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True
