// What do the users of a swarm see while it is updated? Requests, jobs, streams and answers of a model, all the time.
import type { TestContext } from 'node:test';
import type { Said } from './clone.ts';
import { tinyAnswer } from './models.ts';
import { type Ask, SwarmClient } from './swarm-client.ts';
import { type JobReport, SwarmJobs } from './swarm-jobs.ts';
import { Load, type LoadReport } from './swarm-load.ts';
import type { Rack } from './swarm-rack.ts';
import { type StreamReport, Streams } from './swarm-streams.ts';

export type Traffic = {
  readonly said: Said;
  readonly load: LoadReport;
  readonly jobs: JobReport;
  readonly streams: StreamReport;
};

const perSecond = 55;
const jobSeconds = 3;

/** One of 25 submits a job, two a second. The model, which is slow, is asked one thing at a time. */
function mix(rack: Rack, jobs: SwarmJobs): (index: number) => Ask {
  const key = rack.secret('admin');
  const bearer = { authorization: `Bearer ${key}` };
  const basic = { authorization: `Basic ${Buffer.from(`admin:${rack.secret('proxy/password')}`).toString('base64')}` };
  const get = (of: Ask['of'], path: string, headers: Ask['headers']): Ask => ({
    ...{ method: 'GET', path, headers, repeatable: true, of },
  });
  const prompt = (): Ask => ({
    ...{ method: 'POST', path: '/muster/ollama/api/generate', repeatable: true, of: 'ollama' },
    headers: { authorization: `Bearer ${rack.secret('ollama/key')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'tiny:1', prompt: 'Hello' }),
    heard: (text) => {
      if (!text.includes(tinyAnswer.last)) throw new Error(`the model broke off: ${text.slice(-200)}`);
      asking = false;
    },
  });
  let asking = false;
  return (index) => {
    if (index % 50 === 25 && !asking) {
      asking = true;
      return prompt();
    }
    if (index % 25 === 0) return jobs.submit(`${index}`, jobSeconds, key);
    if (index % 5 === 1) return get('proxy', '/muster/', basic);
    if (index % 5 === 2) return get('orchestrator', '/muster/api/v1/workers', bearer);
    return get('orchestrator', '/muster/api/v1/status', bearer);
  };
}

/** Runs `update` under traffic, prints the figures and gives them once every job has ended. Clients wait for `patienceMs`. */
export async function watchUpdate(
  rack: Rack,
  prefix: string,
  update: () => Promise<Said>,
  t: TestContext,
  patienceMs?: number,
): Promise<Traffic> {
  const client = new SwarmClient(rack.name, rack.httpsPort, rack.secret('authority/ca.crt'));
  const key = rack.secret('admin');
  const jobs = await SwarmJobs.start(prefix);
  try {
    const streams = new Streams(client, jobs, key, 3);
    const load = new Load(client, perSecond, mix(rack, jobs), patienceMs);
    // One for each worker, and longer than any drain: the first worker that is updated must hand its own back.
    for (let n = 1; n <= 5; n++) await jobs.send(client, `long-${n}`, 20, key, { cpus: 0.3 });
    const startedAt = performance.now();
    const said = await update();
    t.diagnostic(
      said.stdout
        .split('\n')
        .filter((line) => /waiting|lost|rolled/.test(line))
        .join('\n'),
    );
    t.diagnostic(`the update took ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    const loaded = await load.stop();
    const streamed = await streams.stop();
    const ended = await jobs.report(client, key, 30);
    const failed = loaded.failed.slice(0, 5);
    t.diagnostic(
      `requests ${JSON.stringify({ ...loaded, failed })}, ${loaded.failed.length} failed, ${client.cut} cut`,
    );
    t.diagnostic(`streams ${JSON.stringify(streamed)}`);
    t.diagnostic(`jobs ${JSON.stringify(ended)}`);
    return { said, load: loaded, jobs: ended, streams: streamed };
  } finally {
    jobs.close();
    client.close();
  }
}
