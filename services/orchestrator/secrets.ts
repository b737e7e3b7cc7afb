// Which secrets are missing, and how are they made? The one-shot `muster-orchestrator secrets`.
import { z } from 'zod';
import type { SecretFile } from '../../stacks/catalog/types.ts';
import { createSecretFiles } from '../../stacks/drivers/secret-files.ts';
import { problemsOf } from './problems.ts';

const path = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9.-]*(\/[a-z0-9][a-z0-9.-]*)*$/,
    'expected a path below the secrets folder, such as classes/a/token',
  );

const SecretFiles: z.ZodType<readonly SecretFile[]> = z.array(
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('token'), path, prefix: z.string().regex(/^[a-z]{2,4}$/) }),
    z.strictObject({ kind: z.literal('password'), path }),
    z.strictObject({ kind: z.literal('htpasswd'), path, user: z.string().regex(/^[a-z][a-z0-9-]*$/), of: path }),
    z.strictObject({ kind: z.literal('bearer-map'), path, of: path }),
    z.strictObject({ kind: z.literal('authority'), path, name: z.string().min(1) }),
    z.strictObject({
      kind: z.literal('certificate'),
      path,
      by: path,
      names: z.array(z.string().min(1)),
      use: z.enum(['server', 'server-and-client']),
    }),
    z.strictObject({ kind: z.literal('copy'), path, of: path }),
    z.strictObject({ kind: z.literal('given'), path, source: z.string().min(1) }),
  ]),
);

const name = 'MUSTER_SECRET_FILES';

/** The list, or every problem with it as one line each. */
export const parseSecretFiles = (
  env: Readonly<Record<string, string | undefined>>,
): { files: readonly SecretFile[] | null; problems: string[] } => {
  let value: unknown;
  try {
    value = JSON.parse(env[name] ?? '');
  } catch {
    return { files: null, problems: [`${name}: expected JSON, a list of {"kind", "path", …} as in compose.yaml`] };
  }
  const { success, data, error } = SecretFiles.safeParse(value);
  if (success) return { files: data, problems: [] };
  const problems = error.issues.flatMap(problemsOf).map((problem) => `${name}/${problem.path}: ${problem.message}`);
  return { files: null, problems };
};

/** Makes what is missing; gives a line for each. Throws one sentence with its remedy when the folder is not writable. */
export const makeSecrets = async (folder: string, files: readonly SecretFile[]): Promise<string[]> => {
  try {
    const { left, made } = await createSecretFiles({ folder, owner: null, root: null }, files);
    return [
      ...made.map((each) => `made ${each}`),
      ...left.map((each) => `${each} is missing: it is a copy of a file that only \`muster up\` sees; run that once`),
    ];
  } catch (error) {
    const { code, path: place } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const remedy = 'run it as the owner of that folder: MUSTER_UID=$(id -u) docker compose up -d …';
    throw new Error(`user ${process.getuid?.()} cannot write ${place ?? folder} (${code}); ${remedy}`, {
      cause: error,
    });
  }
};
