// Which secrets are there? `muster secrets …`: list, set, trust. No value is ever printed.
import { formatTable, writeJson, writeLine } from './output.ts';
import { homeOf, wantedCluster } from './place.ts';
import { exitCodes, Failure, type Io, type Verb } from './types.ts';

async function runList(io: Io, json: boolean): Promise<number> {
  const [{ knownSecrets }, { placeOfSecrets }] = await Promise.all([
    import('./secrets/known.ts'),
    import('./secrets/place.ts'),
  ]);
  const { folder } = placeOfSecrets(io, homeOf(io), 'docker');
  const secrets = await knownSecrets(await wantedCluster(io), folder);
  if (json) writeJson(io, { folder, secrets: secrets.map(({ path, state, what }) => ({ path, state, what })) });
  else {
    writeLine(
      io,
      formatTable(
        ['SECRET', 'STATE', 'WHAT'],
        secrets.map(({ path, state, what }) => [path, state, what]),
      ),
    );
    writeLine(io, `in ${folder}`);
  }
  return exitCodes.done;
}

async function runSet(io: Io, name: string): Promise<number> {
  const [
    { knownSecrets, readersOf },
    { readValue },
    { placeOfSecrets },
    { createSecretFiles, writeSecret },
    { nearest, secretFiles },
  ] = await Promise.all([
    import('./secrets/known.ts'),
    import('./secrets/value.ts'),
    import('./secrets/place.ts'),
    import('../drivers/secret-files.ts'),
    import('../index.ts'),
  ]);
  const cluster = await wantedCluster(io);
  const place = placeOfSecrets(io, homeOf(io), 'docker');
  const all = await knownSecrets(cluster, place.folder);
  const known = all.find(({ path }) => path === name);
  if (known === undefined) {
    const close = nearest(
      name,
      all.map(({ path }) => path),
    );
    throw new Failure(
      exitCodes.badInput,
      `the cluster has no secret ${name}`,
      close ? `did you mean ${close}?` : 'muster secrets list',
    );
  }
  if (known.instead !== null) throw new Failure(exitCodes.refused, `${name} is not set by hand`, known.instead);
  writeSecret(place, name, await readValue(io, name, known.what === 'token'));
  await createSecretFiles(place, secretFiles(cluster));
  const readers = readersOf(cluster, name);
  writeLine(io, `set ${name}`);
  if (readers.length > 0) writeLine(io, `next:  restart what read it at its start: ${readers.join(' ')}`);
  return exitCodes.done;
}

async function runTrust(io: Io): Promise<number> {
  const [{ authorityToTrust, trustLines }, { existsSync }] = await Promise.all([
    import('./secrets/trust.ts'),
    import('node:fs'),
  ]);
  const cluster = await wantedCluster(io);
  const file = authorityToTrust(cluster, homeOf(io));
  if (file === null)
    throw new Failure(
      exitCodes.refused,
      'the cluster has no authority of its own',
      'it has one on a rack, and with a proxy whose tls is local or acme',
    );
  if (!existsSync(file))
    throw new Failure(
      exitCodes.refused,
      `there is no authority yet (${file})`,
      'muster up makes it, or muster deploy rack',
    );
  for (const line of trustLines(cluster, file)) writeLine(io, line);
  return exitCodes.done;
}

export const secrets: Verb = (program, io, exit) => {
  const group = program
    .command('secrets')
    .description('list and set the secrets of the cluster, trust its certificate');
  group
    .command('list', { isDefault: true })
    .description('every secret, whether it is there and what it is; no values')
    .option('--json', 'print {folder, secrets} for programs')
    .action(async (options: { json?: true }) => exit(await runList(io, options.json === true)));
  group
    .command('set')
    .argument('<NAME>', 'as in the list, such as proxy/password')
    .description('take its value from a pipe or a file, or typed unseen; what follows from it is made anew')
    .action(async (name: string) => exit(await runSet(io, name)));
  group
    .command('trust')
    .description('print the one command with which this machine trusts the certificates of proxy and rack')
    .action(async () => exit(await runTrust(io)));
};
