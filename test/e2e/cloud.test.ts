// Does `muster cloud` take a person from a plan to machines and back, and say what goes wrong on the way?
// Under the real Pulumi engine; the clouds and the host of the programs are stand-ins (test/support/pulumi).
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Canaries } from '../support/canaries.ts';
import type { Said } from '../support/clone.ts';
import { CloudCommand } from '../support/pulumi/cloud-command.ts';
import { Engine, whyNoEngine } from '../support/pulumi/engine.ts';

const why = whyNoEngine();
const options = why === null ? {} : { skip: why };
const group = 'aws:autoscaling/group:Group';

let engine: Engine;
let cloud: CloudCommand;
before(async () => {
  if (why !== null) return;
  engine = await Engine.start();
  cloud = new CloudCommand(engine);
});
after(() => engine?.stop());

/** Exit code and whatever was said, for a match. */
const text = ({ code, stderr, stdout }: Said): string => `exit ${code}\n${stdout}${stderr}`;

test('a preview says the price and what would be made, and makes nothing', options, async () => {
  const said = await cloud.say('preview', 'aws');
  match(text(said), /^exit 0\n/);
  match(
    said.stdout,
    /^aws {3}stack "home", its state in \.muster\/pulumi\n {2}costs {5}[\d.]+ to [\d.]+ USD an hour, /m,
  );
  match(said.stdout, /^ {2}\+ aws-gpu +autoscaling group, launch template, log group$/m);
  match(said.stdout, /^ {2}\d+ to make {3}\(\d+\.\d s\)\nnext: {2}npx --no muster cloud up aws$/m);
  strictEqual(said.stderr, '');
  deepStrictEqual(engine.world.things, {});
});

test('without a terminal up shows its plan and refuses, unless it was told yes', options, async () => {
  const said = await cloud.say('up', 'aws');
  match(
    text(said),
    /^exit 4\n[\s\S]*to make[\s\S]*muster: apply\? nobody is at a terminal to say yes\n {3}→ .*--yes\n$/,
  );
  deepStrictEqual(engine.world.things, {});
});

test('up makes it, tells each resource, and says what to do next; a second one changes nothing', options, async () => {
  const said = await cloud.say('up', 'aws', '--yes');
  const made = engine.world.takeCalls().length;
  match(text(said), /^exit 0\n/);
  strictEqual(said.stdout.match(/^ {2}made {6}\S+ +\S.* \d+\.\d s {3}\d+ of \d+$/gm)?.length, made);
  match(said.stdout, new RegExp(`^muster: aws is up: ${made} made \\(\\d`, 'm'));
  match(said.stdout, /^ {2}url +https:\/\/\S+$/m);
  match(said.stdout, /^ {2}next +\S/m);
  match(said.stdout, /^undo: {2}npx --no muster cloud destroy aws$/m);
  const again = await cloud.say('up', 'aws', '--yes');
  match(
    again.stdout,
    new RegExp(`^muster: aws is as cluster.yaml says, nothing to change \\(${made} resources\\)$`, 'm'),
  );
  deepStrictEqual([again.code, engine.world.takeCalls()], [0, []]);
});

test('outputs are one JSON document', options, async () => {
  const { clouds, stack } = JSON.parse((await cloud.say('outputs', 'aws', '--json')).stdout);
  deepStrictEqual([stack, clouds.length, clouds[0].outputs.groups], ['home', 1, { 'aws-gpu': 'home-aws-gpu' }]);
});

test('no secret is printed, in the arguments of a process, or plain in the state', options, async () => {
  const canaries = new Canaries();
  const folder = join(engine.clone.home, 'secrets');
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !path.endsWith('.crt')) canaries.add(path, readFileSync(path, 'utf8').trim());
  }
  const stop = canaries.watchProcesses();
  engine.world.drift(group, { maxSize: 7 });
  const all = [
    await cloud.say('refresh', 'aws', '--yes'),
    await cloud.say('up', 'aws', '--yes', '--json'),
    await cloud.say('outputs', 'aws', '--json'),
  ];
  deepStrictEqual([stop(), canaries.in(all.map(text).join('\n'))], [[], []]);
  deepStrictEqual(
    canaries.inFiles(join(engine.clone.home, 'pulumi'), () => false),
    [],
  );
  match(readFileSync(join(folder, 'pulumi'), 'utf8'), /^mp_[\w-]{43}\n$/);
  const modes = [folder, join(engine.clone.home, 'pulumi'), join(folder, 'pulumi')].map((path) => statSync(path).mode);
  deepStrictEqual(
    modes.map((mode) => (mode & 0o777).toString(8)),
    ['700', '700', '600'],
  );
});

