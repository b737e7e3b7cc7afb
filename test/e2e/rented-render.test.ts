// Does `muster render cloud-init` write what machines can use: with the sums of what is built, and the authority that is there?
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { executablesFolder } from '../../stacks/cli/executables.ts';
import { run } from '../../stacks/cli/index.ts';
import { builtAgents } from '../support/cloud-fakes-downloads.ts';
import { writtenFiles } from '../support/cloud-fakes-written.ts';
import { ownFolder } from '../support/folder.ts';
import { root } from '../support/sources.ts';

const spec = (reach: string): string => `
name: lab
pools: { p: { provider: gcp, region: europe-west1 } }
clouds: { gcp: { project: my-project, orchestrator: { ${reach} } } }
`;

test('user data of each pool, again the same, and the authority only where machines meet it', async (context) => {
  const folder = ownFolder(context);
  await builtAgents();
  // The same key signs: what others offer meanwhile stays as it is.
  cpSync(join(process.env.MUSTER_HOME ?? join(root, '.muster'), 'release'), join(folder, 'home/release'), {
    recursive: true,
  });
  const files = async (reach: string) => {
    writeFileSync(join(folder, 'cluster.yaml'), spec(reach));
    const io = { stdout: process.stderr, stderr: process.stderr, env: { MUSTER_HOME: join(folder, 'home') }, root };
    strictEqual(await run(['render', 'cloud-init', '--file', 'cluster.yaml', '--out', '.'], { ...io, cwd: folder }), 0);
    deepStrictEqual(readdirSync(join(folder, 'build/cloud-init')), ['p.sh', 'p.yaml']);
    return writtenFiles(readFileSync(join(folder, 'build/cloud-init/p.yaml'), 'utf8'));
  };
  const elsewhere = await files('by: public, url: https://muster.example.org');
  const authority = join(folder, 'home/secrets/authority/ca.crt');
  deepStrictEqual([elsewhere.has('/etc/muster/ca.crt'), existsSync(authority)], [false, false]);

  const here = await files('by: control-plane');
  strictEqual(here.get('/etc/muster/ca.crt'), readFileSync(authority, 'utf8'));
  deepStrictEqual(await files('by: control-plane'), here);
  const sums = readFileSync(join(executablesFolder(root), 'SHA256SUMS'), 'utf8');
  const sumOf = (name: string) => new RegExp(`^(\\S+) [ *]${name}$`, 'm').exec(sums)?.[1];
  const settings = here.get('/etc/muster/cloud.env') ?? '';
  match(settings, new RegExp(`^MUSTER_INSTALLER_SHA256=${sumOf('install.sh')}$`, 'm'));
  match(settings, new RegExp(`^MUSTER_AGENT_SHA256=${sumOf('muster-agent-linux-x64')}$`, 'm'));
});
