// What stands in for a cloud? A provider that the engine drives as it drives a real one; it knows types and references.
// It does not prove that a cloud accepts the values, has the rights, the quota or the machines, nor what a change costs.
import pluginPb from '@pulumi/pulumi/proto/plugin_pb.js';
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import pb from '@pulumi/pulumi/proto/provider_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import structPb from 'google-protobuf/google/protobuf/struct_pb.js';
import { answerOf } from './answers.ts';
import { computed, idOf } from './computed.ts';
import { PackageTypes, type ResourceType } from './package-types.ts';
import { References } from './references.ts';
import { type Difference, differences } from './replacements.ts';
import { Refusal, type Served, serve, unary } from './serve.ts';
import { checkProperties, type Values } from './type-check.ts';
import type { World } from './world.ts';

export type Cloud = 'aws' | 'gcp';

const valuesOf = (struct: structPb.Struct | undefined): Values => (struct?.toJavaScript() ?? {}) as Values;
const structOf = (values: Values): structPb.Struct =>
  structPb.Struct.fromJavaScript(JSON.parse(JSON.stringify(values)));

/** `urn:pulumi:stack::project::parents$type::name`. */
function partsOf(urn: string): { readonly type: string; readonly name: string } {
  const [, , types = '', name = ''] = urn.split('::');
  return { type: types.split('$').at(-1) ?? '', name };
}

const kinds = { add: 0, delete: 2, update: 4 } as const;

