// What came and what went between two looks at the containers?
import type { ComposeContainer } from '../../drivers/docker-containers.ts';

type Seen = Pick<ComposeContainer, 'id' | 'running' | 'service'>;

/** Services with a container that did not run before; one-shots, which never stay up, are not of interest. */
export function startedServices(before: readonly Seen[], after: readonly Seen[]): readonly string[] {
  const ran = new Set(before.filter(({ running }) => running).map(({ id }) => id));
  return [...new Set(after.filter(({ id, running }) => running && !ran.has(id)).map(({ service }) => service))];
}

/** Services that have fewer running containers than before. */
export function stoppedServices(before: readonly Seen[], after: readonly Seen[]): readonly string[] {
  const running = (all: readonly Seen[], name: string) =>
    all.filter((one) => one.service === name && one.running).length;
  return [...new Set(before.map(({ service }) => service))].filter(
    (name) => running(before, name) > running(after, name),
  );
}
