"""What is used in ways that Python does not tell of.

Knows names: packages that open files in C, C++ or Rust, and modules of the standard library that
ask the system about itself. A package that is not in the table and does so is a miss, and the
project's own map of globs is the remedy.
"""

_READERS = frozenset(
    {
        "av", "cv2", "datafusion", "datatable", "dbm.gnu", "dbm.ndbm", "deltalake", "duckdb", "fiona", "fitz", "gdal", "h5netcdf", "h5py", "igraph",
        "imread", "lancedb", "leveldb", "libarchive", "lightgbm", "lmdb", "lxml", "magic", "netCDF4", "onnxruntime", "open3d", "openslide",
        "osgeo", "plyvel", "polars", "pyarrow", "pygit2", "pyogrio", "pypdfium2", "pyproj", "pysam", "pysimdjson", "pyvips", "rasterio",
        "rocksdb", "rpy2", "scipy.io.netcdf", "sentencepiece", "simdjson", "soundfile", "SimpleITK", "tables", "tensorflow", "tokenizers",
        "torchaudio", "torchvision", "tree_sitter_languages", "vtk", "xgboost",
    }
)  # fmt: skip

_STARTERS = frozenset(
    {
        "multiprocessing.popen_fork", "multiprocessing.popen_forkserver", "multiprocessing.popen_spawn_posix",
        "multiprocessing.popen_spawn_win32",
    }
)  # fmt: skip

WITH_READERS = frozenset(name.partition(".")[0] for name in _READERS | _STARTERS)
"""Packages that are, or have in them, what cannot be followed."""

ASKERS = frozenset({"_osx_support", "ctypes", "platform", "sysconfig", "uuid", "webbrowser"})
"""Modules whose child processes tell what the machine is, not what is in the project."""


def why_not_followed(module: str) -> str:
    """Say why what this module reads is not known; `` where it is."""
    if module in _READERS:
        return f"uses {module}, which opens files by itself"
    return "starts processes" if module in _STARTERS else ""


def name_of_program(command: object) -> str:
    """Name what a child process runs: `git`, `python`. Takes a list of arguments, or one text."""
    first = command
    if isinstance(command, list | tuple):
        first = command[0] if command else ""
    if isinstance(first, bytes):
        first = first.decode(errors="replace")
    words = str(first).replace("\\", "/").rpartition("/")[2].split()
    name = words[0] if words else "a program"
    return "python" if name.lower().startswith("python") else name
