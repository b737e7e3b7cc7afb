// Which generated script starts a service where there is no image?
import type { Service } from '../catalog/types.ts';

/** Its path among the configs: that of its container, or one of its own. */
export function startScriptOf({ command, entrypoint, program }: Service): string {
  const [shell, path = ''] = entrypoint ?? [];
  return shell === 'sh' && command === null ? path.replace(/^\/etc\/muster\//, '') : `${program}/local.sh`;
}
