"""The numbers of a meeting, read out of the warehouse once a run: every chart and the pack show the same.

What is here: when what was read may be used again. What is not: reading (board/data.py), and what is made of it.
"""

import hashlib

from safer_assets.board.data import read_board
from safer_assets.charts.context import BoardData
from safer_assets.models.build import published_state
from safer_assets.refresh import BoardRefresh
from safer_assets.warehouse import Connection

_READ: dict[str, BoardData] = {}
"""What was read last, under what it was read from; reading it for each chart took longer than finding them drawn."""


def board_numbers(con: Connection, refresh: BoardRefresh) -> BoardData:
    """The board's data of the published models; read again when they, the partnership or the store have changed."""
    settings = refresh.settings()
    read_from = (str(refresh.warehouse_file), refresh.is_sample, settings, published_state(con))
    key = hashlib.sha256(repr(read_from).encode()).hexdigest()
    if key not in _READ:
        _READ.clear()
        _READ[key] = read_board(con, settings, sample=refresh.is_sample)
    return _READ[key]
