// How does the compatible door refuse? `{"detail": …}`, a list of problems for a wrong shape (worker-protocol 1).

export type Detail = {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
};

export class Declined extends Error {
  readonly status: number;
  readonly detail: string | readonly Detail[];
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, detail: string | readonly Detail[], headers: Readonly<Record<string, string>> = {}) {
    super(typeof detail === 'string' ? detail : 'validation');
    this.status = status;
    this.detail = detail;
    this.headers = headers;
  }
}

export const missing = (...loc: readonly string[]): Detail => ({
  type: 'missing',
  loc,
  msg: 'Field required',
  input: null,
});
