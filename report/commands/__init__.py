"""Commands of ``tutofrais``: each module is loaded when its command is used."""
