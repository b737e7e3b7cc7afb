"""Which releases of Muster's programs are missing on this host? Makes their folders, and a link where there is none yet."""

from __future__ import annotations

import os

from ansible.module_utils import muster_files as files
from ansible.module_utils.basic import AnsibleModule

# In root, which is empty, units see what is bound into it.
FOLDERS = ["/opt/muster/bin", "/opt/muster/root", files.CONFIGS, files.SECRETS]


def main():
    module = AnsibleModule(
        # By program: where its release lies.
        argument_spec={"releases": {"type": "dict", "required": True}},
        supports_check_mode=True,
    )
    releases = module.params["releases"]
    links = {f"/opt/muster/bin/{name}": path for name, path in releases.items()}
    folders = [path for path in FOLDERS + sorted(map(os.path.dirname, releases.values())) if not os.path.isdir(path)]
    # Who runs another one links it itself, with a way back.
    unlinked = {link: path for link, path in links.items() if not os.path.lexists(link)}
    missing = sorted(name for name, path in releases.items() if not os.path.exists(path))
    if not module.check_mode:
        for folder in folders:
            files.make_folders(folder)
        for link, path in unlinked.items():
            files.link(link, path)
    made = [*folders, *unlinked]
    module.exit_json(changed=len(made) > 0, summary=" ".join(made), missing=missing)


if __name__ == "__main__":
    main()
