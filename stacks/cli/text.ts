// How do foreign text and times look on a terminal? Without control characters, and relative to now.
import { formatTable } from './output.ts';

/** Escape sequences whole (CSI, OSC, those of two characters) … */
const sequences = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\^_]|\x9b[0-?]*[ -/]*[@-~]/g;
/** … then every control, bidi and zero-width character but line end and tab. */
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]/g;

/** Text of somebody else, safe for a terminal. */
export function plain(text: string): string {
  return text.replace(sequences, '').replace(controls, '');
}

/** A table whose cells came over the wire. */
export function plainTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return formatTable(
    header,
    rows.map((row) => row.map((cell) => plain(cell).replace(/[\n\t]/g, ' '))),
  );
}

/** `3 min ago`; a dash for never. */
export function formatAgo(iso: string | null, nowMs: number): string {
  return iso === null ? '–' : `${formatDuration((nowMs - Date.parse(iso)) / 1000)} ago`;
}

/** `4 s`, `3 min`, `2 h`, `5 d`: the largest unit that says enough. */
export function formatDuration(seconds: number): string {
  const rounded = Math.max(0, Math.round(seconds));
  if (rounded < 60) return `${rounded} s`;
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min`;
  if (rounded < 86_400) return `${Math.floor(rounded / 3600)} h`;
  return `${Math.floor(rounded / 86_400)} d`;
}
