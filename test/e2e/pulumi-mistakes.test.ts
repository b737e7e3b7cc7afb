// Are mistakes found before anything is made: of types, of references, of rules? And do other specs come up and go?
// Under the real Pulumi engine, on the stand-ins of test/support/pulumi.
import { deepStrictEqual, match, notStrictEqual } from 'node:assert';
import { after, before, test } from 'node:test';
import { cloudSpecs } from '../support/cloud-specs.ts';
import { Engine, whyNoEngine } from '../support/pulumi/engine.ts';
import { Story } from '../support/pulumi/story.ts';

const why = whyNoEngine();
const options = why === null ? {} : { skip: why };

let engine: Engine;
let story: Story;
before(async () => {
  if (why !== null) return;
  engine = await Engine.start();
  story = new Story(engine, 'test/support/pulumi/planted');
  await story.init();
});
after(() => engine?.stop());

type Plant = { readonly type: string; readonly change: Readonly<Record<string, unknown>> };
type Cloud = 'aws' | 'gcp';

const asked = (cloud: Cloud, spec: string, plant: Plant | null) =>
  Object.entries({ cloud, spec, plant: JSON.stringify(plant) }).flatMap(([key, value]) => ['-c', `${key}=${value}`]);

/** Names of specs that are unlike each other: with a control plane, beside a public orchestrator, in a named network. */
function unlike(cloud: Cloud): readonly string[] {
  const specs = [...cloudSpecs(cloud)];
  const first = (fits: (fleet: (typeof specs)[number][1]['fleet']) => boolean): string =>
    specs.find(([, { fleet }]) => fits(fleet))?.[0] ?? '';
  return [
    first(({ groups, reach }) => reach.certificate !== null && groups.length > 1),
    first(({ groups, reach }) => reach.by === 'public' && groups.some(({ spot }) => (spot?.onDemandBase ?? 0) > 0)),
    first(({ network, groups }) => network.kind === 'named' && groups.some(({ min }) => min > 0)),
  ];
}

for (const cloud of ['aws', 'gcp'] as const) {
  for (const spec of unlike(cloud)) {
    test(`${cloud} ${spec} comes up and goes`, options, async (t) => {
      const created = await story.done('up', ...asked(cloud, spec, null));
      t.diagnostic(`${created.length} resources`);
      deepStrictEqual(
        created.filter((call) => !call.startsWith('create ')),
        [],
      );
      deepStrictEqual((await story.done('destroy')).length, created.length);
      deepStrictEqual(engine.world.things, {});
    });
  }
}

/** What another script does, beside the machine: those that point at it follow, and the state stays. */
const successors = {
  aws: {
    plant: { type: 'aws:ec2/instance:Instance', change: { userDataBase64: 'b3RoZXI=' } },
    state: 'aws:ebs/volume:Volume',
    calls: [
      'aws:ec2/instance:Instance orchestrator',
      'aws:ec2/volumeAttachment:VolumeAttachment state',
      'aws:lb/targetGroupAttachment:TargetGroupAttachment orchestrator',
    ].flatMap((what) => [`create ${what}`, `delete ${what}`]),
  },
  gcp: {
    plant: { type: 'gcp:compute/instance:Instance', change: { metadataStartupScript: 'other' } },
    state: 'gcp:compute/disk:Disk',
    calls: [
      'create gcp:compute/instance:Instance orchestrator',
      'delete gcp:compute/instance:Instance orchestrator',
      'update gcp:compute/instanceGroup:InstanceGroup orchestrator',
    ],
  },
} as const;

for (const [cloud, { calls, plant, state }] of Object.entries(successors)) {
  test(`${cloud}: a new script is a new control plane, with the same state`, options, async () => {
    const [spec = ''] = unlike(cloud as Cloud);
    await story.done('up', ...asked(cloud as Cloud, spec, null));
    const disk = () => Object.values(engine.world.things).filter(({ type }) => type === state);
    const before = disk();
    deepStrictEqual(before.length, 1);
    const done = await story.done('up', ...asked(cloud as Cloud, spec, plant));
    deepStrictEqual([...done].sort(), [...calls].sort());
    deepStrictEqual(disk(), before);
    await story.done('destroy');
    deepStrictEqual(engine.world.things, {});
  });
}

