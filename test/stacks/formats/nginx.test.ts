// Does every text reach nginx as a text, in the order in which it was meant?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NginxParser } from 'nginx-conf';
import {
  block,
  comment,
  directive,
  formatNginx,
  type NginxDirective,
  NginxWordError,
  variable,
} from '../../../stacks/formats/nginx.ts';
import { type NginxNode, parseNginx } from '../../../stacks/formats/nginx-tokens.ts';

/** Signs that mean something to nginx, and some that do not. */
const hostile = fc.string({
  unit: fc.constantFrom(...' ;{}#"\'\\$()~^=*a0%é🙂,:/.@'.split(''), '\\n', '\\t', 'server {', '}'),
  maxLength: 24,
});
const speakable = hostile.filter((text) => !text.includes('$') && text.isWellFormed());

test('a tree is printed in its order, with plain words bare and all others in quotes', () => {
  const text = formatNginx([
    comment('Made by a test.\nserver { listen 1; }'),
    directive('worker_processes', 2),
    block(
      ['location', '~', { pattern: '^/a(/.*)$' }],
      [
        directive('deny', '10.0.0.9'),
        directive('allow', '10.0.0.0/8'),
        directive('deny', 'all'),
        directive('rewrite', { pattern: '^/a(/.*)$' }, variable('1'), 'break'),
        directive('return', 200, 'a "text"; } with \\ signs'),
        directive('set', variable('where'), { join: ['http://', variable('host'), ':80'] }),
      ],
    ),
    block(['map', variable('host'), variable('x')], [directive({ key: 'default' }, 1), directive('default', '')]),
  ]);
  assert.equal(
    text,
    `# Made by a test.
# server { listen 1; }
worker_processes 2;
location ~ "^/a(/.*)$" {
    deny 10.0.0.9;
    allow 10.0.0.0/8;
    deny all;
    rewrite "^/a(/.*)$" $1 break;
    return 200 "a \\"text\\"; } with \\\\ signs";
    set $where "http://\${host}:80";
}
map $host $x {
    "\\\\default" 1;
    default "";
}
`,
  );
});

test('any text is read back as that text, whatever stands around it', () => {
  fc.assert(
    fc.property(fc.array(speakable, { minLength: 1, maxLength: 6 }), (words) => {
      const tree = [directive('before', 1), block(['server'], [directive('set', ...words)]), directive('after', 2)];
      assert.deepEqual(parseNginx(formatNginx(tree)), [
        { words: ['before', '1'], block: null },
        { words: ['server'], block: [{ words: ['set', ...words], block: null }] },
        { words: ['after', '2'], block: null },
      ]);
    }),
  );
});

/** The names in their order, by nginx-conf's parser: blocks as lists. */
function namesBy(text: string): unknown {
  type Found = { readonly name: string; readonly children: readonly Found[] | null };
  let names: unknown = null;
  const outline = (found: Found): unknown =>
    found.children === null || found.children.length === 0 ? found.name : [found.name, ...found.children.map(outline)];
  new NginxParser().parse(text, (error, tree) => {
    if (error) throw error;
    names = (tree as unknown as Found).children?.map(outline);
  });
  return names;
}

test('a foreign parser sees the same directives in the same order', () => {
  const name = fc.constantFrom('allow', 'deny', 'set', 'rewrite', 'if');
  // That parser does not read escapes as nginx does.
  const known = speakable.filter((text) => !/[\\"']/.test(text));
  fc.assert(
    fc.property(fc.array(fc.tuple(name, known), { minLength: 1, maxLength: 8 }), (list) => {
      const tree: readonly NginxDirective[] = list.map(([each, text]) => directive(each, 'x', text));
      assert.deepEqual(namesBy(formatNginx([block(['server'], tree), directive('end', 1)])), [
        ['server', ...list.map(([each]) => each)],
        'end',
      ]);
    }),
  );
});

test('what nginx cannot be told is refused: dollars, control characters, halves of characters, length', () => {
  const texts = ['$host', 'a\nb', '\u0000', '\u007F', '\u0085', '\u2028', '\uD800', 'é'.repeat(1025)];
  for (const text of texts) assert.throws(() => formatNginx([directive('set', text)]), NginxWordError, text);
  for (const name of ['', 'a b', 'host}', '10', 'A'])
    assert.throws(() => formatNginx([directive('set', variable(name))]), NginxWordError, name);
  assert.throws(() => formatNginx([directive('set', { join: ['a$', variable('b')] })]), NginxWordError);
  assert.throws(() => formatNginx([directive({ key: '$x' }, 1)]), NginxWordError);
});

test('nginx-like reading: comments, escapes, both quotes, variables in braces', () => {
  const text = `# a; b {\nset $a "x\\ty\\"z\\." 'it\\'s' a\\;b \${v}w; # end\nif ( $a = "b") { return 1; }\nempty "" {}`;
  const expected: readonly NginxNode[] = [
    { words: ['set', '$a', 'x\ty"z\\.', "it's", 'a\\;b', `\${v}w`], block: null },
    { words: ['if', '(', '$a', '=', 'b', ')'], block: [{ words: ['return', '1'], block: null }] },
    { words: ['empty', ''], block: [] },
  ];
  assert.deepEqual(parseNginx(text), expected);
});

test('what nginx would refuse is not read', () => {
  for (const text of ['a', 'a {', 'a; }', 'a b }', '"a', '"a"b;', ';', '{}', 'a { b }'])
    assert.throws(() => parseNginx(text), Error, text);
});
