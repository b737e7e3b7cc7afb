// Does a label's value match a job's pattern? `*`, `?`, `[a-z]`, `[!x]`, `\` escapes; case counts.
//
// Not a regular expression: patterns come from users and are matched for each queued job, so a pattern such as
// `*a*a*a*a*b` must not cost more than pattern × text steps.

type Token = { readonly kind: 'one'; readonly test: (char: string) => boolean } | { readonly kind: 'any' };

/** True when the pattern covers the whole text. */
export function globMatches(pattern: string, text: string): boolean {
  const tokens = tokensOf(pattern);
  const chars = [...text];
  let token = 0;
  let char = 0;
  let starToken = -1;
  let starChar = 0;
  while (char < chars.length) {
    const current = tokens[token];
    if (current?.kind === 'any') {
      starToken = token++;
      starChar = char;
    } else if (current?.test(chars[char] as string)) {
      token++;
      char++;
    } else if (starToken >= 0) {
      token = starToken + 1;
      char = ++starChar;
    } else return false;
  }
  while (tokens[token]?.kind === 'any') token++;
  return token === tokens.length;
}

function tokensOf(pattern: string): Token[] {
  const chars = [...pattern];
  const tokens: Token[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] as string;
    if (char === '*') tokens.push({ kind: 'any' });
    else if (char === '?') tokens.push({ kind: 'one', test: () => true });
    else if (char === '[') {
      const set = setAt(chars, at);
      if (set) {
        tokens.push({ kind: 'one', test: set.test });
        at = set.end;
      } else tokens.push(literal(char));
    } else if (char === '\\' && at + 1 < chars.length) tokens.push(literal(chars[++at] as string));
    else tokens.push(literal(char));
  }
  return tokens;
}

const literal = (wanted: string): Token => ({ kind: 'one', test: (char) => char === wanted });

/** A bracket without its end is an ordinary character: null. */
function setAt(chars: readonly string[], start: number): { end: number; test: (char: string) => boolean } | null {
  let at = start + 1;
  const negated = chars[at] === '!' || chars[at] === '^';
  if (negated) at++;
  const first = at;
  const ranges: [string, string][] = [];
  while (at < chars.length && (chars[at] !== ']' || at === first)) {
    if (chars[at] === '\\' && at + 1 < chars.length) at++;
    const from = chars[at] as string;
    if (chars[at + 1] === '-' && at + 2 < chars.length && chars[at + 2] !== ']') {
      ranges.push([from, chars[at + 2] as string]);
      at += 3;
    } else {
      ranges.push([from, from]);
      at++;
    }
  }
  if (at >= chars.length) return null;
  return { end: at, test: (char) => ranges.some(([from, to]) => from <= char && char <= to) !== negated };
}
