// Where does `muster` begin? Hands the process's streams, environment and folders to the command line.
import { fileURLToPath } from 'node:url';
import { run } from './index.ts';

// `muster jobs list | head`: whoever reads no further has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`muster: the output cannot be written: ${error.message}\n`);
  process.exit(1);
});

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  root: fileURLToPath(new URL('../..', import.meta.url)),
  cwd: process.cwd(),
});
