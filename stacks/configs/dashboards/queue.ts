// What waits for which class of workers, how long, and how do attempts end?
import { type Page, perMinute, quantiles, rate } from './page.ts';

export const queuePage: Page = {
  uid: 'muster-queue',
  title: 'Queue',
  description: 'What waits for which class of workers, how long, and how attempts end.',
  panels: [
    {
      kind: 'lines',
      title: 'Queued jobs by class',
      description: 'A job counts under each class that could take it; none: no class could.',
      unit: 'short',
      queries: [{ expr: 'sum by (class) (muster_queue_jobs)', legend: '{{class}}' }],
    },
    {
      kind: 'lines',
      title: 'Oldest queued job by class',
      description: 'How long it has waited. A line that only rises means that nobody takes it.',
      unit: 's',
      queries: [{ expr: 'max by (class) (muster_queue_oldest_seconds)', legend: '{{class}}' }],
    },
    {
      kind: 'lines',
      title: 'Time in the queue',
      description: 'Until an offer, by the class of the worker that got it.',
      unit: 's',
      queries: quantiles('muster_queue_wait_seconds', 'class'),
    },
    {
      kind: 'lines',
      title: 'From submit to start',
      description: 'What a person waits for: until the first attempt runs.',
      unit: 's',
      queries: quantiles('muster_submit_to_start_seconds', 'class'),
    },
    {
      kind: 'lines',
      title: 'From offer to start',
      description:
        'How fast workers take what they are offered. Seconds here mean overloaded workers or a bad network.',
      unit: 's',
      queries: quantiles('muster_offer_to_start_seconds', 'class'),
    },
    {
      kind: 'lines',
      title: 'Jobs submitted in a minute',
      description: 'What comes in.',
      unit: 'cpm',
      queries: [{ expr: `60 * ${rate('muster_jobs_submitted_total')}`, legend: 'submitted' }],
    },
    {
      kind: 'lines',
      title: 'Attempts ended in a minute',
      description:
        'By cause. worker_lost, agent_died and not_accepted are troubles of the cluster, the rest of the job.',
      unit: 'cpm',
      queries: [{ expr: perMinute('cause', 'muster_attempts_ended_total'), legend: '{{cause}}' }],
    },
    {
      kind: 'lines',
      title: 'Retries in a minute',
      description: 'By the cause of the attempt before: work that is done twice.',
      unit: 'cpm',
      queries: [{ expr: perMinute('cause', 'muster_retries_total'), legend: '{{cause}}' }],
    },
    {
      kind: 'lines',
      title: 'Live leases',
      description: 'Offers and running attempts.',
      unit: 'short',
      queries: [{ expr: 'sum(muster_leases)', legend: 'leases' }],
    },
  ],
};
