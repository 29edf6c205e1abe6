"""What the chapters of the story share: the people, goods and customers made so far."""

from dataclasses import dataclass, field


@dataclass
class World:
    """The company under construction; records are looked up by login, code or name."""

    env: object
    clock: object
    company: object
    first: object  # first day of the history
    last: object  # last day of the history
    users: dict = field(default_factory=dict)
    branches: dict = field(default_factory=dict)
    central: object = None
    products: dict = field(default_factory=dict)
    customers: dict = field(default_factory=dict)
    seed: int = 0

    def acting(self, login):
        """The environment of a user, without mails to whoever gets something."""
        return self.env(
            user=self.users[login].id,
            context={
                "allowed_company_ids": self.company.ids,
                "mail_auto_subscribe_no_notify": True,
                "mail_notify_force_send": False,
                "lang": "en_US",
                "tz": self.users[login].tz,
            },
        )

    def as_user(self, records, login):
        """The same records, seen by another user."""
        return records.with_env(self.acting(login))
