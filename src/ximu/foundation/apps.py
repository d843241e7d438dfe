"""Foundation as a Django app: connects the wiring when everything is loaded."""

from importlib import import_module

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "ximu.foundation"
    label = "foundation"
    verbose_name = "基础"

    def ready(self) -> None:
        import_module("ximu.config.wiring").connect_all()
