// How does a test use the real Pulumi engine? Its CLI in a clone, with the stand-ins attached, and all of it gone after.
import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildExecutables, platforms } from '../../../stacks/cli/executables.ts';
import { Clone, type Said } from '../clone.ts';
import { labEnvironment } from '../lab.ts';
import { root } from '../sources.ts';
import { serveLanguage } from './language-host.ts';
import { serveCloud } from './provider.ts';
import type { Served } from './serve.ts';
import { World } from './world.ts';

export const whyNoEngine = (): string | null =>
  labEnvironment().MUSTER_LAB_PULUMI === undefined ? 'the Pulumi CLI of the lab is absent' : null;

export class Engine {
  readonly clone: Clone;
  readonly world: World;
  readonly env: NodeJS.ProcessEnv;
  private readonly served: readonly Served[];

  static async start(): Promise<Engine> {
    const clone = await Clone.make('embedded');
    await shareBuild(join(clone.folder, 'build'));
    const world = new World(join(clone.folder, 'world.json'));
    const served = await Promise.all([
      serveLanguage({ ...clone.env, MUSTER_EXECUTABLES: 'built' }),
      serveCloud('aws', world),
      serveCloud('gcp', world),
    ]);
    return new Engine(clone, world, served);
  }

  private constructor(clone: Clone, world: World, served: readonly Served[]) {
    this.clone = clone;
    this.world = world;
    this.served = served;
    const [language, aws, gcp] = served.map(({ port }) => port);
    const home = join(clone.folder, 'pulumi');
    mkdirSync(join(home, 'stacks'), { recursive: true });
    const lab = labEnvironment().MUSTER_LAB_PULUMI ?? '';
    this.env = {
      PATH: `${lab}:${process.env.PATH}`,
      ...{ PULUMI_HOME: home, PULUMI_BACKEND_URL: `file://${home}/stacks`, PULUMI_CONFIG_PASSPHRASE: 'test' },
      ...{ PULUMI_SKIP_UPDATE_CHECK: 'true', PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true' },
      ...{ PULUMI_DEBUG_LANGUAGES: `nodejs:${language}`, PULUMI_DEBUG_PROVIDERS: `aws:${aws},gcp:${gcp}` },
    };
  }

  /** `folder` is the program's, relative to the clone. */
  pulumi(folder: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Said> {
    const all = ['--non-interactive', '--color', 'never', '--cwd', join(this.clone.folder, folder), ...args];
    return this.clone.run('pulumi', all, { ...this.env, ...more });
  }

  /** What the engine keeps of a stack, as it lies on the disk. */
  state(project: string, stack: string): string {
    return readFileSync(join(this.clone.folder, 'pulumi/stacks/.pulumi/stacks', project, `${stack}.json`), 'utf8');
  }

  stop(): void {
    for (const each of this.served) each.stop();
    rmSync(this.clone.folder, { recursive: true, force: true });
  }
}

/**
 * What machines run is the same in every clone, and takes a minute to build. The lists beside it carry the keys of their
 * clone, so that clones that build at once must not share those.
 */
async function shareBuild(folder: string): Promise<void> {
  await buildExecutables(
    { stdout: process.stderr, stderr: process.stderr, env: process.env, root, cwd: root },
    platforms,
    () => {},
  );
  mkdirSync(join(folder, 'executables'), { recursive: true });
  const from = join(root, 'build');
  for (const name of readdirSync(join(from, 'executables'))) {
    const put = name.startsWith('muster-') ? linkSync : copyFileSync;
    put(join(from, 'executables', name), join(folder, 'executables', name));
  }
  copyFileSync(join(from, 'executables.json'), join(folder, 'executables.json'));
}
