"""ledger: the transparency log. Proof that nothing was altered, back-dated or dropped."""
