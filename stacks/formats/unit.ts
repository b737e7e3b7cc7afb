// How is a unit of systemd printed from a tree, so that no value becomes a directive, a variable or a second command?
import { parseUnit } from './unit-lines.ts';
import { bothReadings } from './unit-meaning.ts';

/** The folder with the unit's credentials, which is known only once it starts. */
export const credentialsFolder = { specifier: 'd' } as const;

/** Text stands for itself, whatever is in it. */
export type UnitText = string | readonly (string | typeof credentialsFolder)[];

export type UnitValue =
  | number
  | boolean
  /** One text to the end of the line, for people. */
  | { readonly text: string }
  /** Names, paths and flags without blanks, which systemd keeps apart by blanks; none empties a list. */
  | { readonly words: readonly string[] }
  | { readonly seconds: number }
  | { readonly mebibytes: number }
  | { readonly percent: number }
  /** A variable of the environment. */
  | { readonly name: string; readonly is: UnitText }
  /** A program by its path, without the signs that would change its rights, and its arguments. */
  | { readonly program: string; readonly arguments: readonly UnitText[]; readonly mayFail?: true }
  /** A secret of the host, under the name that its reader knows. */
  | { readonly credential: string; readonly from: string }
  /** What it is when the host has no such secret: systemd knows no empty one. */
  | { readonly credential: string; readonly empty: true };

export type UnitSection = {
  readonly name: 'Unit' | 'Service' | 'Timer' | 'Socket' | 'Path' | 'Slice' | 'Install';
  readonly lines: readonly (readonly [key: string, value: UnitValue])[];
};

/** C0, DEL, C1, the separators of lines, halves of characters. */
const unprintable = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]|\p{Surrogate}/u;
const plainWord = /^[A-Za-z0-9@_.:/+~=,-]+$/;
const plainPath = /^(?:\/[A-Za-z0-9@_+-][A-Za-z0-9@_.+-]*)+$/;
/** systemd takes no longer line (LONG_LINE_MAX is 1 MiB). */
const longestLineBytes = 1_000_000;

/** A value that cannot be said to systemd; the message begins with its field. */
export class UnitValueError extends Error {}

type Say = (expected: string, got: string) => never;

function literal(text: string, refuse: Say): string {
  if (unprintable.test(text)) refuse('a text of one line without control characters', text);
  return text.replaceAll('%', '%%');
}

function printedText(text: UnitText, inside: (part: string) => string, refuse: Say): string {
  const parts = typeof text === 'string' ? [text] : text;
  return parts
    .map((part) => (typeof part === 'string' ? inside(literal(part, refuse)) : `%${part.specifier}`))
    .join('');
}

const quoted = (inside: string): string => (plainWord.test(inside) ? inside : `"${inside}"`);
const inQuotes = (text: string): string => text.replace(/["\\]/g, '\\$&');
/** In commands alone a dollar names a variable. */
const inCommand = (text: string): string => inQuotes(text.replaceAll('$', '$$$$'));

function plain(pattern: RegExp, expected: string, text: string, refuse: Say): string {
  return pattern.test(text) ? text.replaceAll('%', '%%') : refuse(expected, text);
}

function printedValue(value: UnitValue, refuse: Say): string {
  const path = (text: string) => plain(plainPath, 'an absolute path of plain letters', text, refuse);
  const whole = (amount: number, unit: string) =>
    Number.isInteger(amount) && amount >= 0 ? `${amount}${unit}` : refuse('a whole number', String(amount));
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : refuse('a whole number', `${value}`);
  if ('seconds' in value) return whole(value.seconds, 's');
  if ('mebibytes' in value) return whole(value.mebibytes, 'M');
  if ('percent' in value) return whole(value.percent, '%');
  if ('words' in value) return value.words.map((word) => plain(plainWord, 'a plain word', word, refuse)).join(' ');
  if ('empty' in value) return `${plain(/^[A-Za-z0-9_.-]+$/, 'a name', value.credential, refuse)}:\\n`;
  if ('credential' in value)
    return `${plain(/^[A-Za-z0-9_.-]+$/, 'a name', value.credential, refuse)}:${path(value.from)}`;
  if ('program' in value) {
    const words = value.arguments.map((each) => printedText(each, inCommand, refuse));
    return [`${value.mayFail ? '-' : ''}${path(value.program)}`, ...words.map(quoted)].join(' ');
  }
  if ('name' in value) {
    const name = plain(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable', value.name, refuse);
    return `"${name}=${printedText(value.is, inQuotes, refuse)}"`;
  }
  // Nothing in it can be escaped: at its end a backslash would join the next line, and blanks are cut.
  if (/^\s|\s$|\\$|^$/.test(value.text)) refuse('a text that neither begins nor ends with a blank or \\', value.text);
  return literal(value.text, refuse);
}

/** Prints the sections in their order under a comment. Reads its own output back and throws when that says something else. */
export function formatUnit(comment: string, sections: readonly UnitSection[]): string {
  const wanted = sections.flatMap(({ lines, name }) =>
    lines.map(([key, value]) => {
      const refuse: Say = (expected, got) => {
        throw new UnitValueError(`${name}/${key}: expected ${expected}, got ${JSON.stringify(got)}`);
      };
      const printed = printedValue(value, refuse);
      if (new TextEncoder().encode(printed).length > longestLineBytes) refuse(`at most ${longestLineBytes} bytes`, '…');
      return { section: name, key, value, printed };
    }),
  );
  const text = [
    // A comment goes on in the next line as an assignment does.
    ...comment.split(/[\n\r\u0085\u2028\u2029]/).map((line) => `# ${line.replace(/\\+$/, '')}`),
    ...sections.flatMap(({ name }) => [
      '',
      `[${name}]`,
      ...wanted.filter(({ section }) => section === name).map(({ key, printed }) => `${key}=${printed}`),
    ]),
    '',
  ].join('\n');
  const back = parseUnit(text);
  const same = wanted.every(({ key, printed, section, value }, index) => {
    const line = back[index];
    if (line === undefined || line.section !== section || line.key !== key || line.value !== printed) return false;
    const [meant, read] = bothReadings(value, line.value);
    return JSON.stringify(meant) === JSON.stringify(read);
  });
  if (!same || back.length !== wanted.length) {
    throw new Error('the unit that was printed does not read back as what was meant');
  }
  return text;
}

/** `a/b` → `a-b`: a name of ours inside the name of a unit, where nothing else may stand. */
export function unitName(service: string, kind: 'service' | 'timer' | 'socket' | 'path' = 'service'): string {
  if (!/^[a-z0-9][a-z0-9-]{0,200}$/.test(service)) {
    throw new UnitValueError(`unit: expected a name of a-z, 0-9 and -, got ${JSON.stringify(service)}`);
  }
  return `muster-${service}.${kind}`;
}
