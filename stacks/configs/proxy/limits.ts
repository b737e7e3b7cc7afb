// How much may one client ask, and how slowly? Beyond it is cut, or told 429.
import type { Cluster, ReverseProxy } from '../../cluster/types.ts';
import { directive, type NginxDirective, variable } from '../../formats/nginx.ts';

/** A client that drips is cut within 12 s. */
const patience = '10s';
const streamsOfOneClient = 256;
/** Of one address: a whole rack of agents may stand behind one router. */
const requestsOfOneAgent = 4;

/** How many agents may be there at once. */
const agentsOf = ({ workers }: Cluster): number => workers.reduce((sum, { maxReplicas }) => sum + maxReplicas, 0);

/** Each stream takes two connections; pages and uploads want some too. */
export function connectionsOf(cluster: Cluster): number {
  const wanted = 1024 + 2 * agentsOf(cluster);
  return Math.min(65_536, 2 ** Math.ceil(Math.log2(wanted)));
}

/** In `http`. */
export function limits(cluster: Cluster, { requestsPerSecond }: ReverseProxy): readonly NginxDirective[] {
  const client = variable('binary_remote_addr');
  const agentRate = requestsPerSecond + requestsOfOneAgent * agentsOf(cluster);
  return [
    directive('client_header_timeout', patience),
    directive('client_body_timeout', patience),
    directive('send_timeout', patience),
    directive('reset_timedout_connection', 'on'),
    directive('lingering_time', patience),
    directive('lingering_timeout', '2s'),
    directive('keepalive_timeout', '65s'),
    directive('large_client_header_buffers', 4, '16k'),
    directive('client_max_body_size', '1m'),
    directive('limit_req_zone', client, 'zone=requests:10m', `rate=${requestsPerSecond}r/s`),
    directive('limit_req_zone', client, 'zone=agents:10m', `rate=${agentRate}r/s`),
    directive('limit_req_status', 429),
    directive('limit_conn_zone', client, 'zone=connections:10m'),
    directive('limit_conn_status', 429),
  ];
}

/** In each server that people reach. A page loads many small files at once: four seconds' worth may come in one. */
export function limited({ requestsPerSecond }: ReverseProxy): readonly NginxDirective[] {
  return [
    directive('limit_req', 'zone=requests', `burst=${requestsPerSecond * 4}`, 'nodelay'),
    directive('limit_conn', 'connections', streamsOfOneClient),
  ];
}

/** In the location of agents, instead of the above. */
export function limitedAgents(cluster: Cluster, { requestsPerSecond }: ReverseProxy): readonly NginxDirective[] {
  const agents = agentsOf(cluster);
  return [
    directive('limit_req', 'zone=agents', `burst=${(requestsPerSecond + agents) * 4}`, 'nodelay'),
    directive('limit_conn', 'connections', streamsOfOneClient + agents * 16),
  ];
}
