// Does the real Pulumi engine make what cluster.yaml says, change only what it must, repair, retry and leave nothing?
// The clouds and the host of the programs are stand-ins (test/support/pulumi): no cloud has accepted anything here.
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Canaries } from '../support/canaries.ts';
import { Engine, whyNoEngine } from '../support/pulumi/engine.ts';
import { fine, Story } from '../support/pulumi/story.ts';
import { textOf } from '../support/sources.ts';

const why = whyNoEngine();
const options = why === null ? {} : { skip: why };

const templates = 'instanceTemplate:InstanceTemplate';

/** What differs between the clouds. `changed`: what another machine type does. */
const clouds = {
  aws: {
    line: /\+ +aws:autoscaling:Group +aws-gpu +create/,
    group: 'aws:autoscaling/group:Group',
    changed: ['update aws:autoscaling/group:Group aws-gpu'],
    types: ['g5.xlarge', 'g6.xlarge'],
    count: 'desiredCapacity',
    wall: {
      type: 'aws:ec2/securityGroup:SecurityGroup',
      drift: { ingress: [{ protocol: 'tcp', fromPort: 22, toPort: 22, cidrBlocks: ['0.0.0.0/0'] }] },
    },
    token: 'aws:secretsmanager/secretVersion:SecretVersion',
  },
  gcp: {
    line: /\+ +gcp:compute:RegionInstanceGroupManager +gcp-gpu +create/,
    group: 'gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager',
    // Spot machines and those on demand are groups of their own.
    changed: ['create', 'delete', 'update'].flatMap((act) =>
      ['gcp-gpu', 'gcp-gpu-od'].map((name) => {
        const noun = act === 'update' ? 'regionInstanceGroupManager:RegionInstanceGroupManager' : templates;
        return `${act} gcp:compute/${noun} ${name}`;
      }),
    ),
    types: ['g2-standard-8', 'g2-standard-16'],
    count: 'targetSize',
    wall: { type: 'gcp:compute/firewall:Firewall', drift: { sourceRanges: ['0.0.0.0/0'] } },
    token: 'gcp:secretmanager/secretVersion:SecretVersion',
  },
} as const;

let engine: Engine;
before(async () => {
  if (why === null) engine = await Engine.start();
});
after(() => engine?.stop());

/** The root's cluster.yaml, with that machine type for the pool of the cloud. */
function writeType(cloud: string, type: string): void {
  const [before = '', after = ''] = textOf('cluster.yaml').split(`\n  ${cloud}-gpu:\n`);
  const text = `${before}\n  ${cloud}-gpu:\n    instances: { ${type}: 1 }\n${after}`;
  writeFileSync(join(engine.clone.folder, 'cluster.yaml'), text);
}

for (const [cloud, { changed, count, group, line, token, types, wall }] of Object.entries(clouds)) {
  let story: Story;
  let made = 0;

  test(
    `${cloud}: a preview prints a line for each resource, keeps the policies and makes nothing`,
    options,
    async (t) => {
      story = new Story(engine, `infra/${cloud}`);
      await story.init();
      const startedAt = performance.now();
      const said = fine(await story.judged());
      made = Number(/\+ (\d+) to create/.exec(said)?.[1]) - 2;
      t.diagnostic(`${made} resources, preview ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
      match(said, line);
      // Without a warning that a rule was left out because something is not known yet.
      match(said, /Policies:\n +✅ muster@v\d/);
      deepStrictEqual(engine.world.things, {});
    },
  );

  test(`${cloud}: up makes all of it, and says what a person needs next`, options, async (t) => {
    const startedAt = performance.now();
    const calls = await story.done('up');
    t.diagnostic(`up ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    deepStrictEqual([calls.length, calls.filter((call) => !call.startsWith('create '))], [made, []]);
    const end = `take everything away: muster cloud destroy ${cloud}`;
    const outputs = JSON.parse((await story.say('stack', 'output', '--json')).stdout);
    deepStrictEqual(Object.keys(outputs).sort(), ['bill', 'groups', 'next', 'url']);
    match(outputs.bill, /USD a month, prices of \d{4}-\d\d-\d\d$/);
    // A way in, the pages, the CLI, more machines, the end.
    deepStrictEqual([outputs.next.length, outputs.next[0].includes('443'), outputs.next[4]], [5, true, end]);
    strictEqual(outputs.url, 'https://orchestrator.home.muster.internal/muster');
  });

  test(`${cloud}: a second up changes nothing`, options, async () => {
    deepStrictEqual(await story.done('up', '--expect-no-changes'), []);
  });

  test(`${cloud}: no secret of the cluster lies in the state, in any spelling`, options, () => {
    const canaries = new Canaries();
    const folder = join(engine.clone.home, 'secrets');
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      // Certificates are public.
      if (entry.isFile() && !path.endsWith('.crt')) canaries.add(path, readFileSync(path, 'utf8').trim());
    }
    const things = Object.values(engine.world.things);
    ok(canaries.in(JSON.stringify(things.filter(({ type }) => type === token))).length > 0, 'the cloud got the token');
    deepStrictEqual(canaries.in(JSON.stringify(things.filter(({ type }) => type !== token))), []);
    // The state, its history and what the engine logs.
    deepStrictEqual(
      canaries.inFiles(join(engine.clone.folder, 'pulumi'), () => false),
      [],
    );
    ok(engine.state(`muster-${cloud}`, 'test').includes('"ciphertext"'));
  });

  test(`${cloud}: other machine types change the pool and nothing else`, options, async () => {
    writeType(cloud, types[0]);
    deepStrictEqual(await story.done('up'), changed);
  });

  test(
    `${cloud}: a wall that somebody opened is found by refresh and closed by up; what was scaled stays`,
    options,
    async () => {
      engine.world.drift(group, { [count]: 2 });
      const before = engine.world.things;
      engine.world.drift(wall.type, wall.drift);
      match((await story.say('refresh', '--yes', '--skip-preview')).stdout, /~ 1 updated/);
      const calls = await story.done('up');
      deepStrictEqual(
        calls.map((call) => call.split(' ').slice(0, 2)),
        [['update', wall.type]],
      );
      deepStrictEqual(engine.world.things, before);
    },
  );

  test(`${cloud}: what failed halfway is finished by the next up`, options, async () => {
    writeType(cloud, types[1]);
    await story.fails(group);
    // What was done before and beside the failure is not done again.
    const calls: readonly string[] = await story.done('up');
    ok(calls.length > 0 && calls.every((call) => changed.some((one) => one === call)), calls.join('\n'));
    const things = Object.values(engine.world.things);
    strictEqual(things.length, made);
    ok(things.some(({ props, type }) => type === group && props[count] === 2));
    deepStrictEqual(await story.done('up', '--expect-no-changes'), []);
  });

  test(`${cloud}: destroy leaves nothing, in the cloud and in the state`, options, async () => {
    strictEqual((await story.done('destroy')).length, made);
    deepStrictEqual(engine.world.things, {});
    strictEqual(JSON.parse(engine.state(`muster-${cloud}`, 'test')).checkpoint.latest.resources ?? null, null);
  });
}
