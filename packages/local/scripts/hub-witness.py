"""Walks the sample Hub with the real huggingface_hub client, as a witness that it answers the way the Hub does.

Run by hand, not part of `npm test`, since it needs a Python package:

    python3 -m venv VENV && VENV/bin/pip install huggingface_hub
    VENV/bin/python packages/local/scripts/hub-witness.py [--hub-dir DIR] [--node NODE]

Last run with huggingface_hub 2.4.0. Prints a line a check and ends with status 1 if one failed.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

arguments = argparse.ArgumentParser()
arguments.add_argument("--hub-dir")
arguments.add_argument("--node", default="node")
options = arguments.parse_args()

server = subprocess.Popen(
    [options.node, str(Path(__file__).with_name("hub-witness-server.ts"))] + ([options.hub_dir] if options.hub_dir else []),
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    text=True,
)
hub = json.loads(server.stdout.readline())
FIRST, SECOND = hub["commits"]

# Read at import, so before it.
cache = tempfile.TemporaryDirectory()
os.environ.update(HF_ENDPOINT=hub["url"], HF_HOME=cache.name, HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_PROGRESS_BARS="1")
os.environ.pop("HF_TOKEN", None)

import huggingface_hub  # noqa: E402
from huggingface_hub import HfApi, HfFileSystem, hf_hub_download, hf_hub_url, get_hf_file_metadata, snapshot_download  # noqa: E402
from huggingface_hub.errors import (  # noqa: E402
    BadRequestError,
    DisabledRepoError,
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import _http  # noqa: E402

# The client takes a bare 401 for a missing repository on https addresses only; the sample Hub is on http.
_http.REPO_API_REGEX = re.compile(_http.REPO_API_REGEX.pattern.replace("^https://", "^https?://"), re.VERBOSE)

api = HfApi(token=False)
owner = HfApi(token="hf_owner")
other = HfApi(token="hf_other")
failures = 0


def check(name, actual, expected):
    global failures
    ok = actual == expected
    failures += not ok
    print(("ok   " if ok else "FAIL ") + name + ("" if ok else f": {actual!r}, not {expected!r}"))


def check_raises(name, error, call):
    try:
        result = call()
    except Exception as raised:
        return check(name, type(raised).__mro__[0].__name__ if not isinstance(raised, error) else error.__name__, error.__name__)
    check(name, f"no error: {result!r}"[:200], error.__name__)


DATASET = dict(repo_type="dataset")
print("huggingface_hub", huggingface_hub.__version__)

# Lists
listed = list(api.list_datasets(sort="downloads"))
check("list: every public repository over pages of 10", len([d for d in listed if not d.id.startswith("local/")]), 30)
check("list: order", [d.downloads for d in listed] == sorted((d.downloads for d in listed), reverse=True), True)
check("list: filter and search", [d.id for d in api.list_datasets(search="ARM", filter=["LeRobot", "license:apache-2.0"])], ["team/arm"])
check("list: task_categories", len(list(api.list_datasets(task_categories="robotics", author="team"))), 3)
check("list: limit", len(list(api.list_datasets(limit=13))), 13)
check("list: expand", next(iter(api.list_datasets(author="team", search="arm", expand=["sha"]))).sha, SECOND)
check("list: full", len(next(iter(api.list_datasets(search="arm", full=True))).siblings), 5)
check("list: private for its owner", [d.id for d in owner.list_datasets(search="secret")], ["team/secret"])

# Info
info = api.dataset_info("team/arm", files_metadata=True)
check("info: sha", info.sha, SECOND)
check("info: card", info.card_data.license, "apache-2.0")
check("info: revision with a slash", api.dataset_info("team/arm", revision="topic/one").sha, FIRST)
check("info: lfs", next(s for s in info.siblings if s.rfilename.startswith("videos/")).lfs.size, 3_000_000)
check("info: former name", api.dataset_info("team/former").id, "team/arm")
check("exists", (api.repo_exists("team/arm", **DATASET), api.repo_exists("no/such", **DATASET)), (True, False))
check("revision exists", (api.revision_exists("team/arm", "v3.0", **DATASET), api.revision_exists("team/arm", "v9", **DATASET)), (True, False))
check("file exists", (api.file_exists("team/arm", "README.md", **DATASET), api.file_exists("team/arm", "nope", **DATASET)), (True, False))
check("whoami", owner.whoami()["name"], "olga")

# Refs, commits, tree
refs = api.list_repo_refs("team/arm", include_pull_requests=True, **DATASET)
check("refs", {r.ref: r.target_commit for r in refs.branches + refs.tags}, {
    "refs/heads/main": SECOND, "refs/heads/topic/one": FIRST, "refs/tags/v2.1": FIRST, "refs/tags/v3.0": SECOND})
check("commits: all over pages", len(api.list_repo_commits("team/long", **DATASET)), 120)
check("commits: newest first", [c.commit_id for c in api.list_repo_commits("team/arm", **DATASET)], [SECOND, FIRST])
entries = list(api.list_repo_tree("team/many", recursive=True, **DATASET))
check("tree: everything over pages of 1000", len({e.path for e in entries}), 2501)
check("tree: expand", {e.path: e.last_commit.oid for e in api.list_repo_tree("team/arm", "meta", expand=True, **DATASET)}, {"meta/info.json": SECOND})
paths = api.get_paths_info("team/arm", ["meta/info.json", "data", "nope"], **DATASET)
check("paths-info", [p.path for p in paths], ["meta/info.json", "data"])

# Files
path = hf_hub_download("team/arm", "meta/info.json", token=False, **DATASET)
check("download: git file", json.loads(Path(path).read_text())["codebase_version"], "v3.0")
path = hf_hub_download("team/arm", "videos/odd name #1?.mp4", token="hf_owner", **DATASET)
sha = hashlib.sha256(Path(path).read_bytes()).hexdigest()
video = next(s for s in info.siblings if s.rfilename.startswith("videos/"))
check("download: LFS file, with a token", sha, video.lfs.sha256)
check("download: cache name is the sha256", Path(path).resolve().name, sha)
metadata = get_hf_file_metadata(hf_hub_url("team/arm", "README.md", **DATASET), token=False)
check("metadata", (metadata.commit_hash, metadata.size), (SECOND, 4000))
folder = snapshot_download("team/former", allow_patterns=["data/**", "*.md"], token=False, **DATASET)
check("snapshot", sorted(p.name for p in Path(folder).rglob("*") if p.is_file()), ["README.md", "file-000.parquet", "file-001.parquet"])
fs = HfFileSystem(token=False)
check("file system: glob", len(fs.glob("datasets/team/arm/data/**/*.parquet")), 2)
with fs.open("datasets/team/arm@v3.0/videos/odd name #1?.mp4", block_size=65536) as video_file:
    video_file.seek(2_000_000)
    check("file system: range", video_file.read(4), bytes((i * 7919) % 251 for i in range(2_000_000, 2_000_004)))

# Errors
check_raises("missing, anonymous", RepositoryNotFoundError, lambda: api.dataset_info("no/such"))
check_raises("missing, with a token", RepositoryNotFoundError, lambda: other.dataset_info("no/such"))
check_raises("private, with another's token", RepositoryNotFoundError, lambda: other.list_repo_refs("team/secret", **DATASET))
check("private, with its owner's", owner.dataset_info("team/secret").private, True)
check_raises("missing revision", RevisionNotFoundError, lambda: api.dataset_info("team/arm", revision="nope"))
check_raises("missing revision of a file", RevisionNotFoundError, lambda: hf_hub_download("team/arm", "README.md", revision="nope", token=False, **DATASET))
check_raises("missing file", EntryNotFoundError, lambda: hf_hub_download("team/arm", "nope", token=False, **DATASET))
check_raises("missing folder", EntryNotFoundError, lambda: list(api.list_repo_tree("team/arm", "nope", **DATASET)))
check("gated: card", api.dataset_info("wild/gated").gated, "manual")
for who, client in ("anonymous", api), ("with a token", other):
    check_raises(f"gated: commits, {who}", GatedRepoError, lambda: client.list_repo_commits("wild/gated", **DATASET))
    check_raises(f"gated: auth check, {who}", GatedRepoError, lambda: client.auth_check("wild/gated", **DATASET))
    check_raises(f"gated: file, {who}", GatedRepoError, lambda: client.hf_hub_download("wild/gated", "README.md", **DATASET))
check_raises("disabled", DisabledRepoError, lambda: api.dataset_info("wild/disabled"))
check_raises("unknown field", BadRequestError, lambda: list(api.list_datasets(expand=["nope"])))
check_raises("bad token", HfHubHTTPError, lambda: HfApi(token="hf_wrong").dataset_info("team/arm"))

# A folder of this machine
if options.hub_dir:
    local = {d.id.removeprefix("local/"): d for d in api.list_datasets(author="local")}
    folders = sorted(p.name for p in Path(options.hub_dir).iterdir() if p.is_dir() and not p.is_symlink())
    check("hub dir: every sub-folder", len(local), len(folders))
    for name in folders:
        if name not in local:
            print("     (renamed, not walked:", name + ")")
            continue
        root = Path(options.hub_dir) / name
        on_disk = {str(p.relative_to(root)): p.stat().st_size for p in root.rglob("*") if p.is_file()}
        tree = api.list_repo_tree(f"local/{name}", recursive=True, **DATASET)
        check(f"hub dir: tree of {name}", {e.path: e.size for e in tree if hasattr(e, "size")}, on_disk)
        copy = Path(snapshot_download(f"local/{name}", token=False, **DATASET))
        check(f"hub dir: bytes of {name}", all((copy / p).read_bytes() == (root / p).read_bytes() for p in on_disk), True)

server.stdin.close()
counted = json.loads(server.stdout.readline())
check("no token reached the file host", counted["leaked_tokens"], 0)
print("requests:", counted["requests"])
print(f"{failures} failed")
sys.exit(1 if failures else 0)
