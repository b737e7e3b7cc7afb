// Which worker is connected by which stream? One per worker; the late clean-up of an old one harms no newer one (b1.5).

/** An open event stream to a worker. */
export type WorkerStream = {
  readonly kind: 'muster' | 'compatible';
  readonly session: string;
  readonly send: (event: string, value: object) => void;
  /** Resets the connection: what was not read is gone. */
  readonly cut: () => void;
};

export type Streams = {
  /** Puts this stream in the place of the worker's earlier one, which is cut. */
  readonly connect: (workerId: string, stream: WorkerStream) => void;
  /** Forgets the stream; gives false when another one has taken its place. */
  readonly disconnect: (workerId: string, stream: WorkerStream) => boolean;
  /** The worker's stream, if it belongs to this session. */
  readonly of: (workerId: string, session: string) => WorkerStream | undefined;
  readonly has: (workerId: string) => boolean;
  readonly count: () => number;
  readonly cutAll: () => void;
};

export const createStreams = (): Streams => {
  const byWorker = new Map<string, WorkerStream>();
  return {
    connect: (workerId, stream) => {
      const before = byWorker.get(workerId);
      byWorker.set(workerId, stream);
      before?.cut();
    },
    disconnect: (workerId, stream) => {
      if (byWorker.get(workerId) !== stream) return false;
      return byWorker.delete(workerId);
    },
    of: (workerId, session) => {
      const stream = byWorker.get(workerId);
      return stream?.session === session ? stream : undefined;
    },
    has: (workerId) => byWorker.has(workerId),
    count: () => byWorker.size,
    cutAll: () => {
      for (const stream of byWorker.values()) stream.cut();
    },
  };
};
