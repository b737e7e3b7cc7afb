#!/usr/bin/env node
// How does `muster` start? With any Node from 20 on: finds or fetches the Node it needs, installs what is missing, goes on.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findNode } from './node/find.js';
import { ensureInstalled, printSetupError } from './setup.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the program in our place: same terminal, signals passed on, and its exit code is ours. */
function become(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' });
  // On a terminal Ctrl-C reaches the whole group, so passing it on would deliver it twice.
  const onTerminal = process.stdin.isTTY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => (signal === 'SIGINT' && onTerminal ? undefined : child.kill(signal)));
  }
  child.on('error', (error) => {
    process.stderr.write(`muster: ${node} does not start: ${error.message}\n`);
    process.exitCode = 3;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

try {
  const node = await findNode();
  await ensureInstalled(root, 'run');
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  // A small young generation: the bytes of a large file are freed as they pass, not 60 MB later.
  const flags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1'];
  become(node, [...flags, main, ...process.argv.slice(2)]);
} catch (error) {
  printSetupError(error);
}
