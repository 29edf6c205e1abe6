from contextlib import contextmanager

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tools import mute_logger

from ..common import MANAGER

# The period of every test here that moves the clock, and the moments around it.
START, STOP = "2026-11-30 23:00:00", "2026-12-04 23:00:00"
BEFORE, FIRST = "2026-11-30 22:59:59", START
LAST, AFTER = "2026-12-04 22:59:59", STOP
DURING = "2026-12-02 10:00:00"
APPOINTED = "2026-11-27 09:00:00"


class SubstitutionWorld:
    """``manager_a`` is absent in the first week of December; ``deputy`` stands in."""

    @classmethod
    def _make_deputy(cls):
        cls.principal = cls.manager_a
        cls.deputy = cls.make_user("deputy", MANAGER)
        cls.third = cls.make_user("third", MANAGER)
        cls.env["sales.branch.member"].create(
            [
                {"branch_id": cls.branch.id, "user_id": u.id, "date_from": "2020-01-01"}
                for u in (cls.deputy, cls.third)
            ]
        )

    @classmethod
    def make_substitution(cls, appoint=True, at=APPOINTED, **values):
        """Of the first week of December unless said otherwise, by the director."""
        values = {
            "principal_id": cls.principal.id,
            "deputy_id": cls.deputy.id,
            "date_from": "2026-12-01",
            "date_to": "2026-12-04",
            **values,
        }
        director = values.pop("by", cls.director)
        with freeze_time(at):
            rows = cls.env["sales.substitution"].with_user(director)
            row = rows.with_company(cls.company).create(values)
            if appoint:
                row.action_appoint()
        return row.sudo()

    @classmethod
    def allowed(cls, user, companies=None):
        """The environment of a request of ``user``."""
        companies = companies or cls.company
        context = {"allowed_company_ids": companies.ids, "lang": "en_US"}
        return cls.env(user=user.id, context=context, su=False)

    def call(self, user, records, method, *args, companies=None, **kwargs):
        """Call as the web client does; nothing but the exception stays."""
        model = self.allowed(user, companies)[records._name]
        return call_kw(model, method, [records.ids, *args], kwargs)

    @contextmanager
    def undone(self):
        """Whatever happens inside leaves nothing behind."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all(flush=False)

    def may(
        self, user, operation, records, create_vals=None, write_vals=None, **kwargs
    ):
        """Whether the server lets ``user`` do ``operation`` by a remote call."""
        model = self.allowed(user, **kwargs)[records._name]
        with self.undone(), mute_logger("odoo.addons.base.models.ir_rule"):
            try:
                if operation == "read":
                    found = call_kw(model, "search", [[("id", "in", records.ids)]], {})
                    call_kw(model, "read", [records.ids, ["display_name"]], {})
                    return sorted(found) == sorted(records.ids)
                if operation == "write":
                    call_kw(model, "write", [records.ids, write_vals or {}], {})
                elif operation == "create":
                    call_kw(model, "create", [create_vals], {})
                else:
                    call_kw(model, "unlink", [records.ids], {})
                self.env.flush_all()
            except UserError:  # access, or nobody by this way
                return False
        return True
