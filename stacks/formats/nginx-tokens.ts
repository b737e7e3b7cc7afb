// What does nginx read in a configuration? Its own rules for words, quotes and blocks (ngx_conf_file.c).

/** A directive as nginx sees it: its words without quotes, and what stands in its braces. */
export type NginxNode = { readonly words: readonly string[]; readonly block: readonly NginxNode[] | null };

type Token = { readonly kind: 'word'; readonly text: string } | { readonly kind: ';' | '{' | '}' };

const escapes: Readonly<Record<string, string>> = { '"': '"', "'": "'", '\\': '\\', t: '\t', r: '\r', n: '\n' };

/** In quotes and out of them alike; any other backslash stays. */
function unescaped(text: string): string {
  return text.replace(/\\(["'\\trn])/g, (_, character: string) => escapes[character] ?? character);
}

/** The end of a word that begins at `from`: a space, or what ends a directive. */
function endOfWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && !/[\s;{]/.test(text[at] as string)) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '$' && text[at + 1] === '{') at += 1;
    at += 1;
  }
  return at;
}

function endOfQuoted(text: string, from: number): number {
  const quote = text[from];
  let at = from + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === '\\' ? 2 : 1;
  if (at >= text.length) throw new Error('a quote is not closed');
  return at;
}

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at] as string;
    if (/\s/.test(character)) at += 1;
    else if (character === '#') at = (text.indexOf('\n', at) + 1 || text.length + 1) - 1;
    else if (character === ';' || character === '{' || character === '}') {
      found.push({ kind: character });
      at += 1;
    } else if (character === '"' || character === "'") {
      const end = endOfQuoted(text, at);
      if (!/[\s;{)]/.test(text[end + 1] ?? ';')) throw new Error('a quote ends inside a word');
      found.push({ kind: 'word', text: unescaped(text.slice(at + 1, end)) });
      at = end + 1;
    } else {
      const end = endOfWord(text, at);
      found.push({ kind: 'word', text: unescaped(text.slice(at, end)) });
      at = end;
    }
  }
  return found;
}

/** The tree of a configuration. Throws when braces or ends are missing. */
export function parseNginx(text: string): readonly NginxNode[] {
  const all = tokens(text);
  let at = 0;
  const directives = (depth: number): readonly NginxNode[] => {
    const nodes: NginxNode[] = [];
    let words: string[] = [];
    for (; at < all.length; at += 1) {
      const token = all[at] as Token;
      if (token.kind === 'word') words.push(token.text);
      else if (token.kind === '}') {
        if (depth === 0 || words.length > 0) throw new Error('a brace stands where a directive should end');
        return nodes;
      } else {
        if (words.length === 0) throw new Error('a directive has no name');
        at += token.kind === '{' ? 1 : 0;
        nodes.push({ words, block: token.kind === '{' ? directives(depth + 1) : null });
        words = [];
      }
    }
    if (depth > 0 || words.length > 0) throw new Error('the text ends inside a directive');
    return nodes;
  };
  return directives(0);
}
