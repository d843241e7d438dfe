"""What another office runs so that a log cannot show two histories: it remembers, compares, and signs what grew honestly.

C2SP tlog-witness (`add-checkpoint`) and tlog-cosignature (`cosignature/v1`, Ed25519). Needs no server of the city's and no database:
one folder with a key, one remembered checkpoint per log, and the evidence of what was refused.
"""

from ximu_verify.witness.keeping import Refused, Witness
from ximu_verify.witness.serving import serve

__all__ = ["Refused", "Witness", "serve"]
