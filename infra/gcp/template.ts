// What does a machine on Google Cloud look like? Shielded, without an address outside, and of the pool's account.
import { compute, type serviceaccount } from '@pulumi/gcp';
import type { Resource } from '@pulumi/pulumi';
import type { CloudInputs } from '../inputs.ts';
import type { Group } from '../types.ts';
import type { Network } from './network.ts';
import type { Place } from './place.ts';

export const debian = 'projects/debian-cloud/global/images/family/debian-12';
const withDrivers = 'projects/deeplearning-platform-release/global/images/family/common-cu129-ubuntu-2404-nvidia-580';

/** What every machine of ours is (GCP1, GCP2). Drivers of GPUs are not signed: there secure boot stays off. */
export const hardened = (hasGpus: boolean) => ({
  shieldedInstanceConfig: { enableSecureBoot: !hasGpus, enableVtpm: true, enableIntegrityMonitoring: true },
  canIpForward: false,
});

/** Nobody signs in by a key of the project, nor by the serial port. */
export const metadata = {
  'enable-oslogin': 'TRUE',
  'block-project-ssh-keys': 'TRUE',
  'serial-port-enable': 'FALSE',
} as const;

/** A script, since Debian's image there has no cloud-init; the image with drivers asks before it installs them. */
const workerMetadata = (script: string, hasGpus: boolean) => ({
  ...metadata,
  'startup-script': script,
  ...(hasGpus && { 'install-nvidia-driver': 'True' }),
});

/** Spot is taken back with a notice of 30 s and never started again; the group makes another one. */
const scheduling = (isSpot: boolean, hasGpus: boolean) =>
  isSpot
    ? {
        ...{ provisioningModel: 'SPOT', preemptible: true, automaticRestart: false },
        ...{ instanceTerminationAction: 'DELETE', onHostMaintenance: 'TERMINATE' },
      }
    : { provisioningModel: 'STANDARD', automaticRestart: true, onHostMaintenance: hasGpus ? 'TERMINATE' : 'MIGRATE' };

/** `n1-standard-4+nvidia-tesla-t4`: the machine, and the card that is attached to it. */
export const partsOf = (type: string): readonly [machine: string, card: string | null] => {
  const [machine = '', card] = type.split('+');
  return [machine, card ?? null];
};

export type Parts = {
  readonly account: serviceaccount.Account;
  readonly network: Network;
  readonly inputs: CloudInputs;
  readonly group: Group;
  /** What must be there before a machine boots. */
  readonly ready: readonly Resource[];
};

export function makeTemplate(place: Place, name: string, parts: Parts, isSpot: boolean): compute.InstanceTemplate {
  const { account, network, inputs, group } = parts;
  const { options, project, region } = place;
  const [first] = group.machines;
  const [machineType, card] = partsOf(first?.type ?? '');
  const hasGpus = first?.gpu != null;
  return new compute.InstanceTemplate(
    name,
    {
      ...hardened(hasGpus),
      ...{ namePrefix: `${group.name.slice(0, 35)}-`, project, region, machineType },
      labels: { ...place.labels, ...group.tags },
      disks: [
        {
          ...{ sourceImage: group.hostImage ?? (hasGpus ? withDrivers : debian), boot: true, autoDelete: true },
          ...{ diskSizeGb: group.diskGiB, diskType: 'pd-balanced', labels: { ...place.labels, ...group.tags } },
        },
      ],
      networkInterfaces: [{ network: network.network, subnetwork: network.subnetwork }],
      ...(card !== null && { guestAccelerators: [{ type: card, count: first?.gpu?.count ?? 1 }] }),
      scheduling: scheduling(isSpot, hasGpus),
      serviceAccount: { email: account.email, scopes: ['cloud-platform'] },
      metadata: workerMetadata(inputs.workerData(group), hasGpus),
    },
    // The group needs the new one before the old one can go.
    { ...options, deleteBeforeReplace: false },
  );
}
