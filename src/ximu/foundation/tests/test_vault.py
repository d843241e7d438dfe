"""What lies sealed opens as it was, and in no other form."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import LazySettings

from ximu.foundation import vault


@pytest.mark.parametrize("size", [0, 1, vault.PIECE_BYTES - 1, vault.PIECE_BYTES, vault.PIECE_BYTES + 1, 2 * vault.PIECE_BYTES])
def test_a_stream_opens_as_it_was_and_in_no_other_form(settings: LazySettings, tmp_path: Path, size: int) -> None:
    settings.XIMU_HOME = tmp_path
    plain = bytes(range(256)) * (size // 256 + 1)
    sealed = b"".join(vault.seal_stream([plain[:size]]))
    assert b"".join(vault.unseal_stream(io.BytesIO(sealed))) == plain[:size]
    piece, head = vault.PIECE_BYTES + vault.TAG_BYTES, len(vault.STREAM) + vault.PREFIX_BYTES
    wrong = [sealed[:-1], sealed[:head] + sealed[head + piece:], sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:head - 1] + bytes([sealed[head - 1] ^ 1]) + sealed[head:]]
    for text in wrong if size else wrong[:1]:
        with pytest.raises(InvalidTag):
            list(vault.unseal_stream(io.BytesIO(text)))
