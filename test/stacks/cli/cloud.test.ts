// Does `muster cloud` say what it lacks before anything begins, and do plan and outputs read well?
import { deepStrictEqual, match } from 'node:assert';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { backendOf, forgetSalt } from '../../../stacks/cli/cloud/backend.ts';
import { cloudsLeft } from '../../../stacks/cli/cloud/left.ts';
import { masked, outputsText } from '../../../stacks/cli/cloud/outputs-text.ts';
import { changesText, countsText } from '../../../stacks/cli/cloud/text.ts';
import type { Io } from '../../../stacks/cli/types.ts';
import type { CloudAct, CloudChange } from '../../../stacks/index.ts';
import { Clone } from '../../support/clone.ts';
import { root } from '../../support/sources.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'muster-cloud-')));
after(() => rmSync(folder, { recursive: true, force: true }));

const change = (act: CloudAct, name: string, noun: string, keys: readonly string[] = [], type = ''): CloudChange => ({
  ...{ act, name, noun, keys, type },
});

test('a plan groups what comes by name and shows each change with what differs', () => {
  const changes = [
    ...['a', 'b', 'c'].flatMap((zone) => [
      change('create', `public-${zone}`, 'subnet'),
      change('create', `public-${zone}`, 'route table association'),
    ]),
    change('create', 'gpu', 'log group'),
    change('create', 'gpu', 'launch template'),
    change('update', 'cpu', 'autoscaling group', ['maxSize']),
    change('replace', 'orchestrator', 'instance', ['userData']),
    change('delete', 'state', 'volume', [], 'aws:ebs/volume:Volume'),
  ];
  deepStrictEqual(changesText(changes).split('\n'), [
    '  + gpu             launch template, log group',
    '  + public-a … (3)  route table association, subnet',
    '  ~ cpu             autoscaling group  maxSize',
    '  ~ orchestrator    instance           made anew: userData',
    '  - state           volume',
    '  ! state           volume             jobs, results and keys on it are lost',
  ]);
  deepStrictEqual(
    [countsText(changes, 4, 'plan'), countsText(changes, 0, 'done'), countsText([], 0, 'done')],
    [
      '8 to make, 1 to change, 1 to make anew, 1 to delete; 4 stay as they are',
      '8 made, 1 changed, 1 made anew, 1 deleted',
      '',
    ],
  );
});

test('outputs end with what is next, and hide what is secret', () => {
  const outputs = {
    next: { value: ['muster workers invite', 'muster cloud destroy'], secret: false },
    groups: { value: { gpu: ['home-gpu', 'home-gpu-od'] }, secret: false },
    token: { value: 'canary', secret: true },
  };
  deepStrictEqual(outputsText(masked(outputs)).split('\n'), [
    '  groups  gpu: home-gpu, home-gpu-od',
    '  token   [secret]',
    '  next    muster workers invite',
    '          muster cloud destroy',
  ]);
});

const ioWith = (env: Io['env']): Io => ({ ...process, env, root, cwd: () => '' }) as unknown as Io;

test('the state is below the home of Muster, unless somebody chose another place', () => {
  const home = join(folder, 'home');
  const mine = backendOf(ioWith({ HOME: folder, PULUMI_CONFIG_PASSPHRASE: 'of another stack' }), home);
  deepStrictEqual(
    [mine.own, mine.where, mine.env.PULUMI_BACKEND_URL],
    [true, `${home}/pulumi`, `file://${home}/pulumi`],
  );
  // What is in the environment would not open what our file opens.
  deepStrictEqual(
    [mine.env.PULUMI_CONFIG_PASSPHRASE, mine.env.PULUMI_CONFIG_PASSPHRASE_FILE],
    [undefined, `${home}/secrets/pulumi`],
  );
  const once = readFileSync(join(home, 'secrets/pulumi'), 'utf8');
  const url = 's3://key:word@bucket/state?region=eu-west-1';
  const named = backendOf(ioWith({ HOME: folder, PULUMI_BACKEND_URL: url, PULUMI_CONFIG_PASSPHRASE: 'theirs' }), home);
  deepStrictEqual(
    [named.own, named.where, 'PULUMI_BACKEND_URL' in named.env, 'PULUMI_CONFIG_PASSPHRASE' in named.env],
    [false, 's3://bucket/state', false, false],
  );
  const token = backendOf(ioWith({ HOME: folder, PULUMI_ACCESS_TOKEN: 'canary' }), home);
  deepStrictEqual([token.own, token.where], [false, 'Pulumi Cloud']);
  mkdirSync(join(folder, '.pulumi'));
  writeFileSync(join(folder, '.pulumi/credentials.json'), JSON.stringify({ current: 'https://api.pulumi.com' }));
  deepStrictEqual(backendOf(ioWith({ HOME: folder }), home).where, 'https://api.pulumi.com');
  deepStrictEqual(readFileSync(join(home, 'secrets/pulumi'), 'utf8'), once);
});