test('refresh finds what somebody changed, and up makes it right again', options, async () => {
  const before = engine.world.things;
  engine.world.drift(group, { maxSize: 9 });
  const found = await cloud.say('refresh', 'aws', '--yes');
  match(found.stdout, /^ {2}~ aws-gpu {2}autoscaling group {2}maxSize\n {2}1 changed; \d+ as they were/m);
  match(found.stdout, /^next: {2}npx --no muster cloud up aws, which makes it as cluster.yaml says again$/m);
  match((await cloud.say('up', 'aws', '--yes')).stdout, /^muster: aws is up: 1 changed; \d+ as they were \(/m);
  deepStrictEqual(engine.world.things, before);
  match((await cloud.say('refresh', 'aws', '--yes')).stdout, /nothing differs \(\d+ resources\)/);
});

test('what failed halfway is told in the words of the cloud, and the next up goes on from there', options, async () => {
  engine.world.takeCalls();
  engine.world.failOnce('gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager');
  const failed = await cloud.say('up', 'gcp', '--yes');
  match(
    text(failed),
    /^exit 1\n[\s\S]*muster: gcp: (\d+) made, then this failed\n {2}gcp-gpu\S* region instance group manager: .*the cloud refuses this once\n {3}→ mend it; then go on: npx --no muster cloud up gcp; what is done stays\n$/,
  );
  const made = engine.world.takeCalls();
  match(
    (await cloud.say('up', 'gcp', '--yes')).stdout,
    new RegExp(`^muster: gcp is up: \\d+ made; ${made.length} as they were`, 'm'),
  );
  const rest = engine.world.takeCalls();
  deepStrictEqual(
    rest.filter((call) => made.includes(call) || !call.startsWith('create ')),
    [],
  );
  deepStrictEqual((await cloud.say('up', 'gcp', '--yes')).code, 0);
  deepStrictEqual(engine.world.takeCalls(), []);
});

test('data is not deleted under machines that still cost', options, async () => {
  const said = await engine.clone.muster('down', '--volumes', '--yes');
  match(text(said), /^exit 4\nmuster: muster-aws muster-gcp: .*\n {3}→ first: muster cloud destroy\n$/);
});

test('somebody else at the stack is named; a run that is gone is cancelled', options, async () => {
  const locks = join(engine.clone.home, 'pulumi/.pulumi/locks/organization/muster-gcp/home');
  mkdirSync(locks, { recursive: true });
  const holder = { pid: 4711, username: 'ada', hostname: 'desk', timestamp: '2026-11-23T20:00:00Z' };
  writeFileSync(join(locks, '6f0e4a5c-1c53-4b8e-9f30-1df2c5a3c111.json'), JSON.stringify(holder));
  const said = await cloud.say('destroy', 'gcp', '--yes');
  match(
    text(said),
    /^exit 1\n[\s\S]*muster: gcp: somebody else is at this stack: ada@desk \(pid 4711\) at 2026-11-23T20:00:00Z\n {3}→ wait for its end; if it is gone: npx --no muster cloud cancel gcp\n$/,
  );
  strictEqual((await cloud.say('cancel', 'gcp')).code, 0);
});

test('Ctrl-C stops the engine in good order: the state stays free and whole', options, async () => {
  const said = await cloud.interrupted(/looking {3}at aws/, 'preview', 'aws');
  match(text(said), /^exit 130\n[\s\S]*muster: aws: stopped \(nothing was done\); the state is kept\n/);
});

test('a program that breaks a policy is stopped, a line for each resource', options, async () => {
  const undo = cloud.edit('infra/gcp/template.ts', "'enable-oslogin': 'TRUE'", "'enable-oslogin': 'FALSE'");
  const said = await cloud.say('up', 'gcp', '--yes');
  undo();
  match(text(said), /^exit 4\n/);
  match(said.stderr, /^muster: gcp: the policies do not allow that \(nothing was done\)$/m);
  match(said.stderr, /^ {2}gcp-gpu instance template: metadata enable-oslogin must be TRUE \(gcp-1-shielded\)$/m);
  deepStrictEqual(engine.world.takeCalls(), []);
});

test('destroy says what goes, asks, and leaves nothing in the clouds and in the state', options, async () => {
  const asked = await cloud.say('destroy', 'aws');
  match(
    text(asked),
    /^exit 4\n[\s\S]* ! state +volume +jobs, results and keys on it are lost\n[\s\S]*delete it for good\? nobody/,
  );
  // Whoever leaves needs no cluster.yaml that holds.
  const undo = cloud.edit('cluster.yaml', 'max: 2', 'max: -2');
  match(text(await cloud.say('destroy', '--yes')), /^exit 2\n[\s\S]*max: expected[\s\S]*--stack NAME\n$/);
  const said = await cloud.say('destroy', '--yes', '--stack', 'home');
  undo();
  match(text(said), /^exit 0\n/);
  for (const name of ['aws', 'gcp']) {
    match(
      said.stdout,
      new RegExp(`^muster: nothing of "home" is left in ${name} \\(\\d+ deleted, the state is empty\\)$`, 'm'),
    );
    strictEqual(cloud.resources(name), 0);
  }
  deepStrictEqual(engine.world.things, {});
  match(
    (await cloud.say('destroy', '--yes')).stdout,
    /nothing of "home" is in aws\n[\s\S]*nothing of "home" is in gcp\n$/,
  );
});

test('a backend of the user is used, and said', options, async () => {
  const where = join(engine.clone.folder, 'theirs');
  mkdirSync(where);
  const said = await cloud.sayWith({ PULUMI_BACKEND_URL: `file://${where}` }, 'preview', 'gcp');
  match(said.stdout, new RegExp(`^gcp {3}stack "home", its state in file://${where}$`, 'm'));
  ok(readdirSync(where).includes('.pulumi'));
});
