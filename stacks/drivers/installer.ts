// How do the parts of the agent's installer become one script, which a machine runs before it has anything of ours?
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = 'services/agent/install';
const parts = [
  ...['words', 'secret', 'host', 'form', 'places', 'fetch', 'settings', 'release', 'helpers', 'units', 'alone'],
];
/** Files that the script writes, by the function that prints each. */
const carried = { user_unit: 'muster-agent-user.service', keep_script: 'keep.sh', rollback_script: 'rollback.sh' };
/** Units of root beside the agent's. Those with a section Install are started, the others by them. */
const helpers = [
  ...['muster-job-units.socket', 'muster-job-units@.service'],
  ...['muster-agent-update.socket', 'muster-agent-update@.service', 'muster-agent-update.service'],
];

/** The unit of the agent on a whole machine: without its GPUs, and with those of every vendor. */
export type AgentUnits = { readonly cpu: string; readonly gpu: string };

function printed(name: string, text: string): string {
  if (/^END_OF_FILE$/m.test(text)) throw new Error(`${name}: the line END_OF_FILE would end it too early`);
  return `cat <<'END_OF_FILE'\n${text}END_OF_FILE\n`;
}

/** The script; same parts → same bytes. `root`: the clone. `releaseKey`: whose programs the agent may become (PEM). */
export function installerText(root: string, { cpu, gpu }: AgentUnits, releaseKey: string): string {
  const read = (file: string): string => readFileSync(join(root, folder, file), 'utf8');
  const texts = {
    cpu_unit: cpu,
    gpu_unit: gpu,
    release_key: releaseKey,
    ...Object.fromEntries(Object.entries(carried).map(([name, file]) => [name, read(file)])),
  };
  return [
    ...parts.map((part) => read(`${part}.sh`)),
    ...Object.entries(texts).map(([name, text]) => `${name}() {\n  ${printed(name, text)}}\n`),
    `each_helper() {\n${helpers.map((name) => `  "$1" ${name}\n`).join('')}}\n`,
    `helper_text() {\n  case $1 in\n${helpers.map((name) => `    ${name}) ${printed(name, read(name))}    ;;\n`).join('')}    *) return 1 ;;\n  esac\n}\n`,
    read('main.sh'),
  ].join('\n');
}
