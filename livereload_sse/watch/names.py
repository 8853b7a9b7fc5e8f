"""Names that never matter to a page: what editors, tools and systems leave beside the files.

Pure: judges one name at a time. Refuses to know the user's own rules (`ignore` does).
"""

import re

_FOLDERS = frozenset(
    {
        # version control
        ".git", ".hg", ".svn", ".bzr", ".jj", "CVS", "_darcs",
        # what package managers unpack
        "node_modules", "bower_components", ".venv", ".tox", ".nox", ".pnpm-store", ".yarn",
        # caches
        "__pycache__", ".cache", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis",
        ".parcel-cache", ".sass-cache", ".turbo", ".ipynb_checkpoints", ".import_linter_cache",
        ".eggs", ".gradle",
        # editors and systems
        ".idea", ".vscode", ".vs", ".fleet", ".zed", ".direnv",
        ".Spotlight-V100", ".Trashes", ".fseventsd", ".TemporaryItems", "$RECYCLE.BIN",
        "System Volume Information",
    }
)  # fmt: skip

_FILES = re.compile(
    r"""
      .*~                                   # backups: vim, emacs, nano, gedit, kate
    | \..*\.sw[a-z]                         # vim's swap files
    | 4913 | 5036                           # vim's probe: can a file be made here?
    | \.\#.*                                # emacs locks
    | \#.*\#                                # emacs auto-saves
    | .*___jb_(?:tmp|old|bak)___            # JetBrains' safe write
    | sed(?=.*[A-Z0-9])[A-Za-z0-9]{6}       # sed -i; not the word `sedentary`
    | \.goutputstream-[A-Za-z0-9]+          # GIO: gedit, GNOME
    | \.\~lock\..*\#                        # LibreOffice locks
    | \~\$.*                                # Microsoft Office locks
    | .*\.crswap                            # Chromium's file system access
    | .*\.kate-swp                          # Kate
    | .*\.sb-[0-9a-f]{8}-[A-Za-z0-9]{6}     # macOS safe saves
    | .*\.vsctmp                            # VS Code's atomic write
    | \..+\.(?=[^.]*[A-Z0-9])[A-Za-z0-9]{6}  # rsync's `.name.XXXXXX`; not `.tool.config`
    | \.syncthing\..*\.tmp | \~syncthing\~.*\.tmp
    | \.nfs[0-9a-f]{16,}                    # NFS: deleted while open
    | \.fuse_hidden[0-9a-f]{16,}
    | flycheck_.* | .*\.flymake
    | \.DS_Store | \._.* | Thumbs\.db | desktop\.ini | Icon\r
    | .*\.py[cod]
    """,
    re.VERBOSE | re.DOTALL,
)


def is_ignored_folder(name: str) -> bool:
    """Whether a folder of this name holds nothing that a person edits."""
    return name in _FOLDERS


def is_temporary(name: str) -> bool:
    """Whether a file of this name is some program's own: a backup, a lock, a step of a save."""
    return _FILES.fullmatch(name) is not None
