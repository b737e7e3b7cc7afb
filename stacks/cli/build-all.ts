// What is built ahead of time? `muster build-all`: the bundles and every image of the cluster, so that plain Compose works.
import { counted, writeLine } from './output.ts';
import { homeOf, wantedCluster } from './place.ts';
import { exitCodes, Failure, type Io, type Verb } from './types.ts';

async function runBuildAll(io: Io): Promise<number> {
  const [
    { findEngine },
    { buildImages },
    { createSecretFolders },
    { placeOfSecrets },
    { broughtSecrets, secretFiles },
  ] = await Promise.all([
    import('../drivers/docker.ts'),
    import('./images.ts'),
    import('../drivers/secret-files.ts'),
    import('./secrets/place.ts'),
    import('../index.ts'),
  ]);
  const cluster = await wantedCluster(io);
  const engine = await findEngine(io.env);
  if (engine.state !== 'answers') {
    const what = engine.state === 'forbidden' ? 'this user may not use Docker' : 'no Docker engine answers';
    throw new Failure(
      exitCodes.environment,
      `${what} (${engine.where}: ${engine.why})`,
      'without Docker nothing has to be built: make up-workers EMBEDDED=1',
    );
  }
  let built = 0;
  await buildImages(io, engine.docker, cluster, (verb, what) => {
    if (verb === 'built') built += 1;
    writeLine(io, `  ${verb.padEnd(9)} ${what}`);
  });
  createSecretFolders(placeOfSecrets(io, homeOf(io), 'docker'), [...secretFiles(cluster), ...broughtSecrets(cluster)]);
  if (built === 0) writeLine(io, 'muster: every image is there, nothing to build');
  else writeLine(io, `muster: built ${counted(built, 'image')}`);
  writeLine(io, 'next:  make up-workers    docker compose up -d');
  return exitCodes.done;
}

export const buildAll: Verb = (program, io, exit) => {
  program
    .command('build-all')
    .description('build the bundles and the images of the cluster; what is fresh stays')
    .action(async () => exit(await runBuildAll(io)));
};
