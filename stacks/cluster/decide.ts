// How does one written value become a decided one? Sizes and times as numbers, maps sorted.
import type { GpuSpec, TargetName } from '../spec/types.ts';
import { parseMemoryMiB, parseSeconds } from '../spec/units.ts';
import type { Gpus } from './types.ts';

/** A spec that was checked has no other texts here, so a null is a bug. */
function exact(value: number | null): number {
  if (value === null) throw new Error('a size or time reached resolve without being checked');
  return value;
}

export function memoryMiB(size: string): number {
  return exact(parseMemoryMiB(size));
}

export function seconds(duration: string): number {
  return exact(parseSeconds(duration));
}

/** Byte order, which no locale changes. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function sorted<Value>(map: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => byText(a, b)));
}

export function gpusOf(spec: GpuSpec): Gpus {
  if (typeof spec !== 'number') return { kind: spec };
  return spec === 0 ? { kind: 'none' } : { kind: 'count', count: spec };
}

const everywhere: readonly TargetName[] = ['compose', 'swarm', 'systemd'];

export function targetsOf(written: readonly TargetName[] | undefined): readonly TargetName[] {
  return everywhere.filter((target) => written === undefined || written.includes(target));
}

/** A service's block with `true` as `{}`; null when it is left out. */
export function switchedOn<Block extends object>(written: boolean | Block | undefined): Block | null {
  if (written === undefined || written === false) return null;
  return written === true ? ({} as Block) : written;
}
