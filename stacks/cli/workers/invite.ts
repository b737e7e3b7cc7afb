// How does a machine get in with one line? `muster workers invite`.
import { parseSeconds } from '../../index.ts';
import { writeJson, writeLine } from '../output.ts';
import { type Command, exitCodes, Failure, type Io } from '../types.ts';
import type { Joining } from './join-line.ts';

type Options = {
  readonly json?: true;
  readonly class?: string;
  readonly name?: string;
  readonly expires: string;
  readonly format: string;
  readonly url?: string;
};

const formats = ['shell', 'docker', 'env'] as const;
type Format = (typeof formats)[number];

function formatOf(text: string): Format {
  const format = formats.find((one) => one === text);
  if (format !== undefined) return format;
  throw new Failure(exitCodes.badInput, `--format: expected ${formats.join(', ')}, got ${JSON.stringify(text)}`);
}

/** `1h`, `10m`, `7d`. */
function secondsOf(text: string): number {
  const days = /^(\d{1,2})d$/.exec(text);
  const seconds = days ? Number(days[1]) * 86_400 : parseSeconds(text);
  if (seconds !== null && seconds >= 60 && seconds <= 2_592_000) return seconds;
  throw new Failure(exitCodes.badInput, `--expires: expected 1m to 30d, such as 1h, got ${JSON.stringify(text)}`);
}

async function runInvite(io: Io, options: Options): Promise<number> {
  const [{ authorityOf, withClient }, invitation, { isLoopback, reachable }, lines] = await Promise.all([
    import('../api.ts'),
    import('./invitation.ts'),
    import('./reachable.ts'),
    import('./join-line.ts'),
  ]);
  const format = formatOf(options.format);
  const expiresSeconds = secondsOf(options.expires);
  const { class: className, name } = options;
  return withClient(io, async (client) => {
    const installer = format === 'shell' ? await (await import('./offer.ts')).offerInstaller(io, client) : null;
    const wish = { class: className, name, expiresSeconds };
    const { token, url: told, ...invite } = await invitation.createInvite(io, client, wish);
    const url = (options.url ?? told ?? client.url).replace(/\/+$/, '');
    let joining: Joining;
    try {
      const pin = await reachable(url, authorityOf(io) ?? null);
      joining = { url, token, installer, authority: invitation.invitedAuthority(io), pin };
    } catch (error) {
      // Nobody will ever see its token.
      await invitation.revokeInvite(client, invite.id);
      throw error;
    }
    const text =
      format === 'shell'
        ? lines.shellLine(joining)
        : format === 'docker'
          ? lines.dockerLine(joining, `muster-agent:${(await import('../../index.ts')).version}`)
          : lines.variableLines(joining);
    if (options.json) writeJson(io, { ...invite, token, url, pin: joining.pin, installer, command: text });
    else {
      writeLine(io, text);
      const until = new Date(invite.expiresAt).toLocaleString('sv');
      io.stderr.write(
        `muster: for one machine of the class ${invite.class}, until ${until}; it is shown this once (${invite.id})\n`,
      );
      if (isLoopback(url))
        io.stderr.write(
          `muster: only this machine reaches ${url}; others do by a proxy with "public: true", or by --tunnel of workers add\n`,
        );
      if (format === 'shell' && io.stdout.isTTY) {
        const code = (await import('./qr.ts')).qrCode(text, io.stdout.columns ?? 80);
        if (code !== null) writeLine(io, `\n${code}`);
      }
    }
    return exitCodes.done;
  });
}

export function addInvite(group: Command, io: Io, exit: (code: number) => void): void {
  group
    .command('invite')
    .description('print one line that makes a machine a worker; it works once')
    .option('--class <CLASS>', 'the class of cluster.yaml that it belongs to (default: the only one)')
    .option('--name <NAME>', 'its name (default: that of its class)')
    .option('--expires <TIME>', 'how long the line works, 1m to 30d', '1h')
    .option('--format <FORMAT>', 'shell: a line for sh; docker: a line for an engine; env: variables', 'shell')
    .option(
      '--url <URL>',
      'where the machine reaches the orchestrator (default: its MUSTER_PUBLIC_URL, else MUSTER_URL)',
    )
    .option('--json', 'print {id, class, name, expiresAt, token, url, pin, installer, command} for programs')
    .action(async (options: Options) => exit(await runInvite(io, options)));
}
