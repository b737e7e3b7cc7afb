// What does the real systemd understand of a unit? Its test mode reads units, prints what it read and starts nothing.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const manager = '/lib/systemd/systemd';
const nobody = 65_534;

/** Why it cannot be asked; false: it can. */
export function systemdIsThere(): string | false {
  return existsSync(manager) ? false : 'systemd is absent';
}

export type ReadUnit = {
  readonly description: string;
  /** Before variables are filled in, with `$$` as the dollar that it stands for. */
  readonly commands: readonly (readonly string[])[];
  readonly environment: readonly string[];
};

/** It quotes what it prints as a shell would. */
function unquoted(command: string): readonly string[] {
  return [...command.matchAll(/"((?:[^"\\]|\\.)*)"|([^ ]+)/gsu)].map(([, inside, bare]) =>
    (bare ?? (inside as string).replace(/\\(.)/gsu, '$1')).replaceAll('$$', '$'),
  );
}

function readUnit(dump: string): ReadUnit {
  const values = (key: string) =>
    [...dump.matchAll(new RegExp(`^\\s+${key}: (.*)$`, 'gmu'))].map(([, value]) => value as string);
  return {
    description: values('Description')[0] ?? '',
    commands: values('Command Line').map(unquoted),
    environment: values('Environment'),
  };
}

/** By name. It runs as nobody in a folder of its own: as root it refuses. */
export function readBySystemd(
  units: readonly { readonly name: string; readonly text: string }[],
): ReadonlyMap<string, ReadUnit> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-units-'));
  try {
    const home = join(folder, 'home');
    mkdirSync(home);
    const isRoot = process.getuid?.() === 0;
    chmodSync(folder, 0o755);
    if (isRoot) chownSync(home, nobody, nobody);
    for (const { name, text } of units) writeFileSync(join(folder, name), text);
    const wants = units.map(({ name }) => `Wants=${name}\n`).join('');
    writeFileSync(join(folder, 'default.target'), `[Unit]\nDefaultDependencies=no\n${wants}`);
    const environment = { PATH: '/usr/bin:/bin', HOME: home, XDG_RUNTIME_DIR: home, SYSTEMD_UNIT_PATH: folder };
    const asked = [manager, '--test', '--user', '--unit=default.target'];
    const drop = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
    const [program = '', ...args] = isRoot ? [...drop, ...asked] : asked;
    const { stdout } = spawnSync(program, args, {
      cwd: '/',
      env: environment,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      timeout: 60_000,
    });
    const dumps = stdout.split(/^\s*-> Unit /m).slice(1);
    return new Map(dumps.map((dump) => [dump.slice(0, dump.indexOf(':\n')), readUnit(dump)]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The version of the tools; null: they are absent. */
export function analyzeVersion(): number | null {
  if (spawnSync('systemd-analyze', ['--version']).status !== 0) return null;
  const said = execFileSync('systemd-analyze', ['--version'], { encoding: 'utf8' });
  return Number(/^systemd (\d+)/.exec(said)?.[1] ?? 0);
}
