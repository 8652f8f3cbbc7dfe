"""The workbench: a page in the browser from which tutorials are checked, corrected, reviewed and published."""