const template = 'aws:ec2/launchTemplate:LaunchTemplate';
const instance = 'gcp:compute/instanceTemplate:InstanceTemplate';

/** What is planted, where, and what the engine then says. */
const mistakes: readonly (readonly [name: string, plant: Plant, told: RegExp])[] = [
  ['an unknown property', { type: template, change: { httpTokens: 'required' } }, /httpTokens.*unknown property/],
  [
    'an unknown property deep inside',
    { type: template, change: { monitoring: { on: true } } },
    /monitoring\.on.*unknown/,
  ],
  ['a wrong type', { type: template, change: { vpcSecurityGroupIds: 'sg-1' } }, /expected a list, got string/],
  ['a missing property', { type: 'aws:autoscaling/group:Group', change: { maxSize: null } }, /maxSize.*missing/],
  [
    'an absent network',
    { type: 'aws:ec2/subnet:Subnet', change: { vpcId: 'vpc-0dead' } },
    /nothing that is there.*vpc-0dead/,
  ],
  [
    'a word that no enum has',
    { type: 'aws:ec2/flowLog:FlowLog', change: { trafficType: 'SOME' } },
    /expected one of.*got SOME/,
  ],
  [
    'a text instead of a file',
    { type: 'aws:s3/bucketObjectv2:BucketObjectv2', change: { source: 'package.json' } },
    /source.*expected a file, got string/,
  ],
  ['an absent account', { type: instance, change: { serviceAccount: { email: 'x@y', scopes: [] } } }, /nothing.*x@y/],
  ['a number that is a text', { type: 'gcp:compute/disk:Disk', change: { size: 'large' } }, /size.*expected a number/],
  [
    'a missing property of a list',
    { type: instance, change: { networkInterfaces: [{}], disks: null } },
    /disks.*missing/,
  ],
  [
    'a word that is none of the possible',
    { type: 'gcp:compute/firewall:Firewall', change: { direction: 'IN' } },
    /got IN\b/,
  ],
];

for (const [name, plant, told] of mistakes) {
  test(`${name} is refused by the preview`, options, async () => {
    const cloud = plant.type.startsWith('aws') ? 'aws' : 'gcp';
    const { code, stderr, stdout } = await story.say('preview', ...asked(cloud, 'options-1', plant));
    match(stdout + stderr, told);
    notStrictEqual(code, 0);
  });
}

/** What the engine does not know to be wrong, and our policies do. */
const violations: readonly (readonly [plant: Plant, told: RegExp])[] = [
  [{ type: template, change: { metadataOptions: { httpTokens: 'optional' } } }, /aws-1-metadata/],
  // Beside a version of the template that is not known yet.
  [{ type: 'aws:autoscaling/group:Group', change: { protectFromScaleIn: false } }, /aws-4-5-7-group/],
  [
    { type: 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock', change: { restrictPublicBuckets: false } },
    /aws-6-bucket-closed/,
  ],
  [{ type: 'gcp:storage/bucket:Bucket', change: { publicAccessPrevention: 'inherited' } }, /gcp-3-bucket/],
  [{ type: 'gcp:projects/iAMMember:IAMMember', change: { role: 'roles/editor' } }, /gcp-2-roles/],
];

for (const [plant, told] of violations) {
  test(`the policy pack stops ${JSON.stringify(plant.change)} at the preview`, options, async () => {
    const cloud = plant.type.startsWith('aws') ? 'aws' : 'gcp';
    const { code, stderr, stdout } = await story.judged(...asked(cloud, 'options-1', plant));
    match(stdout + stderr, told);
    match(stdout + stderr, /\[mandatory\]/);
    notStrictEqual(code, 0);
    deepStrictEqual(engine.world.things, {});
  });
}
