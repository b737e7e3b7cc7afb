// Does everything that is made on Google Cloud keep the rules, for every way in which a pool can be written?
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { gcpRules } from '../../infra/policy/rules-gcp.ts';
import { cloudSpecs } from '../support/cloud-specs.ts';
import { recordCloud } from '../support/recorded-cloud.ts';

const cloud = await recordCloud();
const { gcpProgram } = await import('../../infra/gcp/program.ts');

const specs = cloudSpecs('gcp');
const made = new Map<string, Awaited<ReturnType<typeof cloud.settled>>>();
for (const [name, inputs] of specs) {
  await gcpProgram(inputs);
  made.set(name, await cloud.settled());
}

test('at least thirty specs are looked at, and each makes its groups', () => {
  ok(specs.size >= 30, String(specs.size));
});

test('no resource of any spec breaks a rule', () => {
  const broken = [...made].flatMap(([spec, resources]) =>
    resources.flatMap((resource) =>
      gcpRules.flatMap(({ name, check }) =>
        check(resource).map((what) => `${spec} ${resource.type} ${resource.name}: ${name}: ${what}`),
      ),
    ),
  );
  deepStrictEqual(broken, []);
});

type Plant = readonly [rule: string, type: string, change: Readonly<Record<string, unknown>>];
const template = 'gcp:compute/instanceTemplate:InstanceTemplate';
const group = 'gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager';
const door = { direction: 'INGRESS', allows: [{ protocol: 'tcp' }], sourceRanges: ['0.0.0.0/0'] };

/** A mistake for each rule, planted into what was made. */
const plants: readonly Plant[] = [
  ['gcp-1-shielded', template, { shieldedInstanceConfig: {} }],
  ['gcp-1-shielded', template, { metadata: { 'enable-oslogin': 'FALSE' } }],
  [
    'gcp-2-account',
    template,
    { serviceAccount: { email: '1-compute@developer.gserviceaccount.com', scopes: ['cloud-platform'] } },
  ],
  ['gcp-2-roles', 'gcp:projects/iAMMember:IAMMember', { role: 'roles/editor' }],
  ['gcp-2-roles', 'gcp:projects/iAMMember:IAMMember', { role: 'roles/compute.instanceAdmin.v1' }],
  ['gcp-3-inside', template, { networkInterfaces: [{ accessConfigs: [{}] }] }],
  ['gcp-3-doors', 'gcp:compute/firewall:Firewall', door],
  ['gcp-3-flows', 'gcp:compute/subnetwork:Subnetwork', { logConfig: undefined }],
  ['gcp-4-spot', template, { scheduling: { provisioningModel: 'SPOT' } }],
  ['gcp-5-group', group, { autoHealingPolicies: { initialDelaySec: 10 } }],
  ['gcp-5-no-autoscaler', 'gcp:compute/regionAutoscaler:RegionAutoscaler', {}],
  ['gcp-5-group', group, { updatePolicy: { type: 'PROACTIVE' } }],
  ['gcp-3-bucket', 'gcp:storage/bucket:Bucket', { publicAccessPrevention: 'inherited' }],
  ['gcp-3-bucket', 'gcp:storage/bucket:Bucket', { uniformBucketLevelAccess: false }],
  ['gcp-3-bucket', 'gcp:storage/bucket:Bucket', { versioning: undefined }],
  ['gcp-2-members', 'gcp:storage/bucketIAMMember:BucketIAMMember', { member: 'allUsers' }],
  ['gcp-2-roles', 'gcp:storage/bucketIAMMember:BucketIAMMember', { role: 'roles/storage.objectAdmin' }],
];

for (const [rule, type, change] of plants) {
  test(`${rule} is broken by ${JSON.stringify(change)}`, () => {
    const resource = [...made.values()].flat().find((each) => each.type === type) ?? {
      type,
      name: 'planted',
      props: {},
    };
    const planted = { ...resource, props: { ...resource.props, ...change } };
    deepStrictEqual(
      gcpRules.filter(({ check }) => check(planted).length > 0).map(({ name }) => name),
      [rule],
    );
  });
}

