// What must hold for everything that is made on Google Cloud?
import { listAt, mapAt, of, type Resource, type Rule, textAt, unless } from './resource.ts';

const machines = ['gcp:compute/instanceTemplate:InstanceTemplate', 'gcp:compute/instance:Instance'];

function shielded({ props }: Resource): readonly string[] {
  const shield = mapAt(props.shieldedInstanceConfig);
  const metadata = mapAt(props.metadata);
  const hasGpus = listAt(props.guestAccelerators).length > 0 || /^(?:g2|a2|a3|a4)-/.test(textAt(props.machineType));
  return [
    ...unless(shield.enableVtpm === true && shield.enableIntegrityMonitoring === true, 'it must be a shielded machine'),
    ...unless(hasGpus || shield.enableSecureBoot === true, 'secure boot stays on where no unsigned driver is needed'),
    ...unless(metadata['enable-oslogin'] === 'TRUE', 'metadata enable-oslogin must be TRUE'),
    ...unless(metadata['block-project-ssh-keys'] === 'TRUE', 'metadata block-project-ssh-keys must be TRUE'),
    ...unless(metadata['serial-port-enable'] !== 'TRUE', 'the serial port must be off'),
  ];
}

function account({ props }: Resource): readonly string[] {
  const { email, scopes } = mapAt(props.serviceAccount);
  return [
    ...unless(
      email !== undefined && !textAt(email).endsWith('-compute@developer.gserviceaccount.com'),
      'it needs an account of its own',
    ),
    ...unless(listAt(scopes).join() === 'cloud-platform', 'the scope is cloud-platform: roles are the limit'),
  ];
}

function inside({ props }: Resource): readonly string[] {
  const outside = listAt(props.networkInterfaces).some((card) => listAt(mapAt(card).accessConfigs).length > 0);
  return [
    ...unless(!outside, 'no address outside: what it fetches goes through NAT'),
    ...unless(props.canIpForward !== true, 'it must not forward'),
  ];
}

function spot({ props }: Resource): readonly string[] {
  const { provisioningModel, instanceTerminationAction } = mapAt(props.scheduling);
  return unless(
    provisioningModel !== 'SPOT' || textAt(instanceTerminationAction) !== '',
    'spot must say instanceTerminationAction',
  );
}

function firewall({ props }: Resource): readonly string[] {
  if (props.direction !== 'INGRESS' || listAt(props.allows).length === 0) return [];
  return [
    ...unless(!listAt(props.sourceRanges).includes('0.0.0.0/0'), 'nobody comes in from everywhere'),
    ...unless(listAt(props.targetServiceAccounts).length > 0, 'doors open by account, not by tag'),
    ...unless(props.logConfig !== undefined, 'who comes in is logged'),
  ];
}

const wideRoles =
  /^roles\/(?:owner|editor|viewer|storage\.(?:\w*[aA]dmin|objectUser|objectCreator|legacy\w+)|iam\.\w*[aA]dmin|compute\.\w*[aA]dmin(?:\.v1)?|secretmanager\.admin)$/;

function roles({ props }: Resource): readonly string[] {
  const role = textAt(props.role);
  return unless(!wideRoles.test(role), `${role} is wider than a machine needs`);
}

function bucket({ props }: Resource): readonly string[] {
  return [
    ...unless(props.publicAccessPrevention === 'enforced', 'a bucket must not be public: publicAccessPrevention'),
    ...unless(props.uniformBucketLevelAccess === true, 'rights are on the bucket alone: uniformBucketLevelAccess'),
    ...unless(mapAt(props.versioning).enabled === true, 'what was in a bucket must be there: versioning'),
  ];
}

/** Nobody and everybody with an account are the whole world. */
const someone = ({ props }: Resource): readonly string[] =>
  unless(!/^all(?:Authenticated)?Users$/.test(textAt(props.member)), 'rights are for those who are named');

function group({ props }: Resource): readonly string[] {
  const healing = mapAt(props.autoHealingPolicies);
  return [
    ...unless(Number(healing.initialDelaySec) >= 180, 'autohealing must wait until a machine has booted'),
    ...unless(
      mapAt(props.updatePolicy).type === 'OPPORTUNISTIC',
      'machines end by name: the update policy is OPPORTUNISTIC',
    ),
  ];
}

const members = [
  'gcp:projects/iAMMember:IAMMember',
  'gcp:secretmanager/secretIamMember:SecretIamMember',
  'gcp:storage/bucketIAMMember:BucketIAMMember',
];

export const gcpRules: readonly Rule[] = [
  { name: 'gcp-1-shielded', description: 'Shielded, OS Login, no keys of the project.', check: of(machines, shielded) },
  { name: 'gcp-2-account', description: 'An account of its own.', check: of(machines, account) },
  {
    name: 'gcp-2-roles',
    description: 'Narrow roles.',
    check: of(members, roles),
  },
  { name: 'gcp-2-members', description: 'Rights are for those who are named.', check: of(members, someone) },
  {
    name: 'gcp-3-bucket',
    description: 'Buckets are not public.',
    check: of(['gcp:storage/bucket:Bucket'], bucket),
  },
  { name: 'gcp-3-inside', description: 'No address outside.', check: of(machines, inside) },
  {
    name: 'gcp-3-doors',
    description: 'Doors open by account.',
    check: of(['gcp:compute/firewall:Firewall'], firewall),
  },
  {
    name: 'gcp-3-flows',
    description: 'Flows are logged.',
    check: of(['gcp:compute/subnetwork:Subnetwork'], ({ props }) =>
      unless(props.logConfig !== undefined, 'flow logs must be on'),
    ),
  },
  { name: 'gcp-4-spot', description: 'Spot says how it ends.', check: of(machines, spot) },
  {
    name: 'gcp-5-group',
    description: 'Groups heal, and end machines by name.',
    check: of(['gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager'], group),
  },
  {
    name: 'gcp-5-no-autoscaler',
    description: 'The orchestrator scales, nobody else.',
    check: of(['gcp:compute/regionAutoscaler:RegionAutoscaler', 'gcp:compute/autoscaler:Autoscaler'], () => [
      'no autoscaler of the cloud',
    ]),
  },
];
