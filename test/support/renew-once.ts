// What does one process do that renews an agent? The renewal comes by standard input; exit code 0: the new one is well.
import { readFileSync } from 'node:fs';
import { renew } from '../../services/agent/update/renew.ts';

process.exitCode = (await renew(JSON.parse(readFileSync(0, 'utf8')))) ? 0 : 1;
