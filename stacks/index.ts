// The front door of the pure core: text becomes a Cluster, a Cluster becomes Services and Files.
import { services } from './catalog/index.ts';
import type { Config } from './catalog/types.ts';
import type { Cluster } from './cluster/types.ts';
import { configFiles } from './configs/index.ts';
import { inContainers } from './configs/surroundings.ts';
import type { File, Rendered, Target } from './targets/types.ts';

export { services } from './catalog/index.ts';
export type { Image, Service } from './catalog/types.ts';
export { resolve } from './cluster/resolve.ts';
export type { Cluster, Host, WorkerClass } from './cluster/types.ts';
export { version } from './cluster/version.ts';
export { composeDown, composeLogs, composeUp, composeVersion } from './plans/compose.ts';
export { type EmbeddedPlace, embeddedChildren } from './plans/embedded.ts';
export { buildCommand, type ImageBuild, imageBuilds, inputsLabel } from './plans/images.ts';
export type { Child, Command } from './plans/types.ts';
export { jsonSchema } from './spec/json-schema.ts';
export { nearest } from './spec/nearest.ts';
export { type ParsedSpec, parseSpec } from './spec/parse.ts';
export type { ClusterSpec, Finding, Problem } from './spec/types.ts';
export { formatMemory, parseMemoryMiB, parseSeconds } from './spec/units.ts';
export { targets } from './targets/index.ts';
export type { File, Rendered, Target } from './targets/types.ts';

/** Every file that the given targets make of a cluster, sorted by path, and what they could not express. */
export function render(cluster: Cluster, chosen: readonly Target[]): Rendered {
  const all = services(cluster);
  const written: readonly Config[] = configFiles(cluster, inContainers);
  const rendered = chosen.map((target) => target.render(cluster, all, written));
  const files: readonly File[] = rendered.flatMap((result) => result.files).sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, findings: rendered.flatMap((result) => result.findings) };
}
