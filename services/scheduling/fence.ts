// How is a fence compared and written?
import type { Fence } from './types.ts';

export const sameFence = (a: Fence, b: Fence): boolean => a.epoch === b.epoch && a.counter === b.counter;

/** As it crosses the wire: `epoch.counter`. */
export const formatFence = (fence: Fence): string => `${fence.epoch}.${fence.counter}`;

/** Expects what FenceText of the protocol admits. */
export function parseFence(text: string): Fence {
  const [epoch, counter] = text.split('.');
  return { epoch: Number(epoch), counter: Number(counter) };
}
