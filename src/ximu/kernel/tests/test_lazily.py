"""A lazy module is the module; it is loaded with the first attribute, in another process too."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ximu.kernel.lazily import Lazily


def test_it_is_the_module_and_a_wrong_name_is_told() -> None:
    lazy = Lazily("colorsys")
    assert lazy.rgb_to_hsv is __import__("colorsys").rgb_to_hsv
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = lazy.no_such_thing
    with pytest.raises(ModuleNotFoundError):
        _ = Lazily("no_such_module").anything


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    code = ("import sys; from ximu.kernel.lazily import Lazily; m = Lazily('colorsys'); assert 'colorsys' not in sys.modules; "
            "m.rgb_to_hsv; assert 'colorsys' in sys.modules")
    subprocess.run([sys.executable, "-c", code], check=True)
