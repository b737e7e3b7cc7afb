// Which specs do the suites run over? The clone's own, the documented examples and one with hostile texts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cluster, parseSpec, resolve } from '../../stacks/index.ts';

const root = join(import.meta.dirname, '../..');
const examples = join(root, 'stacks/examples');

/** Decides a spec that must be right. */
export function clusterOf(text: string, file = 'cluster.yaml'): Cluster {
  const { spec, problems } = parseSpec(text, file);
  if (spec === null) throw new Error(problems.map(({ line, message }) => `${file}:${line} ${message}`).join('\n'));
  return resolve(spec);
}

/** Texts by name: every documented example, and the root's cluster.yaml as `home`. */
export const specs: ReadonlyMap<string, string> = new Map([
  ['home', readFileSync(join(root, 'cluster.yaml'), 'utf8')],
  ...readdirSync(examples)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file): [string, string] => [file.slice(0, -'.yaml'.length), readFileSync(join(examples, file), 'utf8')]),
]);
