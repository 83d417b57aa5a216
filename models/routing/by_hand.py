"""Routing a message by hand: what a person chose, after checking that they may do it themselves."""

from odoo.exceptions import UserError

from ...router.places import Route
from ..budget import OverBudget, budget_for, too_costly
from .delivery import Delivery
from .odoo_directory import OdooDirectory
from .routing_context import Batch


def route_by_hand(row, alias_id=None, model=None, res_id=None):
    """Take a row's message to an alias, to a record, or to a new record of a model.

    :raises UserError: when it cannot go there, in words for that person
    """
    env = row.env
    route = _chosen_route(env, alias_id, model, res_id)
    # sudo and root: the message is posted as the gateway posts, in the customer's name. What the
    # person may do was checked in _chosen_route.
    routed = row.with_user(env.ref("base.user_root")).sudo()
    if not routed.has_source:
        raise UserError(
            env._(
                "“%(subject)s” is still only in the mailbox. If it is too large, raise the "
                "account's size limit. Then choose “Route Again”, which fetches it.",
                subject=row.display_name,
            )
        )
    if route.target in routed.route_ids.mapped("target"):
        raise UserError(
            env._("“%(subject)s” has already been routed there.", subject=row.display_name)
        )
    explanation = env._("Routed by %(user)s", user=env.user.name)
    budget = budget_for(routed)
    try:
        with budget:
            Delivery(routed, Batch(routed.env)).route_to(route, explanation)
    except OverBudget as over:  # the request is rolled back with it
        raise UserError(too_costly(env, budget.spent)) from over
    # sudo: the queue is woken, which sends what the records' applications wrote
    env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()


def _chosen_route(env, alias_id, model, res_id):
    if alias_id:
        return _route_to_alias(env, alias_id)
    if model not in env or not hasattr(env[model], "message_post"):
        raise UserError(
            env._(
                "Records of type “%(model)s” cannot receive emails. Choose another type.",
                model=model,
            )
        )
    if not res_id:
        env[model].check_access("create")
        return Route(model)
    record = env[model].browse(res_id).exists()
    if not record:
        raise UserError(env._("This record no longer exists. Choose another one."))
    record.check_access("write")
    return Route(model, record.id)


def _route_to_alias(env, alias_id):
    # sudo: aliases are readable by administrators only; the right on what it makes counts
    alias = env["mail.alias"].sudo().browse(alias_id).exists()
    if not alias:
        raise UserError(env._("This alias no longer exists. Choose another one."))
    target = env[alias.alias_model_id.model]
    if alias.alias_force_thread_id:
        target.browse(alias.alias_force_thread_id).check_access("write")
    else:
        target.check_access("create")
    # sudo: addresses of aliases are compared, never shown
    known = OdooDirectory(env(su=True)).alias(alias.id)
    if not known:
        raise UserError(
            env._(
                "%(alias)s has no address. Give it a name and a domain first.",
                alias=alias.display_name,
            )
        )
    return Route(known.model, known.force_thread_id, alias=known)
