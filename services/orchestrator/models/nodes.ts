// How are the Ollama nodes just now? Asked when somebody looks, never more often than each five seconds.
import type { ModelNode } from '../settings.ts';
import { askNode, type NodeAnswer } from './ask.ts';

/** `answer` is null for a node that did not answer, or not yet. */
export type NodeView = { readonly node: string; readonly answer: NodeAnswer | null };

export type ModelNodes = { readonly look: () => Promise<readonly NodeView[]> };

const timeoutMs = 2_000;
const freshMs = 5_000;
/** A slow node does not hold up whoever looks: it is shown with its last answer until it has given the next. */
const patienceMs = 500;

const watchNode = ({ node, url }: ModelNode, nowMs: () => number) => {
  let answer: NodeAnswer | null = null;
  let askedMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | null = null;
  const ask = async (): Promise<void> => {
    answer = await askNode(url, AbortSignal.timeout(timeoutMs)).catch(() => null);
    askedMs = nowMs();
    asking = null;
  };
  return {
    refreshed: (): Promise<void> => {
      if (asking === null && nowMs() - askedMs >= freshMs) asking = ask();
      return asking ?? Promise.resolve();
    },
    view: (): NodeView => ({ node, answer }),
  };
};

/** `nowMs`: monotonic milliseconds. */
export const createModelNodes = (nodes: readonly ModelNode[], nowMs: () => number): ModelNodes => {
  const watched = nodes.map((each) => watchNode(each, nowMs));
  return {
    look: async () => {
      const all = Promise.all(watched.map(({ refreshed }) => refreshed()));
      let late: NodeJS.Timeout | undefined;
      const patience = new Promise((resolve) => {
        late = setTimeout(resolve, patienceMs);
      });
      await Promise.race([all, patience]);
      clearTimeout(late);
      return watched.map(({ view }) => view());
    },
  };
};
