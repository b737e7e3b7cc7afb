// How do the parts of the agent's installer become one script, which a machine runs before it has anything of ours?
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = 'services/agent/install';
const parts = ['words', 'host', 'places', 'fetch', 'settings', 'units', 'alone'];
/** Files that the script writes, by the function that prints each. */
const carried = {
  system_unit: 'muster-agent.service',
  user_unit: 'muster-agent-user.service',
  keep_script: 'keep.sh',
};

/** The script; same parts → same bytes. `root`: the clone. */
export function installerText(root: string): string {
  const read = (file: string): string => readFileSync(join(root, folder, file), 'utf8');
  const printers = Object.entries(carried).map(([name, file]) => {
    const text = read(file);
    if (/^END_OF_FILE$/m.test(text)) throw new Error(`${folder}/${file}: the line END_OF_FILE would end it too early`);
    return `${name}() {\n  cat <<'END_OF_FILE'\n${text}END_OF_FILE\n}\n`;
  });
  return [...parts.map((part) => read(`${part}.sh`)), ...printers, read('main.sh')].join('\n');
}
