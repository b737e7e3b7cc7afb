// Who lets callers through to the control plane? A load balancer with port 443, public only where it has a certificate.
import { compute, dns } from '@pulumi/gcp';
import type { Output } from '@pulumi/pulumi';
import type { Fleet } from '../types.ts';
import type { Network } from './network.ts';
import type { Place } from './place.ts';

type Members = { readonly place: Place; readonly network: Network; readonly group: compute.InstanceGroup };

const check = { tcpHealthCheck: { port: 443 }, checkIntervalSec: 10, logConfig: { enable: true } };

/** TCP passes through to the proxy, and callers keep their addresses. */
function inside({ place, network: { network, subnetwork }, group: members }: Members): Output<string> {
  const { cluster, labels, options, project, region } = place;
  const named = (what: string) => ({ name: `${cluster}-${what}`, project });
  const health = new compute.RegionHealthCheck('orchestrator', { ...named('orchestrator'), region, ...check }, options);
  const backend = new compute.RegionBackendService(
    'orchestrator',
    {
      ...{
        ...named('orchestrator'),
        region,
        protocol: 'TCP',
        loadBalancingScheme: 'INTERNAL',
        healthChecks: health.id,
      },
      backends: [{ group: members.id, balancingMode: 'CONNECTION' }],
    },
    options,
  );
  const rule = {
    ...{ ...named('orchestrator'), region, network, subnetwork, labels },
    ...{ loadBalancingScheme: 'INTERNAL', backendService: backend.id, ports: ['443'], ipProtocol: 'TCP' },
  };
  return new compute.ForwardingRule('orchestrator', rule, options).ipAddress;
}

/** TLS ends here with a certificate of the project, and begins anew to the proxy. */
function outside({ place, group: members }: Members, certificate: string): Output<string> {
  const { cluster, labels, options, project } = place;
  const named = (what: string) => ({ name: `${cluster}-${what}`, project });
  const health = new compute.HealthCheck('orchestrator', { ...named('orchestrator'), ...check }, options);
  const backend = new compute.BackendService(
    'orchestrator',
    {
      ...{ ...named('orchestrator'), protocol: 'SSL', portName: 'https', healthChecks: health.id },
      ...{ loadBalancingScheme: 'EXTERNAL_MANAGED', timeoutSec: 3600 },
      backends: [{ group: members.id }],
    },
    options,
  );
  const policy = new compute.SSLPolicy(
    'modern',
    { ...named('modern'), profile: 'MODERN', minTlsVersion: 'TLS_1_2' },
    options,
  );
  const sslCertificates = [`projects/${project}/global/sslCertificates/${certificate}`];
  const proxy = new compute.TargetSSLProxy(
    'orchestrator',
    { ...named('orchestrator'), backendService: backend.id, sslCertificates, sslPolicy: policy.id },
    options,
  );
  const rule = {
    ...named('orchestrator'),
    target: proxy.id,
    portRange: '443',
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    labels,
  };
  return new compute.GlobalForwardingRule('orchestrator', rule, options).ipAddress;
}

/** Its address. */
export function makeBalancer(
  place: Place,
  network: Network,
  { reach: { certificate } }: Fleet,
  { instance, zone }: { readonly instance: compute.Instance; readonly zone: Output<string> },
): Output<string> {
  const { cluster, options, project } = place;
  const group = new compute.InstanceGroup(
    'orchestrator',
    {
      ...{ name: `${cluster}-orchestrator`, project, zone, instances: [instance.selfLink] },
      namedPorts: [{ name: 'https', port: 443 }],
    },
    options,
  );
  const members = { place, network, group };
  return certificate === null ? inside(members) : outside(members, certificate);
}

/** The name under which machines of the network reach it; for a certificate, people have one of their own. */
export function makeName(
  { cluster, labels, options, project }: Place,
  { network }: Network,
  address: Output<string>,
): void {
  const dnsName = `${cluster}.muster.internal.`;
  const zone = new dns.ManagedZone(
    'names',
    {
      ...{ name: `${cluster}-muster-internal`, project, dnsName, visibility: 'private', labels },
      privateVisibilityConfig: { networks: [{ networkUrl: network }] },
    },
    options,
  );
  const record = { type: 'A', ttl: 60, rrdatas: [address] };
  const where = { project, managedZone: zone.name, name: `orchestrator.${dnsName}` };
  new dns.RecordSet('orchestrator', { ...where, ...record }, options);
}
