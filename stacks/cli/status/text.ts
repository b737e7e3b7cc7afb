// How does the state of the services read? A table of them, and the models below it.
import { formatMemory } from '../../index.ts';
import { plainTable } from '../text.ts';
import type { ModelStatus, ServiceStatus } from './services.ts';

export function servicesText(services: readonly ServiceStatus[]): string {
  return plainTable(
    ['SERVICE', 'STATE', 'VERSION', 'PORTS', 'GPUS'],
    services.map(({ gpus, name, ports, states, version }) => [
      name,
      statesText(states),
      version,
      ports
        .map(({ address, published }) => (address === '127.0.0.1' ? published : `${address}:${published}`))
        .join(' ') || '–',
      gpus.join(' ') || '–',
    ]),
  );
}

/** `healthy`; `2 healthy, 1 starting` where there are several. */
function statesText(states: readonly string[]): string {
  const kinds = [...new Set(states)].sort();
  if (states.length < 2) return kinds[0] ?? '–';
  return kinds.map((kind) => `${states.filter((state) => state === kind).length} ${kind}`).join(', ');
}

export function modelsText(models: readonly ModelStatus[]): string {
  return plainTable(
    ['MODEL', 'SERVER', 'SIZE', 'IN MEMORY'],
    models.map(({ bytes, loaded, name, service }) => [name, service, sizeText(bytes), loadedText(loaded)]),
  );
}

function loadedText(loaded: ModelStatus['loaded']): string {
  if (loaded === null) return '–';
  const share = loaded.bytes === 0 ? 0 : Math.round((100 * loaded.gpuBytes) / loaded.bytes);
  return `${sizeText(loaded.bytes)}, ${share === 0 ? 'CPU' : `${share} % on GPUs`}`;
}

const sizeText = (bytes: number): string => formatMemory(Math.ceil(bytes / 2 ** 20));
