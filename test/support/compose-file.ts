// What does a rendered Compose file say? Its services as values, typed as far as the suites look.
import { readPlainYaml } from '../../stacks/formats/plain-yaml.ts';
import { type Cluster, render, targets } from '../../stacks/index.ts';
import { plainValue } from '../../stacks/spec/document.ts';

export type ComposeService = {
  readonly image: string;
  readonly user: string;
  readonly environment: Readonly<Record<string, string | null>>;
  readonly [key: string]: unknown;
};

export type ComposeFile = {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

export function composeText(cluster: Cluster): string {
  const file = render(cluster, [targets.compose]).files.find(({ path }) => path === 'compose/compose.yaml');
  if (file === undefined) throw new Error('the target renders no compose/compose.yaml');
  return file.text;
}

export function parseCompose(text: string): ComposeFile {
  const { root, errors } = readPlainYaml(text);
  if (root === null || errors.length > 0) throw new Error(JSON.stringify(errors));
  return plainValue(root) as unknown as ComposeFile;
}
