// Which generated files does a service read where there is no image, and which of them starts it?
import type { Config, Service } from '../catalog/types.ts';

/** Its path among the configs: that of its container, or one of its own. */
export function startScriptOf({ command, entrypoint, program }: Service): string {
  const [shell, path = ''] = entrypoint ?? [];
  return shell === 'sh' && command === null ? path.replace(/^\/etc\/muster\//, '') : `${program}/local.sh`;
}

/** What it reads beside its program. */
export function configsRead(service: Service, configs: readonly Config[]): readonly Config[] {
  if (service.program === null) return [];
  const read = new Set([...service.configs.map(({ file }) => file), startScriptOf(service)]);
  return configs.filter(({ path }) => read.has(path));
}
