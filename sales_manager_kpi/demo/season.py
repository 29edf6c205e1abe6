"""How the year of Lakenhal Textiles goes, taken from its own history."""

from odoo.fields import Command

from .calendar import last_working_day, months_between

FULL_YEAR = 13  # months after which twelve full ones lie behind
CATEGORY = "Upholstery fabrics"  # refits go by another season than curtains


class Season:
    """The commercial director learns the season once there is a year to learn from."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda

    def note(self):
        """In the morning of the day on which the next month is drafted."""
        if months_between(self.world.first, self.world.last) >= FULL_YEAR - 1:
            self.agenda.note(last_working_day(self.world.last), 9, self.learn)

    def learn(self, *__):
        """One profile for everything, one for a category where the addon has it."""
        env = self.world.acting("carla")
        Profile = env["sales.season.profile"]
        profiles = Profile.create(
            {"name": "Whole year", "company_id": self.world.company.id, "years": 1}
        )
        category = env["product.category"].search([("name", "=", CATEGORY)], limit=1)
        if category:
            profiles |= Profile.create(
                {
                    "name": CATEGORY,
                    "company_id": self.world.company.id,
                    "categ_ids": [Command.set(category.ids)],
                    "years": 1,
                }
            )
        profiles.action_compute()
