from odoo import api, models


class SalesSubstitutionResponsible(models.AbstractModel):
    """The part of ``sales.substitution`` that says who is responsible for what."""

    _name = "sales.substitution.responsible"
    _description = "Who Is Responsible"

    @api.model
    def _responsible(self, principals, company, moment, scope, references=()):
        """Who is responsible at ``moment`` for what belongs to ``principals``.

        Whoever stands in then, except for what was on the handover list: that was the
        principal's before, and stays theirs. In two queries.

        :param principals: the users something belongs to
        :param moment: naive UTC
        :param str scope: the area of substitution, without ``scope_``
        :param references: ``(principal id, model, document id)`` of single documents
        :return: ``{key: (user, substitution)}`` for the id of every principal, and for
            every reference; the substitution is empty where the principal is in charge
        """
        none = self.env["sales.substitution"]
        in_force = self._in_force(principals, company, moment, scope)
        by_principal = {
            user.id: (
                (in_force[user.id].deputy_id.sudo(False), in_force[user.id].sudo(False))
                if user.id in in_force
                else (user, none)
            )
            for user in principals
        }
        listed = self._listed(in_force.values(), references)
        found = dict(by_principal)
        for reference in references:
            principal = self.env["res.users"].browse(reference[0])
            default = (principal, none)
            found[reference] = (
                default
                if reference in listed
                else by_principal.get(principal.id, default)
            )
        return found

    @api.model
    def _listed(self, substitutions, references):
        """Those of ``references`` that are on the lists of ``substitutions``."""
        by_id = {s.id: s.principal_id.id for s in substitutions}
        ids = {document_id for _principal, _model, document_id in references}
        if not by_id or not ids:
            return set()
        # sudo: whether it was handed over, whoever asks; nothing else leaves
        items = (
            self.env["sales.handover.item"]
            .sudo()
            .search_fetch(
                [("substitution_id", "in", list(by_id)), ("res_id", "in", list(ids))],
                ["substitution_id", "res_model", "res_id"],
            )
        )
        return {
            (by_id[item.substitution_id.id], item.res_model, item.res_id)
            for item in items
        }
