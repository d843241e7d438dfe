"""The door for the server that `ximu serve` starts: slow senders and slow readers hold no thread."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ximu.config.settings")
_inside = get_wsgi_application()

from django.conf import settings  # noqa: E402  only now are the settings there

from ximu.faces.operator.supervisor import end_with_server  # noqa: E402
from ximu.foundation.door import Door  # noqa: E402

SQLITE = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
application = Door(_inside, threads=1 if SQLITE else 4)
end_with_server()
