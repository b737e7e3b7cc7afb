// Where is the page? `muster open chat`: prints its address, and opens it where there is a browser to open it in.
import { type PageName, pageNames } from './open/pages.ts';
import { self, writeLine } from './output.ts';
import { exitCodes, Failure, type Io, type Verb } from './types.ts';

async function runOpen(io: Io, name: string, print: boolean): Promise<number> {
  const [{ pageOf }, { serviceStatuses }, { wantedCluster }, { nearest }] = await Promise.all([
    import('./open/pages.ts'),
    import('./status/services.ts'),
    import('./place.ts'),
    import('../index.ts'),
  ]);
  if (!(pageNames as readonly string[]).includes(name)) {
    const close = nearest(name, pageNames);
    const remedy = close === null ? `choose from: ${pageNames.join(' ')}` : `did you mean "${self} open ${close}"?`;
    throw new Failure(exitCodes.badInput, `there is no page ${JSON.stringify(name)}`, remedy);
  }
  const { hint, url } = await pageOf(io, name as PageName, await wantedCluster(io), await serviceStatuses(io));
  writeLine(io, url);
  if (hint !== null) io.stderr.write(`${hint}\n`);
  if (!print && hasDisplay(io)) await openInBrowser(io, url);
  return exitCodes.done;
}

function hasDisplay({ env }: Io): boolean {
  return process.platform === 'darwin' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** The address is printed already: without a browser nothing is lost. */
async function openInBrowser(io: Io, url: string): Promise<void> {
  const { runCommand } = await import('../drivers/shell.ts');
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const { exitCode } = await runCommand({ program, args: [url], why: `open ${url}` }, { cwd: io.cwd, env: io.env });
  if (exitCode !== 0) io.stderr.write(`muster: ${program} did not open it (exit ${exitCode})\n`);
}

export const open: Verb = (program, io, exit) => {
  program
    .command('open')
    .argument('[PAGE]', pageNames.join(', '), 'chat')
    .description('print the address of a page of the stack, and open it in a browser where there is a display')
    .option('--print', 'only print it')
    .addHelpText('after', '\nExamples:\n  muster open chat\n  curl "$(muster open prometheus --print)"')
    .action(async (name: string, options: { print?: true }) => exit(await runOpen(io, name, options.print === true)));
};
