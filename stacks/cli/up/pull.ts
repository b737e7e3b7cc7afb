// Are the images there that are not built here? Pulls those that are not, one by one: one that fails keeps no other back.
import { type DockerClient, findImage } from '../../drivers/docker.ts';
import { runCommand } from '../../drivers/shell.ts';
import { pullImage, type Service } from '../../index.ts';
import { formatDuration, plain } from '../text.ts';
import type { Io } from '../types.ts';
import type { Trouble } from './outcome.ts';

const tellEveryMs = 5000;

/** A trouble for each service whose image is neither there nor to be had. */
export async function pullMissing(
  io: Io,
  docker: DockerClient,
  services: readonly Service[],
  say: (verb: string, what: string) => void,
): Promise<readonly Trouble[]> {
  const pulled = services.filter(({ image }) => image.build === null);
  const troubles: Trouble[] = [];
  for (const reference of [...new Set(pulled.map(({ image }) => image.reference))].sort()) {
    if ((await findImage(docker, reference, '')) !== null) continue;
    const reason = await pull(io, reference, say);
    if (reason === null) continue;
    for (const { image, name } of pulled) {
      if (image.reference !== reference) continue;
      const next = `check the network and the image in cluster.yaml, then: make up`;
      troubles.push({
        service: name,
        state: 'sick',
        reason: `the image ${reference} cannot be pulled: ${reason}`,
        next,
      });
    }
  }
  return troubles;
}

/** Null when it is there; else what docker says. */
async function pull(io: Io, reference: string, say: (verb: string, what: string) => void): Promise<string | null> {
  const startedAt = performance.now();
  const seconds = () => formatDuration((performance.now() - startedAt) / 1000);
  say('pulling', reference);
  const layers = new Map<string, boolean>();
  let tellAt = startedAt + tellEveryMs;
  const { exitCode, output } = await runCommand(pullImage(reference), {
    cwd: io.root,
    env: io.env,
    onLine: (line) => {
      const [, layer, step = ''] = /^([0-9a-f]{12}): (.*)$/.exec(line.trim()) ?? [];
      if (layer !== undefined) layers.set(layer, /^(Pull complete|Already exists)/.test(step));
      if (performance.now() < tellAt || layers.size === 0) return;
      tellAt = performance.now() + tellEveryMs;
      const done = [...layers.values()].filter(Boolean).length;
      say('pulling', `${reference}  ${done} of ${layers.size} layers, ${seconds()}`);
    },
  });
  if (exitCode !== 0) return lastSentence(output);
  say('pulled', `${reference}  ${seconds()}`);
  return null;
}

/** The end of the last line: docker puts every cause behind the one that it caused. */
export function lastSentence(output: string): string {
  const lines = plain(output).trim().split('\n');
  const said = (lines.at(-1) ?? '').trim().replace(/^(Error response from daemon: |Error: )+/i, '');
  const causes = said.split(/: (?=\D)/);
  return (said.length > 120 ? causes.slice(-2).join(': ') : said) || 'it did not say why';
}
