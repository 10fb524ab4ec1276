"""Start the parser: ``python -I common/files/parsing <kind>``, of the kinds that ``child.py`` knows."""

import sys
from importlib import import_module
from pathlib import Path

# In isolated mode this project is not on the path; nothing of it but this package is imported.
sys.path.append(str(Path(__file__).resolve().parents[3]))

if __name__ == "__main__":
    import_module("common.files.parsing.child").main(sys.argv[1])
