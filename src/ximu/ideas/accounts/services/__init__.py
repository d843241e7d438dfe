"""The verbs of the room: accounts and grants, passwords, second factors, keys, the audit trail."""

from ximu.ideas.accounts.services.accounts import close_account, grant, open_account, reopen_account, revoke
from ximu.ideas.accounts.services.audit import note
from ximu.ideas.accounts.services.factors import begin_factor, check_factor, confirm_factor, drop_factor
from ximu.ideas.accounts.services.keys import issue_key, revoke_key
from ximu.ideas.accounts.services.passwords import change_password, issue_password

__all__ = [
    "begin_factor", "change_password", "check_factor", "close_account", "confirm_factor", "drop_factor", "grant",
    "issue_key", "issue_password", "note", "open_account", "reopen_account", "revoke", "revoke_key",
]
