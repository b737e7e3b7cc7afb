// What do `backup --help` and `restore --help` say?

export const usages = {
  backup: `muster-orchestrator backup: copies the state of MUSTER_STATE while the orchestrator works

  muster-orchestrator backup --to FOLDER [--keep N] [--json]

  --to FOLDER   each backup becomes a folder in it, named by its time (UTC)
  --keep N      how many of them stay, the new one included (7)
  --json        print what was made for programs

  Without secrets: keep those of the cluster elsewhere. Files that have not changed are shared with the backup before.
  exit: 0 made and checked, 2 wrong words, 3 it could not be written, 4 made, but the state itself lacks blobs,
        5 the state is damaged, 6 another backup is being made there
`,
  restore: `muster-orchestrator restore: makes a backup the state of MUSTER_STATE, while no orchestrator works

  muster-orchestrator restore FOLDER [--replace] [--json]

  FOLDER        one backup, such as /var/lib/muster/backup/2026-11-23T03-00-00-000Z
  --replace     when there is a state: it is kept beside the new one, in before-TIME
  --json        print what was done for programs

  All of it is checked before anything changes.
  exit: 0 done, 2 wrong words, 3 it could not be written, 5 the backup is damaged or newer than this program,
        6 an orchestrator works on that state, 7 there is a state already
`,
} as const;