test('a stack of a state that is gone leaves its configuration without its salt', () => {
  const file = join(folder, 'Pulumi.home.yaml');
  writeFileSync(file, 'encryptionsalt: v1:old\nconfig:\n  muster-aws:spec: ../../cluster.yaml\n');
  forgetSalt(folder, 'home');
  forgetSalt(folder, 'other');
  deepStrictEqual(readFileSync(file, 'utf8'), 'config:\n  muster-aws:spec: ../../cluster.yaml\n');
  deepStrictEqual(existsSync(join(folder, 'Pulumi.other.yaml')), false);
});

test('a cloud is left when its state holds nothing', () => {
  const home = join(folder, 'left');
  const write = (project: string, resources: readonly unknown[]): void => {
    const place = join(home, 'pulumi/.pulumi/stacks', project);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'home.json'), JSON.stringify({ checkpoint: { latest: { resources } } }));
    writeFileSync(join(place, 'home.json.bak'), 'of before');
  };
  deepStrictEqual(cloudsLeft(home), []);
  write('muster-aws', [{}]);
  write('muster-gcp', []);
  deepStrictEqual(cloudsLeft(home), ['muster-aws']);
});

/** A `pulumi` that says this version; null: there is none. */
function pathWith(version: string | null): string {
  const bin = mkdtempSync(join(folder, 'bin-'));
  if (version !== null) {
    writeFileSync(join(bin, 'pulumi'), `#!/bin/sh\necho ${version}\n`);
    chmodSync(join(bin, 'pulumi'), 0o755);
  }
  return `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`;
}

test('without a pulumi that is new enough nothing begins', async () => {
  const clone = await Clone.make('embedded');
  const said = async (path: string, ...args: readonly string[]): Promise<string> => {
    const program = join(clone.folder, 'stacks/cli/muster.js');
    const { code, stderr, stdout } = await clone.run(process.execPath, [program, 'cloud', ...args], { PATH: path });
    return `exit ${code}\n${stdout}${stderr}`;
  };
  try {
    match(
      await said(pathWith(null), 'up'),
      /^exit 3\nmuster: expected pulumi 3\.200\.0 or newer on the PATH, found none\n {3}→ install it as https:\/\/www\.pulumi\.com\/docs\/install\/ says, and try again\n$/,
    );
    match(
      await said(pathWith('v3.99.0'), 'up'),
      /^exit 3\nmuster: expected pulumi 3\.200\.0 or newer, found 3\.99\.0 \(\//,
    );
    match(
      await said(pathWith('v3.99.0'), 'up', 'azur'),
      /^exit 2\nmuster: there is no cloud "azur"\n {3}→ choose from: aws, gcp\n$/,
    );
    const spec = join(clone.folder, 'cluster.yaml');
    const text = readFileSync(spec, 'utf8');
    writeFileSync(spec, text.replace('max: 2', 'max: -2'));
    match(
      await said(pathWith(null), 'preview'),
      /^exit 2\nmuster: cluster.yaml does not hold\ncluster.yaml:\d+:\d+ pools\/aws-gpu\/max: expected /,
    );
    writeFileSync(spec, text.replace('max: 2', 'max: 2\n    min: 2').replace('month: 300', 'month: 30'));
    match(
      await said(pathWith(null), 'up', '--yes'),
      /^exit 4\nmuster: nothing was made\ncluster.yaml:\d+:\d+ pools\/aws-gpu\/budget\/month: expected room for min \(2\)/,
    );
  } finally {
    rmSync(clone.folder, { recursive: true, force: true });
  }
});
