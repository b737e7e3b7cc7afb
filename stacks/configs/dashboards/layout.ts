// Where on a page does each panel lie? From left to right, a new row where one is full or the height changes.
import type { Panel } from './page.ts';

export type Place = { readonly x: number; readonly y: number; readonly w: number; readonly h: number };

/** Grafana's grid has so many columns. */
const columns = 24;
const sizes = { number: { w: 6, h: 4 }, lines: { w: 12, h: 8 }, areas: { w: 12, h: 8 } } as const;

export function placesOf(panels: readonly Panel[]): readonly Place[] {
  let next = { x: 0, y: 0 };
  let rowHeight = 0;
  return panels.map(({ kind }) => {
    const { h, w } = sizes[kind];
    if (next.x > 0 && (next.x + w > columns || h !== rowHeight)) next = { x: 0, y: next.y + rowHeight };
    const place = { ...next, w, h };
    next = { x: next.x + w, y: next.y };
    rowHeight = h;
    return place;
  });
}