function diffOf(found: readonly Difference[]): pb.DiffResponse {
  const response = new pb.DiffResponse();
  for (const { kind, path, replaces } of found) {
    const one = new pb.PropertyDiff();
    // Each kind is followed by its form that makes a new resource.
    one.setKind((kinds[kind] + (replaces ? 1 : 0)) as pb.PropertyDiff.Kind);
    one.setInputdiff(true);
    response.getDetaileddiffMap().set(path, one);
  }
  const tops = (all: readonly Difference[]) => [...new Set(all.map(({ path }) => path.split(/[.[]/)[0] as string))];
  response.setHasdetaileddiff(true);
  response.setDiffsList(tops(found));
  response.setReplacesList(tops(found.filter(({ replaces }) => replaces)));
  response.setChanges(found.length > 0 ? pb.DiffResponse.DiffChanges.DIFF_SOME : pb.DiffResponse.DiffChanges.DIFF_NONE);
  return response;
}

export async function serveCloud(cloud: Cloud, world: World): Promise<Served> {
  const types = new PackageTypes(cloud);
  const references = new References(cloud, world);
  const typeOf = (token: string): ResourceType => {
    const found = types.resource(token);
    if (found === null) throw new Refusal(`@pulumi/${cloud} ${types.version} has no type ${token}`);
    return found;
  };
  type Asked = { readonly urn: string; readonly props: Values; readonly isPreview: boolean };
  const refuseOnce = (type: string): void => {
    if (world.mustFail(type)) throw new Refusal(`${type}: the cloud refuses this once`);
  };

  function create({ isPreview, props, urn }: Asked): { readonly id: string; readonly all: Values } {
    const { name, type } = partsOf(urn);
    const id = idOf(type, urn, props);
    const all = { ...computed(type, typeOf(type), { id, props, before: null, isPreview }), ...props };
    if (isPreview) return { id: '', all };
    refuseOnce(type);
    if (world.find(type, id) !== null) throw new Refusal(`${id} exists already`);
    world.put('create', { type, id, name, props: all });
    return { id, all };
  }

  /** Only what differs between the two askings is said to a cloud: what somebody else changed meanwhile stays. */
  function update({ isPreview, props, urn }: Asked, id: string, before: Values, asked: Values): Values {
    const { name, type } = partsOf(urn);
    const all = { ...computed(type, typeOf(type), { id, props, before, isPreview }), ...props };
    if (isPreview) return all;
    refuseOnce(type);
    const keys = Object.keys({ ...asked, ...all });
    const changed = keys.filter((key) => JSON.stringify(asked[key]) !== JSON.stringify(all[key]));
    const live = { ...world.find(type, id)?.props, ...Object.fromEntries(changed.map((key) => [key, all[key]])) };
    world.put('update', { type, id, name, props: live });
    return all;
  }

  return serve(providerGrpc.ResourceProviderService, {
    attach: unary(() => new emptyPb.Empty()),
    cancel: unary(() => new emptyPb.Empty()),
    getPluginInfo: unary(() => new pluginPb.PluginInfo().setVersion(types.version)),
    checkConfig: unary((asked: pb.CheckRequest) => new pb.CheckResponse().setInputs(asked.getNews())),
    diffConfig: unary(() => new pb.DiffResponse().setChanges(pb.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: unary(() => {
      references.forget();
      return new pb.ConfigureResponse().setSupportspreview(true);
    }),
    invoke: unary((asked: pb.InvokeRequest) => new pb.InvokeResponse().setReturn(structOf(answerOf(asked.getTok())))),
    check: unary((asked: pb.CheckRequest) => {
      const news = valuesOf(asked.getNews());
      const { inputs } = typeOf(partsOf(asked.getUrn()).type);
      const isNamed = news.name !== undefined || news.namePrefix !== undefined || !inputs.has('name');
      const { name: before } = valuesOf(asked.getOlds());
      const own = () => nameFor(asked.getUrn(), asked.getRandomseed_asU8());
      const named = isNamed ? news : { ...news, name: before ?? own() };
      const mistakes = [...checkProperties(types, news, inputs), ...references.check(news)];
      const failures = mistakes.map(({ path, reason }) => new pb.CheckFailure().setProperty(path).setReason(reason));
      return new pb.CheckResponse().setInputs(structOf(named)).setFailuresList(failures);
    }),
    diff: unary((asked: pb.DiffRequest) => {
      const { type } = partsOf(asked.getUrn());
      const [before, after] = [valuesOf(asked.getOldInputs()), valuesOf(asked.getNews())];
      return diffOf(differences(type, before, after, asked.getIgnorechangesList()));
    }),
    create: unary((asked: pb.CreateRequest) => {
      const own = { urn: asked.getUrn(), props: valuesOf(asked.getProperties()), isPreview: asked.getPreview() };
      const { all, id } = create(own);
      return new pb.CreateResponse().setId(id).setProperties(structOf(all));
    }),
    update: unary((asked: pb.UpdateRequest) => {
      const own = { urn: asked.getUrn(), props: valuesOf(asked.getNews()), isPreview: asked.getPreview() };
      const [before, inputs] = [valuesOf(asked.getOlds()), valuesOf(asked.getOldInputs())];
      return new pb.UpdateResponse().setProperties(structOf(update(own, asked.getId(), before, inputs)));
    }),
    read: unary((asked: pb.ReadRequest) => {
      const thing = world.find(partsOf(asked.getUrn()).type, asked.getId());
      // Without an id: it is gone.
      if (thing === null) return new pb.ReadResponse();
      const asks = Object.keys(valuesOf(asked.getInputs()));
      const inputs = Object.fromEntries(Object.entries(thing.props).filter(([name]) => asks.includes(name)));
      return new pb.ReadResponse()
        .setId(asked.getId())
        .setProperties(structOf(thing.props))
        .setInputs(structOf({ ...valuesOf(asked.getInputs()), ...inputs }));
    }),
    delete: unary((asked: pb.DeleteRequest) => {
      const { type } = partsOf(asked.getUrn());
      const users = references.usersOf(type, asked.getId());
      if (users.length > 0) throw new Refusal(`${asked.getId()} is in use by ${users.join(', ')}`);
      world.remove(type, asked.getId());
      return new emptyPb.Empty();
    }),
  });
}

/** As providers name what a program leaves without a name: the same for the same resource, another for its successor. */
const nameFor = (urn: string, seed: Uint8Array): string =>
  `${partsOf(urn).name}-${Buffer.from(seed).toString('hex').slice(0, 7)}`;
