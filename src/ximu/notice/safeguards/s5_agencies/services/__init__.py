"""Verbs of row S5: agencies and products, contracts and their end, files of items, indices and uses, verdicts."""

from functools import partial

from ximu.notice.safeguards.s5_agencies import queries
from ximu.notice.safeguards.s5_agencies.services.contracts import check_return, end_contract, enter_contract, give_back, revoke_due
from ximu.notice.safeguards.s5_agencies.services.files import deliver, judge
from ximu.notice.safeguards.s5_agencies.services.registering import list_product, register_agency

LOADERS = {name: partial(deliver, name) for name in (queries.USES, queries.FEEDS, queries.INDEX)}
DAILY = {"agency_keys_revoked": revoke_due}

__all__ = [
    "check_return", "deliver", "end_contract", "enter_contract", "give_back", "judge", "list_product", "register_agency",
    "revoke_due",
]
