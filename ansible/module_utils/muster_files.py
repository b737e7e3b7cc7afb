"""Which files of Muster are on this host, and what was each service last started with?"""

from __future__ import annotations

import fcntl
import glob
import json
import os
import tempfile

UNITS = "/etc/systemd/system"
CONFIGS = "/etc/muster/configs"
SECRETS = "/etc/muster/secrets"
STARTED = "/etc/muster/started"


def wait_for_turn():
    """Holds, as long as the result is kept: what a killed Ansible began on this host goes on until it is done."""
    handle = os.open(UNITS, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def read(path):
    """The bytes of a file, or None."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def is_as(path, content, mode):
    """Whether a file of root's holds exactly that, with that mode."""
    if read(path) != content:
        return False
    found = os.stat(path)
    return (found.st_mode & 0o7777, found.st_uid, found.st_gid) == (mode, 0, 0)


def write(path, content, mode):
    """The old file or the new one, also when the power goes; folders that lead to it are made."""
    folder = os.path.dirname(path)
    make_folders(folder)
    handle, draft = tempfile.mkstemp(prefix=".muster-", dir=folder)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    put(draft, path)


def link(path, target):
    make_folders(os.path.dirname(path))
    draft = path + ".muster"
    if os.path.lexists(draft):
        os.unlink(draft)
    os.symlink(target, draft)
    put(draft, path)


def put(draft, path):
    os.replace(draft, path)
    # Names of a folder are on the disk only after this.
    handle = os.open(os.path.dirname(path), os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def make_folders(folder):
    if os.path.isdir(folder):
        return
    make_folders(os.path.dirname(folder))
    os.mkdir(folder)
    os.chmod(folder, 0o700 if folder.startswith((SECRETS, STARTED)) else 0o755)


def remove(path):
    """With the folders of configs and secrets that are empty then."""
    if os.path.lexists(path):
        os.unlink(path)
    folder = os.path.dirname(path)
    while folder.startswith((CONFIGS + "/", SECRETS + "/")) and os.path.isdir(folder) and not os.listdir(folder):
        os.rmdir(folder)
        folder = os.path.dirname(folder)


def target_of(path):
    return os.readlink(path) if os.path.islink(path) else ""


def started(name):
    """Units, configs, digests of secrets and release a service came up with; None: it never did.

    `whole` is false from the moment at which any of that is changed until the service is well again, so that it is
    known, however that was cut short.
    """
    text = read(f"{STARTED}/{name}.json")
    return None if text is None else json.loads(text)


def remember(name, record):
    write(f"{STARTED}/{name}.json", json.dumps(record, sort_keys=True).encode(), 0o600)


def forget(name):
    remove(f"{STARTED}/{name}.json")


def all_started():
    names = sorted(os.path.basename(path)[: -len(".json")] for path in glob.glob(f"{STARTED}/*.json"))
    return {name: started(name) for name in names}


def paths_of(record):
    return {path for kind in ("units", "configs", "secrets") for path in record[kind]} if record else set()
