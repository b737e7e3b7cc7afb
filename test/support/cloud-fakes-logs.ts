// What stays of what rented machines said? CloudWatch Logs: groups that somebody made, and streams that machines make there.

export type LogLine = { readonly log: string; readonly from: string; readonly text: string };

type Answer = { readonly status: number; readonly text: string };

const refused = (type: string): Answer => ({ status: 400, text: `{"__type":"${type}"}` });

export class FakeLogs {
  readonly groups = new Set<string>();
  readonly lines: LogLine[] = [];
  readonly #streams = new Set<string>();

  answer(action: string, body: string): Answer {
    const { logGroupName: log, logStreamName: from, logEvents = [] } = JSON.parse(body);
    const stream = `${log}:${from}`;
    if (action === 'CreateLogStream') {
      if (!this.groups.has(log)) return refused('ResourceNotFoundException');
      if (this.#streams.has(stream)) return refused('ResourceAlreadyExistsException');
      this.#streams.add(stream);
      return { status: 200, text: '' };
    }
    if (action !== 'PutLogEvents') return refused('UnknownOperationException');
    if (!this.#streams.has(stream)) return refused('ResourceNotFoundException');
    for (const { message, timestamp } of logEvents) {
      // Milliseconds: what is two hours ahead, or two weeks late, is thrown away with a 200.
      const age = Date.now() - timestamp;
      if (age > -2 * 3600e3 && age < 14 * 24 * 3600e3) this.lines.push({ log, from, text: message });
    }
    return { status: 200, text: '{}' };
  }
}
