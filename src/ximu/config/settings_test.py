"""Settings under which the tests run; `DATABASE_URL` chooses the engine."""

from __future__ import annotations

import os
import tempfile
from ipaddress import ip_network

os.environ.update(  # each process of tests has a home of its own: what is missing in its database, another's may hold
    {} if "XIMU_HOME" in os.environ and os.environ.get("HOME_OF_WORKER", "") == os.environ.get("PYTEST_XDIST_WORKER", "") else
    {"XIMU_HOME": tempfile.mkdtemp(prefix="ximu-test-"), "HOME_OF_WORKER": os.environ.get("PYTEST_XDIST_WORKER", "")})
os.environ.setdefault("DATABASE_URL", "sqlite://")
from ximu.config.settings import *  # noqa: F403
from ximu.config.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
XIMU_MFA = "optional"
XIMU_NETWORKS = (ip_network("127.0.0.0/8"),)
XIMU_LOOPBACK = True
XIMU_TILE_SECONDS = 0
XIMU_API_PACE = 0
