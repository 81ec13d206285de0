"""What an account has subscribed to: a plan for the organizations that it pays for, and how that stands."""

from typing import get_args

from hyway.domain import identity
from hyway.domain.billing import accounts, payments, plans, rules, spent
from hyway.domain.billing.plans import PLANS, Plan
from hyway.domain.billing.records import Account, Status, Subscription
from hyway.domain.billing.store import invoices as invoice_store
from hyway.domain.billing.store import methods as method_store
from hyway.domain.billing.store import subscriptions as store
from hyway.domain.identity import NOBODYS, Caller
from hyway.kernel import clock
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Taken


def of(r: Read, account: Account) -> Subscription:
    return store.of(r, account.seq)


def move(w: Write, by: Caller, id: str, status: str) -> Subscription:
    """The status that somebody asks for; Taken for one that may not follow (`rules.ASKED`). The one that it has is
    nothing new. Paused or canceled, it costs nothing, and its organizations are on the free plan."""
    account = accounts.find(w, by, id, "manage")
    if status not in get_args(Status):
        raise Invalid("status", "must be equal to one of the allowed values")
    wanted = next(each for each in get_args(Status) if each == status)
    old = store.lock(w, account.seq)
    if wanted == old.status:
        return old
    if wanted not in rules.ASKED[old.status]:
        text = "A subscription that is {old} cannot become {new} this way"
        raise Taken("", text, old=old.status, new=wanted)
    if wanted == "Active":
        _check_method(w, account, PLANS[old.plan])
    return _become(w, by, account, old, wanted)


def choose(w: Write, by: Caller, id: str, plan: str) -> Subscription:
    """Puts the account on a plan from this instant on; a canceled or paused subscription begins anew. Taken for a plan
    that costs something where nothing is there to pay with and a provider collects."""
    account = accounts.find(w, by, id, "manage")
    chosen = plans.plan(plan)
    old = store.lock(w, account.seq)
    if not chosen.is_offered and chosen.name != old.plan:
        raise Invalid("plan", "must be one of {plans}", plans=", ".join(_offered()))
    _check_method(w, account, chosen)
    return _put(w, by, account, old, chosen)


def put(w: Write, by: Caller, account: Account, plan: str) -> Subscription:
    """The same as the operator does it: any plan, whatever there is to pay with."""
    return _put(w, by, account, store.lock(w, account.seq), plans.plan(plan))


def offered() -> list[Plan]:
    """The plans that owners may choose."""
    return [PLANS[name] for name in _offered()]


def owes(w: Write, account: Account) -> None:
    """An invoice is overdue."""
    old = store.lock(w, account.seq)
    if old.status == "Active":
        _become(w, identity.server(NOBODYS), account, old, "PastDue")


def owes_no_more(w: Write, account: Account) -> None:
    """An invoice was paid or need not be; others may be overdue still."""
    old = store.lock(w, account.seq)
    if old.status == "PastDue" and not invoice_store.is_late(w, account.seq, clock.now()):
        _become(w, identity.server(NOBODYS), account, old, "Active")


def _put(w: Write, by: Caller, account: Account, old: Subscription, plan: Plan) -> Subscription:
    status: Status = old.status if old.status == "PastDue" else "Active"
    new = store.change(w, account.seq, plan=plan.name, status=status)
    if (new.plan, new.status) != (old.plan, old.status):
        if rules.in_force(old) != new.plan or old.status != new.status:
            _switch(w, account, new.plan)
        accounts.tell(w, by, account, "subscription.changed", {"plan": new.plan, "status": status})
    _gate(w, by, account, new)
    return new


def _become(w: Write, by: Caller, account: Account, old: Subscription, status: Status) -> Subscription:
    if status not in rules.MOVES[old.status]:
        raise ValueError(f"{old.status} does not become {status}")
    new = store.change(w, account.seq, status=status)
    was, is_ = (each.status in ("Active", "PastDue") for each in (old, new))
    if was != is_:
        _switch(w, account, new.plan if is_ else None)
        _gate(w, by, account, new)
    accounts.tell(w, by, account, "subscription.changed", {"plan": new.plan, "status": status})
    return new


def _switch(w: Write, account: Account, plan: str | None) -> None:
    now = clock.now()
    store.switch(w, account.seq, plan, now, spent.today(w, account.seq, now))


def _gate(w: Write, by: Caller, account: Account, of: Subscription) -> None:
    """Every organization that the account pays for has its plan."""
    plan = rules.in_force(of)
    for each in identity.choices.paid_from(w, account.seq, clock.now()):
        if each.plan != plan:
            identity.change_plan(w, each.seq, plan, by)


def _check_method(w: Write, account: Account, plan: Plan) -> None:
    if payments.of_new(account, w.services) == "Offline" or not rules.is_paid(plans.price(w.terms, plan)):
        return
    if not method_store.of_each(w, [account.seq])[account.seq]:
        raise Taken("", "A plan that costs something needs a payment method first")


def _offered() -> list[str]:
    return [name for name, each in PLANS.items() if each.is_offered]
