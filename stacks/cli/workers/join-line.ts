// What is typed on a machine that joins? One line for a shell, for Docker, or variables for other tools; all of them text.
import { shellWord } from '../output.ts';

export type Joining = {
  /** Where the machine reaches the orchestrator. */
  readonly url: string;
  readonly token: string;
  /** `sha256//…` of the key that the orchestrator shows; null: its certificate is one that every machine knows, or it has none. */
  readonly pin: string | null;
  /** SHA-256 (hex) of the installer; null where none is needed. */
  readonly installer: string | null;
  /** Certificates (PEM) of the authority, where `pin` is there. */
  readonly authority: string | null;
};

/**
 * For sh, bash and zsh. The token is no argument of any program, so no other user of the machine sees it: `printf` is a
 * part of the shell, and the shell that installs reads it with the installer. That one runs only if it is the one with
 * this checksum.
 */
export function shellLine({ installer, pin, token, url }: Joining): string {
  const assigned = [`u=${shellWord(url)}`, ...(pin === null ? [] : [`p=${shellWord(pin)}`])].join(' ');
  const pinned = pin === null ? '' : 'k --pinnedpubkey "$p"';
  const checked = `printf '%s\\n' "$i"|sha256sum|grep -q ^${installer}||{ echo 'muster: another installer than the invite is for' >&2;false;}`;
  const told = `--url "$u"${pin === null ? '' : ' --pin "$p"'}`;
  return `${assigned};i=$(curl -fsS${pinned} "$u/install.sh")&&{ ${checked};}&&printf '%s\\n' invite=${token} "$i"|sh -s -- ${told}`;
}

/** The token goes into the volume of the agent's state, where the image's own user reads it. */
export function dockerLine({ authority, pin, token, url }: Joining, image: string): string {
  const ca = pin === null ? null : authority;
  const keep = `umask 077&&read -r t&&printf '%s\\n' "$t">invite${ca === null ? '' : '&&cat >ca.crt'}`;
  const texts = [token, ...(ca === null ? [] : [ca.trimEnd()])].map(shellWord).join(' ');
  const state = '/var/lib/muster';
  const variables = {
    MUSTER_ORCHESTRATOR_URL: url,
    MUSTER_INVITE_FILE: `${state}/invite`,
    ...(ca === null ? {} : { MUSTER_CA_FILE: `${state}/ca.crt` }),
  };
  const passed = Object.entries(variables).map(([name, value]) => `-e ${shellWord(`${name}=${value}`)}`);
  return [
    `printf '%s\\n' ${texts}|docker run --rm -i -v muster-agent:${state} --entrypoint sh ${image} -c ${shellWord(keep)}`,
    `docker run -d --init --restart unless-stopped --name muster-agent -v muster-agent:${state} ${passed.join(' ')} ${image}`,
  ].join('&&');
}

/** For a tool that sets machines up; a shell reads them too. */
export function variableLines({ installer, pin, token, url }: Joining): string {
  const variables = {
    MUSTER_ORCHESTRATOR_URL: url,
    MUSTER_INVITE: token,
    ...(pin === null ? {} : { MUSTER_PIN: pin }),
    ...(installer === null ? {} : { MUSTER_INSTALLER_SHA256: installer }),
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${shellWord(value)}`)
    .join('\n');
}
