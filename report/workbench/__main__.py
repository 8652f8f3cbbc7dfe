"""The programs of the workbench's jobs: ``python -m report.workbench read``, or ``run``."""

import signal
import sys
from importlib import import_module

PROGRAMS = {"read": "report.workbench.read_process", "run": "report.workbench.job_process"}

# Until the program is ready for it, an interruption ends it without a word.
signal.signal(signal.SIGINT, signal.SIG_DFL)
sys.exit(import_module(PROGRAMS[sys.argv[1]]).main())
