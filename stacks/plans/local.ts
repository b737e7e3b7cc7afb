// Which services of the stack can run as local processes, and how? Services → Child[]; the others with the reason.
import { createHash } from 'node:crypto';
import type { Service } from '../catalog/types.ts';
import { startScriptOf } from '../cluster/start-script.ts';
import type { Config, Surroundings } from '../configs/types.ts';
import type { Child } from './types.ts';

export type Local = {
  readonly children: readonly Child[];
  /** Services that cannot run here, with a sentence that says why. */
  readonly leftOut: readonly { readonly service: string; readonly why: string }[];
};

/** A changed file is a changed process: it starts anew. */
function contents(service: Service, configs: readonly Config[]): string {
  const read = new Set([...service.configs.map(({ file }) => file), startScriptOf(service)]);
  const texts = configs.filter(({ path }) => read.has(path)).map(({ path, text }) => [path, text]);
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16);
}

function childrenOf(service: Service, at: Surroundings, configs: readonly Config[]): readonly Child[] {
  const count = service.replicas;
  return Array.from({ length: count }, (_, index) => {
    const name = index === 0 ? service.name : `${service.name}-${index + 1}`;
    return {
      name,
      role: 'service',
      program: '/bin/sh',
      args: [at.config(startScriptOf(service))],
      environment: {
        ...service.environment,
        HOME: at.state(service.name),
        TMPDIR: at.scratch(service.name),
        MUSTER_CONFIGS: contents(service, configs),
      },
      stopSeconds: service.graceSeconds,
    };
  });
}

/** `programs` are those that the machine has. */
export function localServices(
  services: readonly Service[],
  configs: readonly Config[],
  at: Surroundings,
  programs: ReadonlySet<string>,
): Local {
  const here = services.filter(({ targets }) => targets.includes('compose'));
  const reason = ({ program }: Service): string | null => {
    if (program === null) return 'it runs in a container only';
    return programs.has(program) ? null : `there is no program "${program}" on the PATH`;
  };
  return {
    children: here.filter((one) => reason(one) === null).flatMap((one) => childrenOf(one, at, configs)),
    leftOut: here.flatMap((one) => {
      const why = reason(one);
      return why === null ? [] : [{ service: one.name, why }];
    }),
  };
}
