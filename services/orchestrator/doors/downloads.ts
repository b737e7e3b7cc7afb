// What does a machine fetch before it can join, and who says so? The installer is no secret; the rest takes a token.
import { apiPaths, type DownloadList, DownloadsPut } from '../../protocol/index.ts';
import type { Invite } from '../../scheduling/index.ts';
import type { House } from './door.ts';
import { checked } from './json.ts';
import { invalid, Refused } from './refused.ts';
import type { App, HttpReply, HttpRequest } from './server.ts';

/** A machine that has joined may still be fetching, or fetch again after a failure. */
const usedMs = 3_600_000;

/** The invite of the caller, null when it came with another token. Throws when it opens nothing any more. */
const callingInvite = ({ conductor }: House, { caller }: HttpRequest): Invite | null => {
  if (caller?.kind !== 'invite') return null;
  const invite = conductor.state().invites.get(caller.inviteId);
  const { wall } = conductor.now();
  const until = invite?.end?.kind === 'used' ? invite.end.at + usedMs : invite?.expiresAt;
  if (!invite || until === undefined || invite.end?.kind === 'revoked' || wall >= until)
    throw new Refused(410, 'invite_over', 'this invite is over; ask for another one');
  return invite;
};

export const downloadRoutes = (app: App, house: House): void => {
  const { downloads } = house;

  const send = async (reply: HttpReply, name: string, type: string): Promise<HttpReply> => {
    const download = await downloads.open(name);
    if (download === null && Object.keys(await downloads.list()).length === 0)
      throw new Refused(404, 'no_downloads', 'nothing is offered here yet; muster workers invite brings it');
    if (download === null) throw new Refused(404, 'unknown_file', `there is no download ${JSON.stringify(name)}`);
    return reply
      .headers({ 'content-type': type, 'content-length': download.bytes, 'cache-control': 'no-store' })
      .send(download.stream);
  };

  app.get('/install.sh', { config: { access: 'open' } }, (_request, reply) =>
    send(reply, 'install.sh', 'text/x-shellscript; charset=utf-8'),
  );

  app.get<{ Params: { file: string } }>(
    '/downloads/:file',
    { config: { access: 'download' } },
    async (request, reply) => {
      const invite = callingInvite(house, request as HttpRequest);
      const { file } = request.params;
      if (file === 'ca.crt' && invite?.authority) return reply.type('application/x-pem-file').send(invite.authority);
      return send(reply, file, 'application/octet-stream');
    },
  );
};

export const downloadLists = (app: App, { blobs, downloads }: House): void => {
  const list = async (): Promise<DownloadList> => ({
    folder: downloads.keep === null ? downloads.folder : null,
    files: await downloads.list(),
  });

  app.get(apiPaths.downloads, list);

  app.put(apiPaths.downloads, async (request) => {
    const { files } = checked(DownloadsPut, request.body);
    if (downloads.keep === null)
      throw new Refused(
        409,
        'downloads_of_host',
        'it offers a folder of its host (MUSTER_DOWNLOADS): build them there',
      );
    for (const [name, digest] of Object.entries(files))
      if ((await blobs.size(digest)) === null)
        throw invalid([{ path: `files/${name}`, message: `expected a blob that is held, got ${digest}` }]);
    await downloads.keep(files);
    return list();
  });
};
