// Which NVIDIA GPUs are there, and how busy are they? Asked of nvidia-smi, which knows without a library.
import { execFile } from 'node:child_process';
import type { GpuFacts, GpuLoad } from '../../protocol/index.ts';

export type Gpu = GpuFacts & GpuLoad;

const query = 'index,uuid,name,memory.total,driver_version,utilization.gpu,memory.used,temperature.gpu';

/** Reads `--format=csv,noheader,nounits`; what a card does not support is null. Lines without an index are dropped. */
export const parseGpus = (text: string): readonly Gpu[] =>
  text.split('\n').flatMap((line) => {
    const [index = '', uuid = '', name = '', total, driver = '', busy, used, heat] = line
      .split(',')
      .map((cell) => cell.trim());
    if (!/^\d+$/.test(index)) return [];
    const number = (cell: string | undefined): number | null => {
      const value = Number(cell);
      return cell && Number.isFinite(value) ? value : null;
    };
    const known = (cell: string): string | null => (cell === '' || cell.startsWith('[') ? null : cell);
    const mib = (cell: string | undefined): number | null => {
      const value = number(cell);
      return value === null ? null : Math.max(0, Math.round(value));
    };
    const utilization = number(busy);
    return [
      {
        index: Number(index),
        uuid: known(uuid)?.slice(0, 100) ?? null,
        name: name.slice(0, 200),
        memoryMiB: mib(total),
        driver: known(driver)?.slice(0, 100) ?? null,
        utilization: utilization === null ? null : Math.min(1, Math.max(0, utilization / 100)),
        memoryUsedMiB: mib(used),
        temperatureCelsius: number(heat),
      },
    ];
  });

export type Asked = { readonly gpus: readonly Gpu[]; readonly trouble: string | null };

/** Asks the nvidia-smi found on `path`. No such program means no GPU; anything else that fails is told as `trouble`. */
export const askNvidia = (path: string, timeoutMs = 5000): Promise<Asked> =>
  new Promise((resolve) => {
    const options = { timeout: timeoutMs, killSignal: 'SIGKILL' as const, env: { PATH: path, LC_ALL: 'C' } };
    execFile('nvidia-smi', [`--query-gpu=${query}`, '--format=csv,noheader,nounits'], options, (error, stdout) => {
      if (error === null) return resolve({ gpus: parseGpus(stdout), trouble: null });
      const absent = error.code === 'ENOENT' || error.code === 'EACCES';
      const why = error.killed ? `no answer within ${timeoutMs} ms` : (stdout.trim() || error.message).slice(0, 300);
      resolve({ gpus: [], trouble: absent ? null : `nvidia-smi: ${why}` });
    });
  });
