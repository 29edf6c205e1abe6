from odoo import models


class SalesPlanBridgeWords(models.AbstractModel):
    """What each step of the bridge says; engine/bridge.py does what is written here."""

    _name = "sales.plan.bridge.words"
    _description = "Words of the Plan-Fact Bridge"

    def _words(self):
        """Every step: its name, what it says, and its formula."""
        return [
            {
                "code": "volume",
                "name": self.env._("Volume"),
                "words": self.env._("More or less was sold than the plan assumed."),
                "formula": self.env._(
                    "(quantity sold − planned quantity) × planned net price, without "
                    "what is under availability"
                ),
            },
            {
                "code": "availability",
                "name": self.env._("Availability"),
                "words": self.env._(
                    "Ordered and promised, but the goods were not there to deliver."
                ),
                "formula": self.env._(
                    "order lines past their promised date, neither delivered nor "
                    "reserved; never more than the missing volume"
                ),
            },
            {
                "code": "mix",
                "name": self.env._("Mix"),
                "words": self.env._(
                    "More expensive or cheaper products were sold than before."
                ),
                "formula": self.env._(
                    "quantity sold × (average reference price of what was sold − "
                    "average reference price), at planned discount and returns"
                ),
            },
            {
                "code": "price",
                "name": self.env._("Price"),
                "words": self.env._(
                    "The same products were sold at other gross prices."
                ),
                "formula": self.env._(
                    "gross sales − gross sales at reference prices, at planned "
                    "discount and returns"
                ),
            },
            {
                "code": "discount",
                "name": self.env._("Discount"),
                "words": self.env._("More or less discount was given than before."),
                "formula": self.env._(
                    "(reference discount rate − discount rate) × gross sales, at "
                    "planned returns"
                ),
            },
            {
                "code": "returns",
                "name": self.env._("Returns"),
                "words": self.env._("More or less was credited than before."),
                "formula": self.env._(
                    "(reference return rate − return rate) × sales after discount"
                ),
            },
            {
                "code": "without",
                "name": self.env._("No reference"),
                "words": self.env._(
                    "Categories that were not sold in the reference: there is nothing "
                    "to compare with, so the difference stays whole."
                ),
                "formula": self.env._("fact − plan"),
            },
        ]
