// Where do the generated files lie that containers read, and which of them does one service read?
import { createHash } from 'node:crypto';
import type { Config, Service } from '../../catalog/types.ts';
import type { File } from '../types.ts';

/** Beside compose.yaml and docker-stack.yml, which name them relative to this folder. */
const folder = 'compose';

/** The place of a config as seen from the folder of the file that mounts it. */
export function configSource(file: string): string {
  return `./configs/${file}`;
}

/** Those that one of the services reads, as files under version control. */
export function configFiles(services: readonly Service[], configs: readonly Config[]): readonly File[] {
  const read = new Set(services.flatMap((service) => service.configs.map(({ file }) => file)));
  return configs
    .filter(({ path }) => read.has(path))
    .map(({ mode, path, text }) => ({ path: `${folder}/configs/${path}`, text, mode }));
}

/** What a service reads, in the order of its mounts. Throws for a file that nothing makes: that is a bug of an entry. */
export function configsOf(service: Service, configs: readonly Config[]): readonly Config[] {
  return service.configs.map(({ file }) => {
    const config = configs.find(({ path }) => path === file);
    if (config === undefined) throw new Error(`${service.name} reads ${file}, which no entry of the configs makes`);
    return config;
  });
}

/** The same for the same texts only: a change of it tells an engine that the reader must start anew. */
export function contentHash(configs: readonly Config[]): string {
  const read = configs.map(({ path, text }) => [path, text]);
  return createHash('sha256').update(JSON.stringify(read)).digest('hex').slice(0, 16);
}
