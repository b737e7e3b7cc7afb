// Where does the orchestrator run, when the cloud runs it? One instance behind a load balancer, its state on a disk.
import { compute, type serviceaccount } from '@pulumi/gcp';
import { all, interpolate, type Output } from '@pulumi/pulumi';
import type { CloudInputs } from '../inputs.ts';
import { makeBalancer, makeName } from './balancer.ts';
import { makeFiles } from './bucket.ts';
import { makeAccount, makeSecret, mayLog, mayOnGroups } from './identity.ts';
import { type Network, probes } from './network.ts';
import type { Place } from './place.ts';
import { makeState } from './state.ts';
import { debian, hardened, metadata } from './template.ts';

/** Where the tunnels of Identity-Aware Proxy come from. */
const tunnels = ['35.235.240.0/20'];

/** Workers come by their accounts, the load balancer and its checks by the addresses of Google, people by a tunnel. */
function openDoors(
  place: Place,
  { network }: Network,
  account: serviceaccount.Account,
  workers: readonly serviceaccount.Account[],
): void {
  const { cluster, options, project } = place;
  const logConfig = { metadata: 'INCLUDE_ALL_METADATA' };
  const at = { project, network, direction: 'INGRESS', targetServiceAccounts: [account.email], logConfig };
  // Other networks than its own may let machines in to any port.
  new compute.Firewall(
    'orchestrator-in',
    {
      ...{ ...at, name: `${cluster}-orchestrator-in`, priority: 900 },
      denies: [{ protocol: 'all' }],
      sourceRanges: ['0.0.0.0/0'],
    },
    options,
  );
  const doors = [
    { name: 'workers', from: { sourceServiceAccounts: workers.map(({ email }) => email) } },
    { name: 'probes', from: { sourceRanges: [...probes] } },
    { name: 'tunnels', from: { sourceRanges: tunnels } },
  ];
  for (const { name, from } of doors) {
    new compute.Firewall(
      `orchestrator-${name}`,
      {
        ...{ ...at, ...from, name: `${cluster}-orchestrator-${name}`, priority: 800 },
        allows: [{ protocol: 'tcp', ports: ['443'] }],
      },
      options,
    );
  }
}

/** How a person gets to it, as a command, or the address of the load balancer; null: the orchestrator is elsewhere. */
export function makeControlPlane(
  place: Place,
  network: Network,
  inputs: CloudInputs,
  workers: readonly serviceaccount.Account[],
): Output<string> | null {
  const { fleet } = inputs;
  const machine = fleet.controlPlane;
  if (machine === null) return null;
  const { cluster, labels, options, project, region } = place;
  const account = makeAccount(place, 'orchestrator', `Muster orchestrator of ${cluster}`);
  mayLog(place, 'orchestrator', account);
  mayOnGroups(place, 'orchestrator', account, ['compute.instances.get', 'compute.instances.list']);
  const value = JSON.stringify(inputs.controlSecrets);
  const secret = makeSecret(place, { as: 'control-plane', id: `${cluster}-control-plane`, value }, account);
  const files = makeFiles(place, inputs.controlFiles, account);
  openDoors(place, network, account, workers);
  const disk = makeState(place, fleet.groups.flatMap(({ zones }) => zones)[0] ?? `${region}-b`);
  // All else follows the disk.
  const { zone } = disk;
  const startupScript = all([files.bucket.name, secret.secret.id]).apply(([bucket, named]) =>
    inputs.controlData({ bucket, secret: named }),
  );
  const instance = new compute.Instance(
    'orchestrator',
    {
      ...hardened(false),
      // Without a name, so that each has one of its own: the group behind the load balancer would not see another of it.
      ...{ project, zone, machineType: machine.type, labels },
      bootDisk: { initializeParams: { image: debian, size: 20, type: 'pd-balanced' } },
      attachedDisks: [{ source: disk.selfLink, deviceName: 'state' }],
      networkInterfaces: [{ network: network.network, subnetwork: network.subnetwork }],
      serviceAccount: { email: account.email, scopes: ['cloud-platform'] },
      metadata,
      // Not among the rest: so a new script is a new machine.
      metadataStartupScript: startupScript,
      allowStoppingForUpdate: true,
    },
    {
      ...options,
      // What it fetches when it boots.
      dependsOn: [...options.dependsOn, ...secret.ready, ...files.ready, ...network.wayOut],
      // Two at once would share the disk.
      deleteBeforeReplace: true,
    },
  );
  const address = makeBalancer(place, network, fleet, { instance, zone });
  if (fleet.reach.certificate !== null) return address;
  makeName(place, network, address);
  const where = interpolate`--zone ${zone} --project ${project} --local-host-port localhost:8443`;
  return interpolate`gcloud compute start-iap-tunnel ${instance.name} 443 ${where}`;
}
