// Whose certificates does the agent take? Those of the pinned authority alone, where one is pinned.
import { readAuthorities } from '../../../stacks/drivers/authority-file.ts';
import { certificateTrouble } from '../../../stacks/drivers/certificate-trouble.ts';

export type Roots = {
  /** Options of each request with TLS. */
  readonly options: () => { readonly rejectUnauthorized: true; readonly ca?: string };
  /** A sentence for an error that is about the certificate, any other error as it is. */
  readonly explained: (error: Error) => Error;
};

const setting = 'MUSTER_CA_FILE';

/** With null the roots of Node. Throws one sentence when the file holds no authority. */
export const openRoots = (file: string | null, url: URL): Roots => {
  let ca = file === null ? null : readAuthorities(setting, file);
  const signer = file === null ? 'an authority that every machine knows' : `an authority in ${file} (${setting})`;
  const sought = { url: url.origin, signer, remedy: `${setting}=FILE` };
  return {
    options: () => ({ rejectUnauthorized: true, ...(ca === null ? {} : { ca }) }),
    explained: (error) => {
      const trouble = certificateTrouble(error, sought);
      if (trouble === null) return error;
      try {
        // The file may have been replaced since: a new authority needs no restart.
        if (file !== null) ca = readAuthorities(setting, file);
      } catch {
        // Half written: what was read before still holds.
      }
      return Object.assign(error, { message: trouble });
    },
  };
};
