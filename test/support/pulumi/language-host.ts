// What starts a program under the engine? A stand-in for Pulumi's Node host, on npm's own protocol and npm's own runner.
// It does not prove that the stock host finds Node, the packages or the plugins.
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ServerWritableStream } from '@grpc/grpc-js';
import languageGrpc from '@pulumi/pulumi/proto/language_grpc_pb.js';
import pb from '@pulumi/pulumi/proto/language_pb.js';
import pluginPb from '@pulumi/pulumi/proto/plugin_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import { type Served, serve, unary } from './serve.ts';

/** The program has told the user already (sdk/nodejs/cmd/run). */
const bailed = 32;

const runner = (folder: string): string =>
  createRequire(join(folder, 'package.json')).resolve('@pulumi/pulumi/cmd/run');

function optionsOf(asked: pb.RunRequest, engine: string): readonly string[] {
  const folder = asked.getInfo()?.getProgramDirectory();
  const options = {
    ...{ monitor: asked.getMonitorAddress(), engine, organization: asked.getOrganization() },
    ...{ project: asked.getProject(), stack: asked.getStack(), parallel: String(asked.getParallel()) },
    ...{ 'root-directory': asked.getInfo()?.getRootDirectory(), pwd: folder },
  };
  const given = Object.entries(options).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
  return [...given, ...(asked.getDryrun() ? ['--dry-run'] : []), asked.getInfo()?.getEntryPoint() ?? '.'];
}

/** `env`: of the programs. */
export async function serveLanguage(env: NodeJS.ProcessEnv): Promise<Served> {
  const children = new Set<ChildProcess>();
  let engine = '';
  const end = (): void => {
    for (const child of children) child.kill('SIGTERM');
  };

  function run(asked: pb.RunRequest): Promise<pb.RunResponse> {
    const folder = asked.getInfo()?.getProgramDirectory() ?? '.';
    const config = {
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(asked.getConfigMap().entries())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(asked.getConfigsecretkeysList()),
    };
    const args = ['--disable-warning=ExperimentalWarning', runner(folder), ...optionsOf(asked, engine)];
    const stdio = ['ignore', 'inherit', 'inherit'] as const;
    const child = spawn(process.execPath, args, { cwd: folder, env: { ...env, ...config }, stdio: [...stdio] });
    children.add(child);
    child.once('close', () => children.delete(child));
    return new Promise((resolve) => {
      child.once('close', (code, signal) => {
        const response = new pb.RunResponse();
        if (code === bailed) response.setBail(true);
        else if (code !== 0) response.setError(`the program ended with ${signal ?? code}`);
        resolve(response);
      });
    });
  }

  const served = await serve(languageGrpc.LanguageRuntimeService, {
    handshake: unary((asked: pb.LanguageHandshakeRequest) => {
      engine = asked.getEngineAddress();
      return new pb.LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(() => new pluginPb.PluginInfo().setVersion('0.0.0')),
    // Plugins are looked for when the first resource needs one.
    getRequiredPackages: unary(() => new pb.GetRequiredPackagesResponse()),
    getProgramDependencies: unary(() => new pb.GetProgramDependenciesResponse()),
    about: unary(() => new pb.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
    runtimeOptionsPrompts: unary(() => new pb.RuntimeOptionsResponse()),
    installDependencies: (call: ServerWritableStream<pb.InstallDependenciesRequest, pb.InstallDependenciesResponse>) =>
      void call.end(),
    cancel: unary(() => {
      end();
      return new emptyPb.Empty();
    }),
    run: unary(run),
  });
  return {
    port: served.port,
    stop: () => {
      end();
      served.stop();
    },
  };
}
