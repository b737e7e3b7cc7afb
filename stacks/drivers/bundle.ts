// How do many source files become one? esbuild, CommonJS, without a trace of the machine that built it.
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildFailure, BuildOptions } from 'esbuild';

export const daemons = ['orchestrator', 'agent', 'supervisor'] as const;
export type Daemon = (typeof daemons)[number];

/** A daemon's source does not bundle: what esbuild said, one line per error. */
export class BundleError extends Error {}

type Bundled = { readonly root: string; readonly entry: string; readonly outfile: string };

/** Throws BundleError. `more`: settings of esbuild's. */
async function bundleFile({ entry, outfile, root }: Bundled, more: BuildOptions): Promise<void> {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    legalComments: 'none',
    logLevel: 'silent',
    ...more,
  }).catch((error: BuildFailure) => {
    const lines = error.errors?.map((one) => `${one.location?.file}:${one.location?.line}: ${one.text}`);
    throw new BundleError(lines?.join('\n') ?? error.message, { cause: error });
  });
}

/**
 * Bundles the daemons of the clone at `root` into `folder/<daemon>.cjs`; about 0.2 s, same source → same bytes.
 * Returns their paths. Throws BundleError.
 */
export async function bundle(root: string, folder: string): Promise<Readonly<Record<Daemon, string>>> {
  await mkdir(folder, { recursive: true });
  const written = await Promise.all(
    daemons.map(async (daemon) => {
      const outfile = join(folder, `${daemon}.cjs`);
      await bundleFile(
        { root, entry: `services/${daemon}/main.ts`, outfile },
        {
          target: 'node22',
          minify: true,
          keepNames: true,
          define: { 'import.meta.url': 'bundledUrl' },
          banner: { js: "const bundledUrl = require('node:url').pathToFileURL(__filename).href;" },
        },
      );
      return [daemon, outfile] as const;
    }),
  );
  return Object.fromEntries(written) as Record<Daemon, string>;
}

/** Writes the policy pack as a program that any Node from 20 on starts; packages stay outside. Throws BundleError. */
export async function bundlePolicyPack(root: string, outfile: string): Promise<void> {
  const header = '#!/usr/bin/env node\n// Generated from pack.ts by `make golden`; do not edit.';
  const more = { target: 'node20', packages: 'external', banner: { js: header } } as const;
  await bundleFile({ root, entry: 'infra/policy/pack.ts', outfile }, more);
  await chmod(outfile, 0o755);
}
