// What can be done with jobs? `muster jobs …`, one file per kind of thing.
import { addFetch } from './jobs/fetch.ts';
import { addList } from './jobs/list.ts';
import { addLogs } from './jobs/logs.ts';
import { addSubmit } from './jobs/submit.ts';
import type { Verb } from './types.ts';

export const jobs: Verb = (program, io, exit) => {
  const group = program.command('jobs').description('submit, list, show, follow, cancel jobs and fetch their outputs');
  addSubmit(group, io, exit);
  addList(group, io, exit);
  addLogs(group, io, exit);
  addFetch(group, io, exit);
};
