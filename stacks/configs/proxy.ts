// Which files does the proxy read?
import { nginxText } from './proxy/document.ts';
import { linksPage } from './proxy/page.ts';
import { startScript } from './proxy/start-script.ts';
import type { ConfigEntry } from './types.ts';

export const proxy: ConfigEntry = {
  summary: 'proxy/: nginx.conf, its start script and the page of links',
  render: (cluster, at) => {
    const { ollama, proxy: decided } = cluster.stack;
    if (decided === null) return [];
    return [
      { path: 'proxy/index.html', text: linksPage(cluster), mode: 0o644 },
      { path: 'proxy/nginx.conf', text: nginxText(cluster, decided, at), mode: 0o644 },
      { path: 'proxy/start.sh', text: startScript(decided, ollama !== null, at), mode: 0o644 },
    ];
  },
};
