// What does the page of links say?
import type { Cluster } from '../../cluster/types.ts';
import { dashboardsOf } from './routes.ts';

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text, as HTML shows it. */
const shown = (text: string): string => text.replace(/[&<>"']/g, (character) => named[character] ?? character);

export function linksPage(cluster: Cluster): string {
  const { ollama, openWebui } = cluster.stack;
  const links = [
    ...(openWebui === null ? [] : [['/', `${openWebui.title}: chat`]]),
    ...dashboardsOf(cluster).map(({ name, title }) => [`/muster/${name}/`, title]),
  ];
  const apis = [
    ['/muster/api/', 'the API for jobs and workers; key: .muster/secrets/admin'],
    ...(ollama === null ? [] : [['/muster/ollama/', 'the API of the models; key: .muster/secrets/ollama/key']]),
  ];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    `<title>${shown(cluster.name)}</title>`,
    '<style>body { font: 1rem/1.6 sans-serif; margin: 3rem auto; max-width: 40rem; padding: 0 1rem }</style>',
    `<h1>${shown(cluster.name)}</h1>`,
    '<ul>',
    ...links.map(([path = '', title = '']) => `<li><a href="${shown(path)}">${shown(title)}</a></li>`),
    '</ul>',
    '<p>For programs:</p>',
    '<ul>',
    ...apis.map(([path = '', title = '']) => `<li><code>${shown(path)}</code> ${shown(title)}</li>`),
    '</ul>',
    '</html>',
    '',
  ].join('\n');
}
