"""Verbs of the exchange, the only writers of its tables."""

from ximu.ideas.exchange.services.closing import close_channel, propose_closing, withdraw_closing
from ximu.ideas.exchange.services.forwarding import answer_closed, register_desk, register_lead_desk, register_withdrawer
from ximu.ideas.exchange.services.keys import key_in, own
from ximu.ideas.exchange.services.queueing import (
    Setup,
    forget,
    on_closed,
    on_moved,
    on_opened,
    open_channel,
    queue,
    queue_closed,
    stop_share,
)
from ximu.ideas.exchange.services.recalling import follow_policy
from ximu.ideas.exchange.services.receiving import answer_trial, receive
from ximu.ideas.exchange.services.reconciling import balanced, state
from ximu.ideas.exchange.services.registering import confirm, decline, register, withdraw
from ximu.ideas.exchange.services.sending import Sent, escalate, pack, send, settle, sweep
from ximu.ideas.exchange.services.transport import write_whole

__all__ = [
    "Sent", "Setup", "answer_closed", "answer_trial", "balanced", "close_channel", "confirm", "decline", "escalate", "follow_policy",
    "forget", "key_in", "on_closed", "on_moved", "on_opened", "open_channel", "own", "pack", "propose_closing", "queue", "queue_closed",
    "receive", "register", "register_desk", "register_lead_desk", "register_withdrawer", "send", "settle", "state", "stop_share", "sweep",
    "withdraw", "withdraw_closing", "write_whole",
]
