"""``python -m trade_assets``: the command line."""

from trade_assets.cli import main

main()
