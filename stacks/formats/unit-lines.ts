// What does systemd read in the text of a unit? Lines, words and specifiers, as its own parser takes them apart.

/** A specifier keeps its sign; `null` as text stands for nothing else. */
export type UnitWord = readonly (string | { readonly specifier: string })[];

export type UnitLine = { readonly section: string; readonly key: string; readonly value: string };

/** The assignments in their order. Comments are left out, and a line that ends in `\` goes on in the next one. */
export function parseUnit(text: string): readonly UnitLine[] {
  const found: UnitLine[] = [];
  let section = '';
  let begun = '';
  for (const line of text.split('\n')) {
    if (/^\s*[#;]/.test(line)) continue;
    if (line.endsWith('\\')) {
      begun += `${line.slice(0, -1)} `;
      continue;
    }
    const whole = `${begun}${line}`.trim();
    begun = '';
    if (whole === '') continue;
    const head = /^\[(.*)\]$/.exec(whole);
    const [, key, value] = /^([^=]*)=(.*)$/s.exec(whole) ?? [];
    if (head !== null) section = head[1] as string;
    else if (key === undefined || value === undefined) throw new Error(`no assignment: ${whole}`);
    else found.push({ section, key: key.trim(), value: value.trim() });
  }
  return found;
}

/** Text with `%%` as a percent sign, and every other specifier apart. */
export function withoutSpecifiers(text: string): UnitWord {
  const parts = text.split(/(%.)/su).filter((part) => part !== '');
  const word: (string | { readonly specifier: string })[] = [];
  for (const part of parts) {
    const literal = part === '%%' ? '%' : part.startsWith('%') ? null : part;
    const last = word.at(-1);
    if (literal === null) word.push({ specifier: part.slice(1) });
    else if (typeof last === 'string') word[word.length - 1] = last + literal;
    else word.push(literal);
  }
  return word;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', "'": "'", s: ' ' };

/** Words between blanks; quotes hold together, and a backslash means what it means in C. */
export function wordsOf(value: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let at = 0; at < value.length; at += 1) {
    const sign = value.charAt(at);
    if (sign === '\\') {
      at += 1;
      const meant = escapes[value.charAt(at)];
      if (meant === undefined) throw new Error(`unknown escape: \\${value.charAt(at)}`);
      word = (word ?? '') + meant;
    } else if (quote === '' ? sign === '"' || sign === "'" : sign === quote) {
      quote = quote === '' ? sign : '';
      word ??= '';
    } else if (quote === '' && /[ \t]/.test(sign)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + sign;
  }
  if (quote !== '') throw new Error(`a quote without an end: ${value}`);
  return word === null ? words : [...words, word];
}
