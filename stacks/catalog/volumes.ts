// Who may write a fresh volume? It takes owner and mode from the image that sees it first, which must be one of ours.
import type { Service, State } from './types.ts';

/** The orchestrator's image has so many empty folders that anybody may write, `0` to `31`. */
const openFolder = '/srv/muster/volumes';
const mostOpenVolumes = 32;

/** Volumes of pulled images, sorted: left alone they would belong to root. */
function foreignVolumes(services: readonly Service[]): readonly string[] {
  const foreign = services.filter(({ image, targets }) => image.build === null && targets.includes('compose'));
  return [...new Set(foreign.flatMap(({ state }) => state.flatMap(({ name }) => name ?? [])))].sort();
}

/**
 * The one-shot that makes the secrets mounts them once: the engine gives an empty volume the owner and mode of the
 * folder that it is mounted over. A target tells those who ask for more than there are folders.
 */
export function withOpenVolumes(services: readonly Service[]): readonly Service[] {
  const opened = foreignVolumes(services)
    .slice(0, mostOpenVolumes)
    .map((name, index): State => ({ name, path: `${openFolder}/${index}` }));
  return services.map((service) =>
    service.name === 'secrets' ? { ...service, state: [...service.state, ...opened] } : service,
  );
}
