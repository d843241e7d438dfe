"""A web program that is never done loading: it says that it began (one letter to the descriptor it is told) and waits."""

import os
import threading

os.write(int(os.environ["XIMU_TEST_LOADING"]), b"l")
threading.Event().wait()
