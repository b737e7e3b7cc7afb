// Do arguments reach a program as they are, and its lines and exit code us?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { runCommand } from '../../../stacks/drivers/shell.ts';

const around = { cwd: '/', env: { PATH: process.env.PATH, GREETING: 'hello' } };

test('no shell reads the arguments', async () => {
  const args = ['-c', 'printf "%s\\n" "$@"', 'sh', '$HOME', '`id`', 'a \'b\' "c"', '*', ''];
  const { exitCode, stdout } = await runCommand({ program: 'sh', args, why: 'echo' }, around);
  deepStrictEqual([exitCode, stdout.split('\n')], [0, ['$HOME', '`id`', 'a \'b\' "c"', '*', '', '']]);
});

test('stdin, the environment, both streams and the exit code', async () => {
  const lines: string[] = [];
  const command = { program: 'sh', args: ['-c', 'cat; echo "$GREETING" >&2; exit 4'], stdin: 'secret\n', why: 'talk' };
  const { exitCode, stdout } = await runCommand(command, { ...around, onLine: (line) => lines.push(line) });
  deepStrictEqual([exitCode, stdout, lines.sort()], [4, 'secret\n', ['hello', 'secret']]);
});

test('a program that is not there is exit code 127', async () => {
  strictEqual((await runCommand({ program: 'no-such-program', args: [], why: 'fail' }, around)).exitCode, 127);
});
