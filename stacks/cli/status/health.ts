// Where does each agent of the embedded form say how it is? In containers it is always port 50052.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Child } from '../../plans/types.ts';

/** `http://127.0.0.1:PORT/health` by name of the worker; empty when no embedded cluster was started here. */
export function healthUrls(home: string): Readonly<Record<string, string>> {
  const list = join(home, 'run', 'children.json');
  if (!existsSync(list)) return {};
  const children = JSON.parse(readFileSync(list, 'utf8')) as readonly Child[];
  return Object.fromEntries(
    children.flatMap(({ name, environment }) => {
      const file = join(environment.MUSTER_STATE ?? '', 'health');
      return existsSync(file) ? [[name, `http://${readFileSync(file, 'utf8').trim()}/health`]] : [];
    }),
  );
}
