// Where does the orchestrator run, when the cloud runs it? One instance behind a load balancer, its state on a disk.
import { compute, dns, type serviceaccount } from '@pulumi/gcp';
import { all, interpolate, type Output } from '@pulumi/pulumi';
import type { CloudInputs } from '../inputs.ts';
import { makeAccount, makeSecret, mayLog, mayOnGroups } from './identity.ts';
import { type Network, probes } from './network.ts';
import type { Place } from './place.ts';
import { debian, hardened, metadata } from './template.ts';

export type ControlPlane = {
  readonly url: Output<string>;
  /** How a person gets to it. */
  readonly door: Output<string>;
};

/** Where the tunnels of Identity-Aware Proxy come from. */
const tunnels = ['35.235.240.0/20'];

/** The state lies on a disk of its own, copied each night and kept for a week. */
function makeDisk({ cluster, labels, options, project, region }: Place, zone: string): compute.Disk {
  const policy = new compute.ResourcePolicy(
    'backups',
    {
      ...{ name: `${cluster}-backups`, project, region },
      snapshotSchedulePolicy: {
        schedule: { dailySchedule: { daysInCycle: 1, startTime: '03:00' } },
        retentionPolicy: { maxRetentionDays: 7, onSourceDiskDelete: 'KEEP_AUTO_SNAPSHOTS' },
        snapshotProperties: { labels },
      },
    },
    options,
  );
  const disk = new compute.Disk(
    'state',
    { name: `${cluster}-state`, project, zone, size: 20, type: 'pd-balanced', labels },
    options,
  );
  new compute.DiskResourcePolicyAttachment('state', { name: policy.name, disk: disk.name, project, zone }, options);
  return disk;
}

function openDoors(place: Place, { network, range }: Network, account: serviceaccount.Account): void {
  const { cluster, options, project } = place;
  const doors = [
    { name: 'workers', ports: ['8443'], sourceRanges: [range] },
    { name: 'probes', ports: ['8443'], sourceRanges: [...probes] },
    { name: 'tunnels', ports: ['8443'], sourceRanges: tunnels },
  ];
  for (const { name, ports, sourceRanges } of doors) {
    new compute.Firewall(
      `orchestrator-${name}`,
      {
        ...{ name: `${cluster}-orchestrator-${name}`, project, network, direction: 'INGRESS', priority: 800 },
        allows: [{ protocol: 'tcp', ports }],
        sourceRanges,
        targetServiceAccounts: [account.email],
        logConfig: { metadata: 'INCLUDE_ALL_METADATA' },
      },
      options,
    );
  }
}

/** Passes TLS through to the orchestrator; with a certificate of the project, ends it and is public on 443. */
function makeBalancer(
  place: Place,
  { network, subnetwork }: Network,
  { fleet }: CloudInputs,
  instance: compute.Instance,
  zone: string,
) {
  const { cluster, labels, options, project, region } = place;
  const named = (what: string) => ({ name: `${cluster}-${what}`, project });
  const members = new compute.InstanceGroup(
    'orchestrator',
    { ...named('orchestrator'), zone, instances: [instance.selfLink], namedPorts: [{ name: 'https', port: 8443 }] },
    options,
  );
  const check = { tcpHealthCheck: { port: 8443 }, logConfig: { enable: true } };
  const { certificate } = fleet.reach;
  if (certificate === null) {
    const health = new compute.RegionHealthCheck(
      'orchestrator',
      { ...named('orchestrator'), region, ...check },
      options,
    );
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
      ...{ loadBalancingScheme: 'INTERNAL', backendService: backend.id, ports: ['8443'], ipProtocol: 'TCP' },
    };
    return new compute.ForwardingRule('orchestrator', rule, options).ipAddress;
  }
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

/** Null: the orchestrator is elsewhere. */
export function makeControlPlane(place: Place, network: Network, inputs: CloudInputs): ControlPlane | null {
  const { fleet, controlSecrets } = inputs;
  const machine = fleet.controlPlane;
  if (machine === null) return null;
  const { cluster, labels, options, project, region } = place;
  const zone = fleet.groups.flatMap(({ zones }) => zones)[0] ?? `${region}-b`;
  const account = makeAccount(place, 'orchestrator', `Muster orchestrator of ${cluster}`);
  mayLog(place, 'orchestrator', account);
  const rights = [
    ...['compute.instanceGroupManagers.get', 'compute.instanceGroupManagers.update', 'compute.instances.delete'],
    ...['compute.instances.get', 'compute.instances.list', 'compute.instanceGroupManagers.list'],
  ];
  mayOnGroups(
    place,
    'orchestrator',
    account,
    rights,
    fleet.groups.flatMap(({ name }) => [name, `${name}-od`]),
  );
  const secrets = Object.entries(controlSecrets).map(
    ([path, value]) => [path, makeSecret(place, path.replaceAll('/', '-'), value, account).id] as const,
  );
  openDoors(place, network, account);
  const disk = makeDisk(place, zone);
  const userData = all(Object.fromEntries(secrets)).apply((names) => inputs.controlData({ secrets: names }));
  const instance = new compute.Instance(
    'orchestrator',
    {
      ...hardened(false),
      ...{ name: `${cluster}-orchestrator`, project, zone, machineType: machine.type, labels },
      bootDisk: { initializeParams: { image: debian, size: 20, type: 'pd-balanced' } },
      attachedDisks: [{ source: disk.selfLink, deviceName: 'state' }],
      networkInterfaces: [{ network: network.network, subnetwork: network.subnetwork }],
      serviceAccount: { email: account.email, scopes: ['cloud-platform'] },
      metadata: metadata(userData),
      allowStoppingForUpdate: true,
    },
    options,
  );
  const address = makeBalancer(place, network, inputs, instance, zone);
  if (fleet.reach.certificate !== null) {
    return {
      url: interpolate`https://${address}`,
      door: interpolate`point your name at ${address}; the certificate is for that name`,
    };
  }
  const dnsName = `${cluster}.muster.internal.`;
  const names = new dns.ManagedZone(
    'names',
    {
      ...{ name: `${cluster}-muster-internal`, project, dnsName, visibility: 'private', labels },
      privateVisibilityConfig: { networks: [{ networkUrl: network.network }] },
    },
    options,
  );
  const record = {
    project,
    managedZone: names.name,
    name: `orchestrator.${dnsName}`,
    type: 'A',
    ttl: 60,
    rrdatas: [address],
  };
  new dns.RecordSet('orchestrator', record, options);
  return {
    url: interpolate`https://orchestrator.${cluster}.muster.internal:8443`,
    door: interpolate`gcloud compute start-iap-tunnel ${instance.name} 8443 --zone ${zone} --project ${project} --local-host-port 127.0.0.1:8443`,
  };
}
