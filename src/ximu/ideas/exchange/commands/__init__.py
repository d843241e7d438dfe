"""`ximu exchange` for us, `ximu peer` for the other side."""

from ximu.ideas.exchange.commands.exchange import exchange_group
from ximu.ideas.exchange.commands.peer import peer_group

__all__ = ["exchange_group", "peer_group"]
