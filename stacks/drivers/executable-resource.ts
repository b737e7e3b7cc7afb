// How does a resource get into a Node? `node executable-resource.ts EXECUTABLE RESOURCE`: a process of its own, because
// it takes 700 MB for a moment and prints warnings that mean nothing.
import { readFileSync } from 'node:fs';
// @ts-expect-error: it has no types.
import { inject } from 'postject';

const [executable, resource] = process.argv.slice(2) as [string, string];
// Names that Node looks for in itself when it starts.
await inject(executable, 'NODE_SEA_BLOB', readFileSync(resource), {
  sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
});