test('each rule has a mistake that breaks it', () => {
  const broken = new Set(plants.map(([rule]) => rule));
  deepStrictEqual(
    gcpRules.map(({ name }) => name).filter((name) => !broken.has(name)),
    [],
  );
});

test('no secret stands in anything but a secret', () => {
  const told = [...made.values()].flat().filter(({ props }) => JSON.stringify(props).includes('canary-'));
  deepStrictEqual(
    told.filter(({ type, hidden }) => !/:SecretVersion$/.test(type) || !hidden),
    [],
  );
});

test('machines are told what to do by a startup script, with GPUs that drivers are wanted too', () => {
  for (const { props } of [...made.values()].flat().filter(({ type }) => type === template)) {
    const metadata = props.metadata as Record<string, string>;
    const [disk] = props.disks as { sourceImage: string }[];
    ok(metadata['startup-script']?.startsWith('#'));
    ok(metadata['user-data'] === undefined);
    if (disk?.sourceImage.includes('deeplearning')) deepStrictEqual(metadata['install-nvidia-driver'], 'True');
  }
});

test('no right is on machines outside of the groups, nor may any of ours delete one', () => {
  const roles = [...made.values()].flat().filter(({ type }) => type.endsWith(':IAMCustomRole'));
  const all = new Set(roles.flatMap(({ props }) => props.permissions as string[]));
  deepStrictEqual([...all].sort(), [
    'compute.instanceGroupManagers.get',
    'compute.instanceGroupManagers.update',
    'compute.instances.get',
    'compute.instances.list',
  ]);
});

test('the role of an account is its own: the id of one that was deleted is kept for weeks', () => {
  const roles = [...made.values()].flat().filter(({ type }) => type.endsWith(':IAMCustomRole'));
  deepStrictEqual(
    [...new Set(roles.map(({ props }) => String(props.roleId)))].sort(),
    ['b-2', 'orchestrator', 'p'].map((name) => `muster_<<gcp:serviceaccount/account:Account|${name}|uniqueId>>`),
  );
});

test('nobody comes in to the control plane but by its doors, whatever its network allows', () => {
  const doors = [...made.values()].flatMap((resources) => {
    const walls = resources.filter(({ name, type }) => type.endsWith(':Firewall') && name.startsWith('orchestrator-'));
    return walls.map(({ name, props: { allows, denies, priority } }) =>
      JSON.stringify([name, priority, denies ?? null, allows ?? null]),
    );
  });
  const open = [{ ports: ['443'], protocol: 'tcp' }];
  deepStrictEqual(
    [...new Set(doors)].map((door) => JSON.parse(door)),
    [
      ['orchestrator-in', 900, [{ protocol: 'all' }], null],
      ['orchestrator-probes', 800, null, open],
      ['orchestrator-tunnels', 800, null, open],
      ['orchestrator-workers', 800, null, open],
    ],
  );
});

test('a budget is counted in the currency of the billing account', () => {
  const budgets = [...made.values()].flat().filter(({ type }) => type === 'gcp:billing/budget:Budget');
  ok(budgets.length > 0);
  for (const { props } of budgets) deepStrictEqual(props.amount, { specifiedAmount: { units: '90000' } });
});

test('the way in is a command that can be typed: the machine, its zone and the project', async () => {
  const inputs = [...specs.values()].find(({ fleet }) => fleet.url.endsWith('.muster.internal/muster'));
  ok(inputs !== undefined);
  const { next } = gcpProgram(inputs);
  const [first] = await new Promise<readonly string[]>((resolve) => next.apply(resolve));
  await cloud.settled();
  strictEqual(
    first,
    'open a way in, and leave it open: gcloud compute start-iap-tunnel orchestrator 443 --zone europe-west1-b --project my-project --local-host-port localhost:8443',
  );
});
