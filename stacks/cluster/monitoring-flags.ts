// With which flags do Prometheus and Alertmanager start, in a container or beside one?
import type { Alertmanager, Cluster, Prometheus } from './types.ts';
import { pageUrl } from './web-address.ts';

/** Its flags, wherever it runs; it writes to `state` alone. */
export function prometheusFlags(
  cluster: Cluster,
  { port, retentionSeconds }: Pick<Prometheus, 'port' | 'retentionSeconds'>,
  at: { readonly config: string; readonly listen: string; readonly state: string },
): readonly string[] {
  return [
    `--config.file=${at.config}`,
    `--storage.tsdb.path=${at.state}`,
    `--storage.tsdb.retention.time=${retentionSeconds}s`,
    `--web.listen-address=${at.listen}`,
    // Links in alerts start with it, and it answers below this path: on its own port too, to which "/" leads.
    `--web.external-url=${pageUrl(cluster, 'prometheus', port)}`,
  ];
}

/** Its flags beside that of its configuration, wherever it runs; it writes to `state` alone. */
export function alertmanagerFlags(
  cluster: Cluster,
  { port }: Pick<Alertmanager, 'port'>,
  at: { readonly listen: string; readonly state: string },
): readonly string[] {
  return [
    `--storage.path=${at.state}`,
    `--web.listen-address=${at.listen}`,
    `--web.external-url=${pageUrl(cluster, 'alertmanager', port)}`,
    // One of it: nobody to gossip with.
    '--cluster.listen-address=',
  ];
}
