// How short may an id be? As short as it stays unique; eight characters at least, for the eye.

const shortest = 8;

/** The first characters of each id: equally many of all, and no two alike. */
export function shortIds(ids: readonly string[]): ReadonlyMap<string, string> {
  const longest = Math.max(shortest, ...ids.map((id) => id.length));
  let length = shortest;
  const cut = () => new Set(ids.map((id) => id.slice(0, length)));
  while (length < longest && cut().size < new Set(ids).size) length += 1;
  return new Map(ids.map((id) => [id, id.slice(0, length)]));
}
