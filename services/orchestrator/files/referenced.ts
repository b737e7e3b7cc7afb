// Which blobs do jobs need? What they read, and what they left behind.
import type { Job } from '../../scheduling/types.ts';

export const referencedDigests = (jobs: Iterable<Job>): Set<string> => {
  const digests = new Set<string>();
  for (const { spec, outputs } of jobs) for (const { digest } of [...spec.inputs, ...outputs]) digests.add(digest);
  return digests;
};
