// Which models has an Ollama server, and which of them are in memory? Asked on its port of this host.
// https://github.com/ollama/ollama/blob/main/docs/api.md

export type Model = {
  readonly name: string;
  readonly bytes: number;
  /** Of it in the memory of GPUs; null: it is not loaded. */
  readonly loaded: { readonly bytes: number; readonly gpuBytes: number } | null;
};

const patienceMs = 3000;

type Listed = { readonly name: string; readonly size: number; readonly size_vram?: number };

/** Sorted by name; null when nobody answers there. */
export async function modelsAt(port: number): Promise<readonly Model[] | null> {
  const [tags, running] = await Promise.all([ask(port, '/api/tags'), ask(port, '/api/ps')]);
  if (tags === null || running === null) return null;
  return tags
    .map(({ name, size }): Model => {
      const loaded = running.find((one) => one.name === name);
      return {
        name,
        bytes: size,
        loaded: loaded === undefined ? null : { bytes: loaded.size, gpuBytes: loaded.size_vram ?? 0 },
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function ask(port: number, path: string): Promise<readonly Listed[] | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(patienceMs) });
    if (!answer.ok) return null;
    return ((await answer.json()) as { readonly models?: readonly Listed[] | null }).models ?? [];
  } catch {
    return null;
  }
}

/** `qwen3` is short for `qwen3:latest`. */
export function fullName(model: string): string {
  return /:[^/]+$/.test(model) ? model : `${model}:latest`;
}
