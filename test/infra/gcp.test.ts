// Does everything that is made on Google Cloud keep the rules, for every way in which a pool can be written?
import { deepStrictEqual, ok } from 'node:assert';
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
