// Where does a service of a host of the rack listen, and where do its program and its data lie?
import { ownPrograms, rackPrograms, statePath } from '../cluster/rack-paths.ts';
import type { HostForm } from '../targets/types.ts';

export type InstallPlace = {
  readonly service: string;
  /** `10.0.0.11:8080`; empty: it only calls others. */
  readonly listens: readonly string[];
  /** The same ports as numbers. */
  readonly ports: readonly number[];
  readonly program: string;
  readonly state: string;
};

const ollamaPort = 11_434;

/** Sorted by service. */
export function placesOf({ at, services }: HostForm): readonly InstallPlace[] {
  return services.map(({ image, name, ports, program, state }) => {
    const inside = program === 'ollama' ? [ollamaPort] : ports.map(({ container }) => container);
    const open = new Set(ports.flatMap((port) => (port.public ? [port.container] : [])));
    const heard = [...new Set(inside)].map((port) => ({
      on: open.has(port) ? '0.0.0.0' : at.bind(name),
      port: at.listen(name, port),
    }));
    return {
      service: name,
      listens: heard.map(({ on, port }) => `${on}:${port}`),
      ports: heard.map(({ port }) => port),
      program: image.build === null ? (rackPrograms[program ?? ''] ?? program ?? '') : ownPrograms[image.build.daemon],
      state: state.length > 0 ? statePath(name) : '',
    };
  });
}
