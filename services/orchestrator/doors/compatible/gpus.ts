// Which GPUs does a compatible worker have? It cannot mend strange values, so they become unknown (worker-protocol 2.1).
import type { GpuFacts } from '../../../protocol/index.ts';

const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
const textOf = (value: unknown): string | null => (typeof value === 'string' && value.length <= 200 ? value : null);

/** Facts from `gpu_info`, else from the top level of the body. */
export const gpusOf = (body: Readonly<Record<string, unknown>>): GpuFacts[] => {
  const nested = typeof body.gpu_info === 'object' && body.gpu_info !== null ? body.gpu_info : {};
  const inner = nested as Record<string, unknown>;
  const name = textOf(inner.name) ?? textOf(body.gpu_name) ?? 'unknown';
  const count = numberOf(inner.count) ?? numberOf(body.gpu_count) ?? 0;
  const memoryGb = numberOf(inner.vram_gb) ?? numberOf(body.gpu_vram_gb);
  const driver = textOf(inner.driver)?.slice(0, 100) ?? null;
  return Array.from({ length: Math.min(64, Math.floor(count)) }, (_, index) => ({
    index,
    uuid: null,
    name,
    memoryMiB: memoryGb === null ? null : Math.round(memoryGb * 1024),
    driver,
  }));
};
