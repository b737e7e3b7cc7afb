"""Do these files of this host hold what they should? The old ones can be kept for a way back."""

from __future__ import annotations

import os

from ansible.module_utils import muster_files as files
from ansible.module_utils.basic import AnsibleModule


def main():
    each = {
        "path": {"type": "str", "required": True},
        "content": {"type": "str", "required": True},
        "mode": {"type": "str", "default": "0644"},
        # A command that refuses what would not work; %s is the new file.
        "validate": {"type": "list", "elements": "str", "default": []},
    }
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "list", "elements": "dict", "options": each, "required": True},
            # Where all of them go as they were, if any is written.
            "keep": {"type": "str"},
        },
        # Its journal is no place for whole files.
        no_log=True,
        supports_check_mode=True,
    )
    wanted = [(file, file["content"].encode(), int(file["mode"], 8)) for file in module.params["files"]]
    stale = [item for item in wanted if not files.is_as(item[0]["path"], item[1], item[2])]
    diff = [
        {
            "before_header": file["path"],
            "after_header": file["path"],
            "before": (files.read(file["path"]) or b"").decode(),
            "after": file["content"],
        }
        for file, _, _ in stale
    ]
    paths = [file["path"] for file, _, _ in stale]
    result = {"changed": len(stale) > 0, "summary": " ".join(paths), "paths": paths, "diff": diff}
    if module.check_mode:
        module.exit_json(**result)
    for file, content, mode in stale:
        draft = f"{file['path']}.muster-draft"
        files.write(draft, content, mode)
        words = [word.replace("%s", draft) for word in file["validate"]]
        code, said, error = module.run_command(words) if words else (0, "", "")
        os.unlink(draft)
        if code != 0:
            module.fail_json(msg=f"{file['path']} would not work: {said}{error}")
    kept = wanted if module.params["keep"] and stale else []
    for file, _, mode in kept:
        before = files.read(file["path"])
        if before is not None:
            files.write(os.path.join(module.params["keep"], os.path.basename(file["path"])), before, mode)
    for file, content, mode in stale:
        files.write(file["path"], content, mode)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
