// What does a rendered unit say? Its lines by key, as systemd reads them.
import { parseUnit } from '../../stacks/formats/unit-lines.ts';
import { type Cluster, render, targets } from '../../stacks/index.ts';

export type UnitFile = {
  readonly host: string;
  /** `dask-cpu` of `muster-dask-cpu.service`. */
  readonly service: string;
  readonly text: string;
  /** Every value of a key, in their order. */
  readonly all: (key: string) => readonly string[];
  /** The only value of a key; null: it is not there. */
  readonly one: (key: string) => string | null;
};

function unitFile(host: string, service: string, text: string): UnitFile {
  const lines = parseUnit(text);
  const all = (key: string) => lines.filter((line) => line.key === key).map(({ value }) => value);
  const one = (key: string): string | null => {
    const [value = null, second] = all(key);
    if (second !== undefined) throw new Error(`${service}: ${key} is there twice`);
    return value;
  };
  return { host, service, text, all, one };
}

export function unitsOf(cluster: Cluster): readonly UnitFile[] {
  return render(cluster, [targets.systemd]).files.flatMap(({ path, text }) => {
    const [, host, service] = /^build\/rack\/([^/]+)\/units\/muster-(.+)\.service$/.exec(path) ?? [];
    return host === undefined || service === undefined ? [] : [unitFile(host, service, text)];
  });
}

/** The generated files of a host, by their paths there. */
export function configsOn(cluster: Cluster, host: string): ReadonlyMap<string, string> {
  const folder = `build/rack/${host}/configs/`;
  return new Map(
    render(cluster, [targets.systemd])
      .files.filter(({ path }) => path.startsWith(folder))
      .map(({ path, text }) => [`/etc/muster/configs/${path.slice(folder.length)}`, text]),
  );
}
