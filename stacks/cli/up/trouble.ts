// Why will it never get ready? A daemon that ends again and again, with its last words.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectContainers } from '../../drivers/docker-containers.ts';
import { markedProcesses } from '../../drivers/processes.ts';
import { runCommand } from '../../drivers/shell.ts';
import type { Child } from '../../index.ts';
import { projectOf } from '../place.ts';
import { plain } from '../text.ts';
import type { Io } from '../types.ts';
import type { Form } from './form.ts';

/** A sentence and the last lines of the daemon's log; null while nothing is wrong with one of the `services`. */
export async function troubleOf(io: Io, home: string, form: Form, services: readonly string[]): Promise<string | null> {
  return form.kind === 'docker' ? onDocker(io, form, services) : embedded(home);
}

async function onDocker(
  io: Io,
  { engine }: Extract<Form, { kind: 'docker' }>,
  services: readonly string[],
): Promise<string | null> {
  const restarting = (await projectContainers(engine.docker, projectOf(io))).find(
    ({ service, state }) => state === 'restarting' && services.includes(service),
  );
  if (!restarting) return null;
  const command = { program: 'docker', args: ['logs', '--tail', '3', restarting.id], why: 'its last words' };
  const { output } = await runCommand(command, { cwd: io.root, env: io.env });
  return sentence(restarting.service, output);
}

/** The supervisor starts them again, later each time; one that is not there when we look is on its way down. */
function embedded(home: string): string | null {
  const list = join(home, 'run', 'children.json');
  if (!existsSync(list)) return null;
  const living = new Set(markedProcesses(home).map(({ name }) => name));
  if (!living.has('supervisor')) return sentence('the supervisor', lastLines(home, 'supervisor'));
  const children: readonly Child[] = JSON.parse(readFileSync(list, 'utf8'));
  const down = children.find(({ name }) => !living.has(name));
  return down === undefined ? null : sentence(down.name, lastLines(home, down.name));
}

function lastLines(home: string, name: string): string {
  const file = join(home, 'logs', `${name}.log`);
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-3).join('\n') : '';
}

function sentence(name: string, output: string): string {
  const lines = plain(output).trim().split('\n').slice(-3);
  return [`${name} does not stay up; its last words:`, ...lines.map((line) => `  ${line.trimEnd()}`)].join('\n');
}
