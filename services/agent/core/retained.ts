// Which part of a job's output is kept when it prints too much? The head as it comes, then the tail at the end.

/** Splits a stream of chunks: `take` gives what goes to the log now, `rest` what is added when the stream has ended. */
export class Retained {
  readonly #tailBytes: number;
  #headLeft: number;
  #tail: Buffer[] = [];
  #tailLength = 0;
  #past = 0;

  constructor(headBytes: number, tailBytes: number) {
    this.#headLeft = headBytes;
    this.#tailBytes = tailBytes;
  }

  take(chunk: Buffer): Buffer {
    const now = chunk.subarray(0, this.#headLeft);
    this.#headLeft -= now.length;
    const later = chunk.subarray(now.length);
    if (later.length > 0) this.#keep(later);
    return now;
  }

  rest(): Buffer {
    if (this.#past === 0) return Buffer.alloc(0);
    const joined = Buffer.concat(this.#tail);
    const tail = joined.subarray(Math.max(0, joined.length - this.#tailBytes));
    const lost = this.#past - tail.length;
    return lost === 0 ? tail : Buffer.concat([Buffer.from(`\n[truncated: ${lost} bytes]\n`), tail]);
  }

  #keep(chunk: Buffer): void {
    this.#past += chunk.length;
    // Copied, because the chunk is a window on a larger pooled buffer that would stay alive with it.
    this.#tail.push(Buffer.from(chunk.subarray(Math.max(0, chunk.length - this.#tailBytes))));
    this.#tailLength += this.#tail.at(-1)?.length ?? 0;
    while (this.#tailLength - (this.#tail[0]?.length ?? 0) >= this.#tailBytes) {
      this.#tailLength -= this.#tail.shift()?.length ?? 0;
    }
  }
}
