// What stands in user data? Its files, and whatever is none of the keys that we mean (cloud-init lets unknown ones pass).
import { parse } from 'yaml';

type Block = Readonly<Record<string, unknown>>;

const known: Readonly<Record<string, readonly string[]>> = {
  '': ['ssh_pwauth', 'disable_root', 'write_files', 'runcmd'],
  write_files: ['path', 'permissions', 'owner', 'content'],
};

const isMode = (value: unknown): boolean => typeof value === 'string' && /^0[0-7]{3}$/.test(value);

/** Each by its path; empty for user data as it should be. YAML as cloud-init reads it: 1.1, where 0644 is 420. */
export function strangersIn(text: string): readonly string[] {
  if (!text.startsWith('#cloud-config\n')) return ['the first line'];
  const document = parse(text, { version: '1.1' }) as Block;
  const files = document.write_files as readonly Block[];
  return [
    ...Object.keys(document).filter((key) => !known['']?.includes(key)),
    ...files.flatMap((file, at) => [
      ...Object.keys(file).flatMap((key) => (known.write_files?.includes(key) ? [] : [`write_files.${at}.${key}`])),
      ...(isMode(file.permissions) ? [] : [`write_files.${at}.permissions: ${file.permissions}`]),
    ]),
  ];
}

/** By path: what either form of user data writes. */
export function writtenFiles(text: string): ReadonlyMap<string, string> {
  if (text.startsWith('#cloud-config\n')) {
    const { write_files: files } = parse(text, { version: '1.1' }) as {
      write_files: readonly Record<string, string>[];
    };
    return new Map(files.map(({ path = '', content = '' }) => [path, content]));
  }
  const lines = text.matchAll(/^printf %s (\S+) \| base64 -d > (\S+)\.new$/gm);
  return new Map([...lines].map(([, content = '', path = '']) => [path, Buffer.from(content, 'base64').toString()]));
}
