// How does Open WebUI start? A script, because it takes its secrets from the environment alone.
import type { Cluster } from '../cluster/types.ts';
import { exportLines, formatScript, shellWord } from '../formats/shell.ts';
import { openWebuiVariables } from './open-webui-variables.ts';
import type { ConfigEntry } from './types.ts';

export const openWebui: ConfigEntry = {
  summary: 'open-webui/start.sh: the chat page with its secrets',
  render: (cluster: Cluster, at) => {
    const { openWebui: decided } = cluster.stack;
    if (decided === null) return [];
    const secret = (name: string): string => `"$(cat ${shellWord(at.secret(`open-webui/${name}`))})"`;
    const lines = [
      ...exportLines(openWebuiVariables(cluster, decided, at)),
      // Assigned first: a file that is missing must end the script.
      `WEBUI_SECRET_KEY=${secret('secret-key')}`,
      `WEBUI_ADMIN_PASSWORD=${secret('admin-password')}`,
      'export WEBUI_SECRET_KEY WEBUI_ADMIN_PASSWORD',
      'mkdir -p "$DATA_DIR" "$STATIC_DIR"',
      '# The image has a start script of its own, the Python package a program.',
      'if [ -f /app/backend/start.sh ]; then exec bash /app/backend/start.sh; fi',
      'exec open-webui serve --host "$HOST" --port "$PORT"',
    ];
    return [{ path: 'open-webui/start.sh', text: formatScript('Starts Open WebUI.', lines), mode: 0o644 }];
  },
};
