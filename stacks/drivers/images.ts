// How does an image get from one engine to another that shares no registry with it?
import type { DockerClient } from './docker.ts';

type Progress = { readonly error?: string };

/** An engine that unpacks a large image says nothing for minutes: the same client, which waits. */
function patient(docker: DockerClient): DockerClient {
  const modem = Object.create(docker.modem, { timeout: { value: 0 } });
  return Object.create(docker, { modem: { value: modem } });
}

/** Streams it; nothing touches this machine's disk. */
export async function shipImage(from: DockerClient, to: DockerClient, reference: string): Promise<void> {
  const archive = await patient(from).getImage(reference).get();
  const progress = await patient(to).loadImage(archive);
  await new Promise<void>((resolve, reject) => {
    const done = (error: Error | null, lines: readonly Progress[]) => {
      const refused = error?.message ?? lines.find((line) => line.error !== undefined)?.error;
      if (refused === undefined) resolve();
      else reject(new Error(`the engine does not take ${reference}: ${refused}`));
    };
    to.modem.followProgress(progress, done);
  });
}
